"""Numbers as people read them."""

UNKNOWN = "-"
"""Stands for a number that does not exist."""


def share(value: float) -> str:
    """A share as text, such as ``93.2 %``; nothing less than everything is rounded to 100 %."""
    rounded = min(round(100 * value, 1), 99.9) if value < 1 else 100.0
    return f"{rounded:.1f} %"


def signed_share(value: float) -> str:
    """An error as text, such as ``-4.5 %``."""
    return f"{100 * value:+.1f} %" if abs(value) != float("inf") else UNKNOWN
