"""Draws the minutes that are counted by hand: of every camera, in quiet hours as in busy ones."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection, func, select

from flows.database import Database
from flows.database.rollups.tables import seen
from flows.database.times import MICROSECONDS, to_microseconds, to_seconds
from flows.statistics.intervals import to_moment
from flows.statistics.query import Query
from flows.statistics.sites import Camera, Period, Site, asked_part, find_sites, observed_period
from flows.statistics.watch import valid_pieces
from tracking.arrays import FloatArray, IntArray
from tracking.errors import UsageError

MINUTE_S = 60.0
"""Length of what is counted at once."""

STRATA = ("quiet", "middle", "busy")
"""Thirds of the hours of the day of a camera, by how many cyclists pass in them."""

Spans = Sequence[tuple[float, float]]
"""Stretches of time, seconds since the epoch."""

_MINUTE_US = round(MINUTE_S) * MICROSECONDS
_HOUR_US = 3600 * MICROSECONDS


@dataclass(frozen=True, slots=True)
class SampledMinute:
    """A minute to be counted.

    Attributes:
        camera: Camera id.
        start: Seconds since the epoch.
        end: Seconds since the epoch, exclusive.
        stratum: One of `STRATA`; whoever counts is not told.
    """

    camera: str
    start: float
    end: float
    stratum: str


def draw_sample(
    database: Database,
    query: Query,
    minutes: int,
    seed: int,
    reachable: Mapping[str, Spans] | None = None,
) -> tuple[SampledMinute, ...]:
    """Draw minutes of each camera of a site, from the time that it watched and nobody has marked.

    The hours of a camera's day are put into thirds by their volume. Each third gives one minute at least; the
    others go to the thirds by their length times the scatter of a Poisson count in them, which makes the
    error of the sum smallest (Neyman 1934). The draw of one camera does not depend on the others.

    Args:
        database: Where a run has written.
        query: Site, cameras and period.
        minutes: Of each camera.
        seed: The same seed draws the same minutes from the same database.
        reachable: Camera → time of which there is footage; None where any minute will do.

    Returns:
        By camera and time.

    Raises:
        UsageError: The query names a site or camera that is not there, or no minute was watched whole.
        DatabaseError: The database could not be read.
    """
    found: list[SampledMinute] = []
    with database.transaction() as connection:
        for site in find_sites(connection, query):
            period = asked_part(observed_period(connection, site), query, site.zone)
            if period is None:
                continue
            pieces = valid_pieces(connection, site, period)
            for camera in site.cameras:
                if query.cameras and camera.name not in query.cameras:
                    continue
                starts = _whole_minutes(pieces[camera.camera_id])
                if reachable is not None:
                    starts = _within(starts, reachable.get(camera.name, ()))
                found += _of_camera(connection, site, camera, period, starts, minutes, seed)
    if not found:
        raise UsageError("no camera watched one whole minute of this period of which there is footage")
    return tuple(found)


def allocate(lengths: Sequence[int], rates: Sequence[float], wanted: int) -> list[int]:
    """Share out minutes over strata: one to each, the others by length × √rate, none more than it has.

    Args:
        lengths: Minutes of each stratum.
        rates: Cyclists a minute in each.
        wanted: Minutes to share out.
    """
    given = [0] * len(lengths)
    weights = [length * np.sqrt(rate + 1e-3) for length, rate in zip(lengths, rates, strict=True)]
    for _ in range(min(wanted, sum(lengths))):
        free = [place for place, length in enumerate(lengths) if given[place] < length]
        # The highest quotient takes the next one (Webster's method); who has none comes first.
        best = max(free, key=lambda place: (given[place] == 0, weights[place] / (2 * given[place] + 1)))
        given[best] += 1
    return given


def _of_camera(
    connection: Connection,
    site: Site,
    camera: Camera,
    period: Period,
    starts: IntArray,
    minutes: int,
    seed: int,
) -> list[SampledMinute]:
    if not len(starts):
        return []
    hours = _local_hours(starts, site)
    strata = _strata(hours, _volumes(connection, site, camera, period))
    dice = np.random.default_rng([seed, zlib.crc32(camera.name.encode())])
    places = [np.flatnonzero(np.isin(hours, own)) for own, _ in strata]
    shares = allocate([len(own) for own in places], [rate for _, rate in strata], minutes)
    names = STRATA if len(strata) == len(STRATA) else STRATA[-len(strata) :]
    found = []
    for name, own, share in zip(names, places, shares, strict=True):
        for place in dice.choice(own, share, replace=False).tolist():
            start = to_seconds(int(starts[place]))
            found.append(SampledMinute(camera.name, start, start + MINUTE_S, name))
    return sorted(found, key=lambda one: one.start)


def _whole_minutes(pieces: Sequence[tuple[int, int]]) -> IntArray:
    """Beginnings of the minutes that lie within pieces, microseconds."""
    found = [np.zeros(0, np.int64)]
    for start, end in pieces:
        first = -(-start // _MINUTE_US) * _MINUTE_US
        found.append(np.arange(first, end - _MINUTE_US + 1, _MINUTE_US, dtype=np.int64))
    return np.concatenate(found)


def _within(starts: IntArray, spans: Spans) -> IntArray:
    inside = np.zeros(len(starts), np.bool_)
    for begin, until in spans:
        inside |= (starts >= to_microseconds(begin)) & (starts + _MINUTE_US <= to_microseconds(until))
    return starts[inside]


def _local_hours(starts: IntArray, site: Site) -> IntArray:
    """Hour of the day by the clocks of the site, of each moment."""
    full, place = np.unique(starts // _HOUR_US, return_inverse=True)
    hours = [to_moment(int(one) * _HOUR_US).astimezone(site.zone).hour for one in full]
    return np.array(hours, np.int64)[place]


def _volumes(connection: Connection, site: Site, camera: Camera, period: Period) -> FloatArray:
    """(24,) cyclists who passed in each hour of the day."""
    query = (
        select(seen.c.bin, func.sum(seen.c.cyclists))
        .where(seen.c.camera_id == camera.camera_id, seen.c.bin >= period.start, seen.c.bin < period.end)
        .group_by(seen.c.bin)
    )
    rows = connection.execute(query).all()
    volumes = np.zeros(24)
    if rows:
        bins, cyclists = np.array([tuple(row) for row in rows], np.int64).T
        np.add.at(volumes, _local_hours(bins, site), cyclists)
    return volumes


def _strata(hours: IntArray, volumes: FloatArray) -> list[tuple[IntArray, float]]:
    """Hours of the day of each stratum, from quiet to busy, and how many cyclists pass in a minute."""
    present, lengths = np.unique(hours, return_counts=True)
    rates = volumes[present] / lengths
    order = np.argsort(rates, kind="stable")
    parts = [part for part in np.array_split(order, len(STRATA)) if len(part)]
    return [(present[one], float(volumes[present[one]].sum() / lengths[one].sum())) for one in parts]
