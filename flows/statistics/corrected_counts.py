"""Counts of cameras, corrected by the spot checks that are in force at their time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from itertools import groupby, pairwise
from math import inf, sqrt

from flows.database import Database, read_checks
from flows.statistics.correction import ErrorRates, Estimate, corrected_count
from flows.statistics.counts import camera_counts
from flows.statistics.in_force import InForce, in_force
from flows.statistics.intervals import from_moment, to_moment
from flows.statistics.known import Known
from flows.statistics.query import Query
from flows.statistics.rows import CameraCount, CorrectedCameraCount, Statistics
from flows.statistics.sites import Site, read_sites
from tracking.region import UNCROSSED

TOGETHER = "all"
"""Stands for all directions together, without those who crossed no line."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A row of which one check tells all, or none."""

    row: CameraCount
    known: InForce | None


def corrected_counts(
    database: Database, query: Query, known: Known | None = None, *, together: bool = False
) -> Statistics[CorrectedCameraCount]:
    """Count the cyclists at each camera, with the number to expect and its 95 % interval.

    The rows are those of `camera_counts`. The interval holds what chance does to so small a count and how
    little the check tells of the camera. A row that reaches over several checks is the sum of its parts,
    whose errors are independent; without a check for each part nothing is expected of it.

    Args:
        database: Where a run has written.
        query: What is asked.
        known: What earlier questions have read of the same state of the database.
        together: One row for all directions of a camera, whose errors are the same check's and do not cancel.

    Raises:
        UsageError: The query names a site or camera that is not there.
        DatabaseError: The database could not be read.
    """
    rows: list[CorrectedCameraCount] = []
    for site in read_sites(database, query):
        own = replace(query, site=site.name, interval=site.interval)
        checks = {one.name: in_force(read_checks(database, site.name), one.name) for one in site.cameras}
        rows += _of_site(_Counts(database, own, site, together, known or Known()), checks)
    return Statistics(tuple(rows))


@dataclass(frozen=True, slots=True)
class _Counts:
    """Asks for the counts of a site."""

    database: Database
    query: Query
    site: Site
    together: bool
    known: Known

    def whole(self) -> list[CameraCount]:
        """As they were asked for."""
        return self._rows(self.query)

    def cut(self, bounds: Sequence[datetime]) -> list[CameraCount]:
        """Between the bounds, asked for one by one."""
        start, end = (
            None if one is None else to_moment(from_moment(one, self.site.zone))
            for one in (self.query.start, self.query.end)
        )
        inside = [one for one in bounds if (start is None or one > start) and (end is None or one < end)]
        edges: list[datetime | None] = [start, *inside, end]
        return [
            row
            for begin, until in pairwise(edges)
            for row in self._rows(replace(self.query, start=begin, end=until))
        ]

    def _rows(self, query: Query) -> list[CameraCount]:
        rows = camera_counts(self.database, query, self.known).rows
        if not self.together:
            return list(rows)
        crossed = sorted((row for row in rows if row.direction != UNCROSSED), key=_place)
        return [_together(list(group)) for _, group in groupby(crossed, _place)]


def _place(row: CameraCount) -> tuple[str, datetime]:
    return row.camera, row.interval_start


def _together(rows: Sequence[CameraCount]) -> CameraCount:
    known = [row.cyclists for row in rows if row.cyclists is not None]
    return replace(rows[0], direction=TOGETHER, cyclists=sum(known) if known else None)


def _of_site(counts: _Counts, known: Mapping[str, Sequence[InForce]]) -> list[CorrectedCameraCount]:
    whole, bounds = counts.whole(), _bounds(known)
    if not any(_straddles(row, bounds) for row in whole):
        return [_corrected(row, [_Part(row, _known_at(known, row))]) for row in whole]
    parts: dict[tuple[str, str], list[_Part]] = {}
    for part in counts.cut(bounds):
        own = parts.setdefault((part.camera, part.direction), [])
        own.append(_Part(part, _known_at(known, part)))
    return [
        _corrected(
            row,
            [
                one
                for one in parts.get((row.camera, row.direction), [])
                if row.interval_start <= one.row.interval_start < row.interval_end
            ],
        )
        for row in whole
    ]


def _bounds(known: Mapping[str, Sequence[InForce]]) -> list[datetime]:
    """Moments at which another check comes into force at some camera."""
    moments = {edge for ones in known.values() for one in ones for edge in (one.start, one.end)}
    return [to_moment(round(moment * 1e6)) for moment in sorted(moments) if abs(moment) < inf]


def _straddles(row: CameraCount, bounds: Iterable[datetime]) -> bool:
    return any(row.interval_start < one < row.interval_end for one in bounds)


def _known_at(known: Mapping[str, Sequence[InForce]], row: CameraCount) -> InForce | None:
    if row.direction == UNCROSSED:
        return None
    seconds = row.interval_start.timestamp()
    return next((one for one in known[row.camera] if one.start <= seconds < one.end), None)


def _corrected(row: CameraCount, parts: Sequence[_Part]) -> CorrectedCameraCount:
    watched = [one for one in parts if one.row.cyclists is not None]
    checked = [one for one in watched if one.known is not None]
    total = Estimate(0.0, 0.0, 0.0)
    whole = row.cyclists is not None and bool(checked) and len(checked) == len(watched)
    if whole:
        total = sum_of(_by_check(checked))
    return CorrectedCameraCount(
        row.site,
        row.camera,
        row.direction,
        row.interval_start,
        row.interval_end,
        row.cyclists,
        total.expected if whole else None,
        total.low if whole else None,
        total.high if whole else None,
        row.coverage,
        "+".join(dict.fromkeys(str(one.known.check) for one in checked if one.known)),
    )


def _by_check(parts: Iterable[_Part]) -> Iterator[Estimate]:
    """One number for each check: what it corrects is corrected as one."""
    for known, group in groupby(parts, lambda one: one.known):
        if known is not None:
            yield corrected(sum(one.row.cyclists or 0 for one in group), known.rates)


@lru_cache(maxsize=20_000)
def corrected(cyclists: int, rates: ErrorRates) -> Estimate:
    """`corrected_count`, remembered: the same small numbers come again and again."""
    return corrected_count(cyclists, rates)


def sum_of(estimates: Iterable[Estimate]) -> Estimate:
    """The sum of independent numbers: distances to the ends add as squares."""
    ones = list(estimates)
    expected = sum(one.expected for one in ones)
    below = sqrt(sum((one.expected - one.low) ** 2 for one in ones))
    above = sqrt(sum((one.high - one.expected) ** 2 for one in ones))
    return Estimate(expected, max(expected - below, 0.0), expected + above)
