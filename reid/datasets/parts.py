"""The parts of a data set, each a folder of that name."""

from enum import StrEnum


class Part(StrEnum):
    """Where a passage belongs."""

    TRAIN = "train"
    """Numbered by tracklet: one rider may own several identities."""
    VALIDATION = "validation"
    """Held out; thresholds are calibrated here. Linked across cameras once links are known."""
    TEST = "test"
    """Held out and linked across cameras; results are reported here."""
    LEFT_OUT = "left_out"
    """Passages over a border between training and held-out minutes: in no part, kept for a new split."""
