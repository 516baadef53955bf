"""What people say of the numbers: hand counts, marked time, what was published; rows are only added."""

from flows.database.review.checks import (
    CheckedCamera,
    CheckedStretch,
    SpotCheck,
    keep_check,
    read_checks,
    withdraw_check,
)
from flows.database.review.marks import REASONS, Mark, add_mark, marked_time, read_marks, withdraw_mark
from flows.database.review.publications import Publishing, keep_publishing, read_publishings
from flows.database.review.said import Said, Withdrawal

__all__ = [
    "REASONS",
    "CheckedCamera",
    "CheckedStretch",
    "Mark",
    "Publishing",
    "Said",
    "SpotCheck",
    "Withdrawal",
    "add_mark",
    "keep_check",
    "keep_publishing",
    "marked_time",
    "read_checks",
    "read_marks",
    "read_publishings",
    "withdraw_check",
    "withdraw_mark",
]
