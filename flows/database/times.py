"""Event times in the database: whole microseconds since the epoch, UTC.

Integers are exact, sort alike in every database and need no time zone; a float of this age resolves
0.24 µs, so a time that was rounded to microseconds once comes back as the same float.
"""

MICROSECONDS = 1_000_000
"""Microseconds in a second."""


def to_microseconds(seconds: float) -> int:
    """Round a time or a duration in seconds to whole microseconds."""
    return round(seconds * MICROSECONDS)


def to_seconds(microseconds: int) -> float:
    """Turn whole microseconds back into seconds."""
    return microseconds / MICROSECONDS
