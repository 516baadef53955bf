"""One row of the file."""

import math
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

DECIMALS = 4


class What(StrEnum):
    """What a row is about."""

    TRACK = "track"
    SIGHTING = "sighting"


class Unit(StrEnum):
    """What `Explained.value` and `Explained.limit` are."""

    SECONDS = "s"
    DISTANCE = "distance"


@dataclass(frozen=True, slots=True)
class Explained:
    """One track that was not counted, or one counted rider who was not linked.

    Attributes:
        what: Which of the two.
        camera: Camera id.
        start: First moment seen, local time of the site with its offset.
        end: Last moment seen, likewise.
        reason: A key of `MEANINGS`.
        margin: Signed distance to the limit that decided, in doublings: negative where it was missed; None
            where nothing was measured.
        value: What was measured, where `unit` says of what; None where the margin alone is known.
        limit: What it was held against.
        unit: Of both.
        other_camera: Camera of the nearest candidate; empty for none.
        frames: Number of boxes.
        speed: Brisk speed of a judged track, own heights per second.
        first_left: Left edge of the first box, over the width of the picture; the others likewise. Sightings
            have none.
        first_top: Top edge of the first box, over the height of the picture.
        first_right: Right edge of the first box.
        first_bottom: Bottom edge of the first box.
        last_left: Left edge of the last box.
        last_top: Top edge of the last box.
        last_right: Right edge of the last box.
        last_bottom: Bottom edge of the last box.
    """

    what: What
    camera: str
    start: datetime
    end: datetime
    reason: str
    margin: float | None
    value: float | None
    limit: float | None
    unit: Unit | None
    other_camera: str
    frames: int
    speed: float | None
    first_left: float | None = None
    first_top: float | None = None
    first_right: float | None = None
    first_bottom: float | None = None
    last_left: float | None = None
    last_top: float | None = None
    last_right: float | None = None
    last_bottom: float | None = None


def rounded(value: float | None) -> float | None:
    """To as many digits as the file holds."""
    return None if value is None else round(value, DECIMALS)


def doublings(value: float, limit: float) -> float:
    """How often the limit must be doubled to reach the value, within ±6, as the judge of riders says it."""
    return min(max(math.log2(max(value, 1e-6) / max(limit, 1e-6)), -6.0), 6.0)
