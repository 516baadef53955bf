"""Writes a spot check whose factor is known, as if somebody had counted."""

from flows.checks.bands import Tally, factor_band, rates_of
from flows.database import Database
from flows.database.review import CheckedCamera, Said, SpotCheck, keep_check

Minutes = tuple[int, int]
"""Cyclists of a minute by hand, and counted; all of the counted ones are right."""


def checked_camera(camera: str, minutes: list[Minutes]) -> CheckedCamera:
    """What minutes say of a camera."""
    rates = rates_of([Tally(hand, counted, min(hand, counted)) for hand, counted in minutes])
    factor = factor_band(rates)
    hand, counted = (sum(one[at] for one in minutes) for at in (0, 1))
    shapes, band = (rates.correct, rates.wrong, rates.lost), (factor.value, factor.low, factor.high)
    right = sum(min(one) for one in minutes)
    return CheckedCamera(camera, len(minutes), 60.0 * len(minutes), hand, counted, right, *shapes, *band)


def check(
    database: Database,
    site: str,
    cameras: dict[str, list[Minutes]],
    start: float,
    end: float | None = None,
    made: float = 0.0,
) -> int:
    """Keep a check that holds from a moment on; gives its number."""
    told = tuple(checked_camera(name, minutes) for name, minutes in cameras.items())
    said = Said(made or start, "traffic office")
    return keep_check(database, SpotCheck(site, said, "file", None, 2.0, start, end, told))
