"""The hour that comes twice: which pass a file belongs to."""

from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from pipeline.sources.candidates import Candidate
from pipeline.sources.clock import Moment
from pipeline.sources.files import natural_key

_FAR_S = 3600.0


class _Occupied:
    """The time that files already placed cover, as (start, end) in seconds since the epoch."""

    def __init__(self) -> None:
        self._taken: list[tuple[float, float]] = []
        self._longest_s = 0.0

    def add(self, start: float, length_s: float) -> None:
        insort(self._taken, (start, start + length_s))
        self._longest_s = max(self._longest_s, length_s)

    def overlap_s(self, start: float, length_s: float) -> float:
        """Seconds of a file that others cover already."""
        end = start + length_s
        near = self._taken[
            bisect_left(self._taken, (start - self._longest_s,)) : bisect_left(self._taken, (end,))
        ]
        return sum(max(min(end, other_end) - max(start, other), 0.0) for other, other_end in near)

    def gap_s(self, start: float) -> float:
        """Seconds since the end of the nearest file before."""
        first = bisect_left(self._taken, (start - self._longest_s - _FAR_S,))
        near = self._taken[first : bisect_left(self._taken, (start,))]
        return min((abs(start - end) for _, end in near), default=_FAR_S)


def choose_readings(candidates: Sequence[Candidate], granularity_s: float, zone: ZoneInfo) -> list[Candidate]:
    """Give every file of the hour that comes twice its place, and put all files in order of time.

    Of the two readings the one is taken that overlaps no other file; where both are free, the one
    that goes on directly behind another file; otherwise the first.

    Args:
        candidates: All files of a camera, with the moments that their names tell.
        granularity_s: Shortest unit of the names, by which they are rounded down.
        zone: For the sentence about what was assumed.
    """
    occupied = _Occupied()
    clear: list[Candidate] = []
    unclear: list[Candidate] = []
    for candidate in candidates:
        if candidate.named is not None and candidate.named.later_reading_s is not None:
            unclear.append(candidate)
            continue
        clear.append(candidate)
        if candidate.named is not None:
            occupied.add(candidate.named.epoch_s, candidate.length_s)
    chosen = [_choose(one, occupied, granularity_s) for one in sorted(unclear, key=_place)]
    return sorted([*clear, *_with_notes(chosen, unclear, zone)], key=_place)


def _place(candidate: Candidate) -> tuple[float, tuple[tuple[int, int, str], ...]]:
    return candidate.named.epoch_s if candidate.named else 0.0, natural_key(candidate.files.name)


def _choose(candidate: Candidate, occupied: _Occupied, granularity_s: float) -> Candidate:
    named, length_s = candidate.named, candidate.length_s
    if named is None or named.later_reading_s is None:
        return candidate
    # Rounded-down names let neighbours overlap by a little; a file never overlaps most of another by it.
    tolerance_s = min(2 * granularity_s, length_s / 2)
    readings = (named.epoch_s, named.later_reading_s)
    best = min(readings, key=lambda start: _cost(start, length_s, granularity_s, tolerance_s, occupied))
    occupied.add(best, length_s)
    return replace(candidate, named=Moment(best))


def _cost(
    start: float, length_s: float, granularity_s: float, tolerance_s: float, occupied: _Occupied
) -> tuple[float, float, float]:
    """What speaks against a reading, the weightiest first: overlap, a gap before it, the second pass."""
    overlap_s, gap_s = occupied.overlap_s(start, length_s), occupied.gap_s(start)
    return (
        overlap_s if overlap_s > tolerance_s else 0.0,
        gap_s if gap_s > 2 * granularity_s else 0.0,
        start,
    )


def _with_notes(chosen: list[Candidate], before: list[Candidate], zone: ZoneInfo) -> list[Candidate]:
    """Say once what was assumed, with the first file that it concerns."""
    if not chosen:
        return []
    firsts = {one.files.path: one.named.epoch_s for one in before if one.named}
    second = sum(one.named is not None and one.named.epoch_s != firsts[one.files.path] for one in chosen)
    day = datetime.fromtimestamp(min(firsts.values()), zone)
    note = (
        f"names in the hour of {day:%Y-%m-%d} that comes twice in {zone.key}: "
        f"{len(chosen) - second} of the first pass (summer time) and {second} of the second were read, so "
        "that files overlap as little as they can; check the order"
    )
    return [replace(chosen[0], notes=(*chosen[0].notes, note)), *chosen[1:]]
