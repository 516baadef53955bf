"""Why something was not counted, and why somebody was not linked: a file that a run writes when asked.

A row says where, when, why and how narrowly; never what anybody looked like, and nothing in it follows a
person.
"""

from pipeline.reasons.audit import is_of_reasons, reason_check
from pipeline.reasons.file import ReasonsFile
from pipeline.reasons.reading import read_reasons
from pipeline.reasons.rows import Explained
from pipeline.reasons.words import MEANINGS, Unlinked, Untracked

__all__ = [
    "MEANINGS",
    "Explained",
    "ReasonsFile",
    "Unlinked",
    "Untracked",
    "is_of_reasons",
    "read_reasons",
    "reason_check",
]
