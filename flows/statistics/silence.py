"""Directions of cameras that were counted for weeks and are silent now, with the chance of that.

The chance follows from the direction's own past: the same stretch of the week, up to eight weeks back, as far
as it was watched. Counts of days scatter more than chance alone would have them (rain, holidays), so the
scatter around the mean of each weekday is measured too, and makes silence the less surprising.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy import Connection

from flows.database import Database
from flows.database.rollups.quarters import QUARTER_US
from flows.database.rollups.tables import covered, seen
from flows.statistics.intervals import from_moment, to_moment
from flows.statistics.known import Known
from flows.statistics.quarters import read_quarters
from flows.statistics.query import Query
from flows.statistics.sites import Camera, Period, Site, find_sites, observed_period
from tracking.arrays import FloatArray, IntArray

WEEKS_BACK = 8
"""Weeks that a silence is compared with."""
FEWEST_WEEKS = 3
"""Of fewer weeks nobody can say what is usual."""
LONGEST_WEEKS = 4
"""A silence that lasted so long is the new usual: the street changed."""
_DAY = 96
_WEEK = 7 * _DAY
_PRIOR = 0.5
"""Jeffreys' prior of a rate, in counts: a direction that never rode is not impossible."""


@dataclass(frozen=True, slots=True)
class Silence:
    """A direction without cyclists.

    Attributes:
        site: Name of the site.
        camera: Camera id.
        direction: As in `camera_counts`.
        since: End of the last quarter with a cyclist, UTC.
        watched_s: Seconds since then in which the camera watched.
        expected: Cyclists that the same time of earlier weeks would have brought.
        weeks: How many of them.
        chance: Probability of none, all of that being usual.
    """

    site: str
    camera: str
    direction: str
    since: datetime
    watched_s: float
    expected: float
    weeks: int
    chance: float


def silences(
    database: Database, query: Query, until: datetime | None = None, known: Known | None = None
) -> tuple[Silence, ...]:
    """Find every direction that has weeks of past, with the silence since its last cyclist.

    Args:
        database: Open.
        query: Its site and cameras count.
        until: The present; None for the end of each site's footage.
        known: What earlier questions have read of the same state of the database.

    Raises:
        UsageError: The query names a site or camera that is not there.
        DatabaseError: The database could not be read.
    """
    with database.transaction() as connection:
        return tuple(
            silence
            for site in find_sites(connection, query)
            for silence in _of_site(
                connection,
                site,
                [one for one in site.cameras if not query.cameras or one.name in query.cameras],
                until,
                known or Known(),
            )
        )


def chance_of_none(counts: FloatArray, weights: FloatArray, scatter: float) -> float:
    """Probability of no cyclist at all, from what the same time brought before.

    The rate is not known but estimated, which the negative binomial distribution allows for: with a gamma
    prior it is what a Poisson count looks like to somebody who saw only some weeks of it.

    Args:
        counts: (W,) cyclists of earlier weeks.
        weights: (W,) how much of the time was watched then, as a part of now.
        scatter: Variance of counts over their mean; 1 for chance alone.
    """
    watched = float(weights.sum())
    if watched <= 0:
        return 1.0
    shape = (float(counts.sum()) + _PRIOR) / max(scatter, 1.0)
    return float((watched / (watched + 1.0)) ** shape)


def scatter_of(days: FloatArray, whole: FloatArray) -> float:
    """How much more the counts of days scatter than chance: Pearson's statistic by its freedom.

    Args:
        days: (W, 7) cyclists of each day of earlier weeks.
        whole: (W, 7) part of the day that was watched; a day is compared with others as if it were whole.

    Returns:
        At least 1; where too few days are known, 1.
    """
    usable = whole > 0.5
    scaled = np.where(usable, days / np.maximum(whole, 1e-9), 0.0)
    number = usable.sum(axis=0)
    mean = scaled.sum(axis=0) / np.maximum(number, 1)
    used = usable & (mean > 0)
    freedom = int(used.sum()) - int((used.any(axis=0)).sum())
    if freedom < 1:
        return 1.0
    terms = np.where(used, (scaled - mean) ** 2 / np.maximum(mean, 1e-9), 0.0)
    return max(float(terms.sum()) / freedom, 1.0)


@dataclass(frozen=True, slots=True)
class _Past:
    """Quarters of one camera before the present; row 0 is the quarter at `first`."""

    first: int
    observed: FloatArray
    counts: dict[str, FloatArray]


def _of_site(
    connection: Connection, site: Site, cameras: Sequence[Camera], until: datetime | None, known: Known
) -> Iterator[Silence]:
    period = observed_period(connection, site)
    if period is None:
        return
    end = period.end if until is None else from_moment(until, site.zone)
    pasts = known.of(
        ("pasts", tuple(one.camera_id for one in cameras), -(-end // QUARTER_US)),
        lambda: _read(connection, cameras, end),
        # A row of a camera, observed or of a direction, is as many numbers as there are quarters.
        lambda found: sum(len(one.observed) * (1 + len(one.counts)) for one in found.values()) // 12 + 1,
    )
    for camera in cameras:
        yield from _of_camera(site, camera, pasts[camera.camera_id])


def _of_camera(site: Site, camera: Camera, past: _Past) -> Iterator[Silence]:
    for direction, counts in past.counts.items():
        rows = np.flatnonzero(counts)
        start = int(rows[-1]) + 1
        if start < len(counts) - LONGEST_WEEKS * _WEEK:
            continue
        silence = _silence(site, camera, direction, past, start)
        if silence is not None:
            yield silence


def _silence(site: Site, camera: Camera, direction: str, past: _Past, start: int) -> Silence | None:
    counts, observed = past.counts[direction], past.observed
    now = np.arange(start, min(len(observed), start + _WEEK))
    now = now[observed[now] > 0]
    if not len(now):
        return None
    before, weights = [], []
    for week in range(1, WEEKS_BACK + 1):
        then = _weeks_earlier(past.first, now, week, site)
        then = then[then >= 0]
        weight = float(observed[then].sum() / observed[now].sum())
        if weight > 0.5:
            before.append(float(counts[then].sum()))
            weights.append(weight)
    if len(before) < FEWEST_WEEKS:
        return None
    told, told_weights = np.array(before), np.array(weights)
    return Silence(
        site.name,
        camera.name,
        direction,
        to_moment(past.first + start * QUARTER_US),
        float(observed[start:].sum()) * QUARTER_US / 1e6,
        float(told.sum() / told_weights.sum()),
        len(before),
        chance_of_none(told, told_weights, _scatter(counts, observed, start)),
    )


def _weeks_earlier(first: int, rows: IntArray, weeks: int, site: Site) -> IntArray:
    """The same quarters by the clock on the wall, so many weeks earlier; -1 and less before the past."""
    moment = to_moment(first + int(rows[0]) * QUARTER_US).astimezone(site.zone)
    earlier = from_moment(moment.replace(tzinfo=None) - timedelta(weeks=weeks), site.zone)
    return rows - (int(rows[0]) - (earlier - first) // QUARTER_US)


def _scatter(counts: FloatArray, observed: FloatArray, start: int) -> float:
    """Scatter of the whole days before a row, in weeks of seven."""
    weeks = min(start // _WEEK, WEEKS_BACK)
    if not weeks:
        return 1.0
    last = slice(start - weeks * _WEEK, start)
    return scatter_of(
        counts[last].reshape(weeks, 7, _DAY).sum(axis=2),
        observed[last].reshape(weeks, 7, _DAY).mean(axis=2),
    )


def _read(connection: Connection, cameras: Sequence[Camera], end: int) -> dict[int, _Past]:
    """The quarters of each camera up to that of a moment, as far back as anything is compared."""
    length = (WEEKS_BACK + LONGEST_WEEKS + 1) * _WEEK
    first = (-(-end // QUARTER_US) - length) * QUARTER_US
    within = Period(first, first + length * QUARTER_US)
    here = [camera.camera_id for camera in cameras]
    pasts = {one: _Past(first, np.zeros(length), {}) for one in here}
    for (camera_id,), (moments, watched) in read_quarters(
        connection, covered.c.observed, here, within
    ).items():
        pasts[camera_id].observed[(moments - first) // QUARTER_US] = watched / QUARTER_US
    passed = read_quarters(connection, seen.c.cyclists, here, within, seen.c.direction)
    for (camera_id, direction), (moments, cyclists) in sorted(passed.items()):
        row = np.zeros(length)
        row[(moments - first) // QUARTER_US] = cyclists
        if row.any():
            pasts[camera_id].counts[direction] = row
    return pasts
