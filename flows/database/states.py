"""Values of ``run.state``."""

UNFINISHED = "unfinished"
FINISHED = "finished"
PURGED = "purged"
"""A purged run lost its gallery before its end and cannot be resumed."""
