"""Which spot check is in force when: of those that hold at a time, the one that was made last."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf

from flows.database.review import CheckedCamera, SpotCheck
from flows.statistics.correction import ErrorRates


@dataclass(frozen=True, slots=True)
class InForce:
    """What is known of a camera in a stretch of time.

    Attributes:
        start: Seconds since the epoch; may be infinite.
        end: Seconds since the epoch, exclusive; may be infinite.
        check: Number of the check.
        rates: Of right, wrong and lost cyclists.
    """

    start: float
    end: float
    check: int
    rates: ErrorRates


def in_force(checks: Sequence[SpotCheck], camera: str) -> tuple[InForce, ...]:
    """The stretches in which a check of a camera is in force, in order of time; neighbours differ.

    Args:
        checks: In the order in which they were made.
        camera: Camera id.
    """
    known = [(one, own) for one in checks if not one.withdrawn for own in one.cameras if own.camera == camera]
    bounds = sorted(
        {one.valid_from for one, _ in known}
        | {one.valid_until if one.valid_until is not None else inf for one, _ in known}
    )
    found: list[InForce] = []
    for start, end in pairwise(bounds):
        latest = _latest(known, start)
        if latest is None:
            continue
        check, own = latest
        if found and found[-1].check == check.number and found[-1].end == start:
            found[-1] = replace(found[-1], end=end)
        else:
            found.append(InForce(start, end, check.number, ErrorRates(own.correct, own.wrong, own.lost)))
    return tuple(found)


def _latest(
    known: Sequence[tuple[SpotCheck, CheckedCamera]], moment: float
) -> tuple[SpotCheck, CheckedCamera] | None:
    holding = [
        pair
        for pair in known
        if pair[0].valid_from <= moment and (pair[0].valid_until is None or moment < pair[0].valid_until)
    ]
    return holding[-1] if holding else None
