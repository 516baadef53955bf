"""Holds hand counts against what the program counted of the same time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

import numpy as np
from sqlalchemy import Connection, select

from flows.checks.bands import Tally, factor_band, rates_of
from flows.checks.hand import HandCount
from flows.checks.matching import TOLERANCE_S, match_times
from flows.database import Database
from flows.database.review import CheckedCamera, CheckedStretch
from flows.database.schema import sighting
from flows.database.times import to_microseconds, to_seconds
from flows.statistics.counts import read_directions
from flows.statistics.query import Query
from flows.statistics.sites import Camera, Period, Site, find_sites
from flows.statistics.watch import valid_pieces
from tracking.errors import UsageError
from tracking.region import UNCROSSED

WATCHED = 0.99
"""So much of a stretch has to be watched; a minute of which less was seen says nothing of the counting."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What hand counts say.

    Attributes:
        cameras: Of each camera, by name.
        whole: Of all of them together; its camera is empty.
        stretches: Counts side by side.
        left_out: Sentences on stretches that say nothing.
    """

    cameras: tuple[CheckedCamera, ...]
    whole: CheckedCamera
    stretches: tuple[CheckedStretch, ...]
    left_out: tuple[str, ...]


def compare(
    database: Database, site_name: str, hand: Sequence[HandCount], tolerance_s: float = TOLERANCE_S
) -> Comparison:
    """Compare a sample.

    Where times were noted for all of a camera, its passages are matched one to one, which tells wrong and
    lost ones apart. Else only numbers are compared: what is wrong and lost in the same stretch and direction
    cancels, so that the ratio is known and precision and recall are not.

    Args:
        database: Where a run has written.
        site_name: Name of the site.
        hand: What a person counted.
        tolerance_s: Largest gap between a key and the passage it stands for, seconds.

    Raises:
        UsageError: A camera or direction is not there, or nothing can be compared.
        DatabaseError: The database could not be read.
    """
    cameras: list[CheckedCamera] = []
    tallies: list[Tally] = []
    stretches: list[CheckedStretch] = []
    left_out: list[str] = []
    with database.transaction() as connection:
        (site,) = find_sites(connection, Query(site=site_name))
        for name, group in groupby(sorted(hand, key=lambda one: one.camera), lambda one: one.camera):
            own = list(group)
            camera = _camera(site, name)
            _require_directions(connection, camera, own)
            seen, missed = _watched(connection, site, camera, own)
            left_out += missed
            if seen:
                found, told = _of_camera(connection, camera, seen, tolerance_s)
                cameras.append(_checked(name, told, found))
                tallies += found
                stretches += told
    if not cameras:
        raise UsageError("; ".join(left_out) or "nothing was counted by hand")
    whole = _checked("", stretches, tallies)
    return Comparison(tuple(cameras), whole, tuple(stretches), tuple(left_out))


def known_directions(connection: Connection, camera: Camera) -> list[str]:
    """Directions that were ever counted at a camera, without those who crossed no line."""
    return [one for one in read_directions(connection, camera) if one != UNCROSSED]


def _camera(site: Site, name: str) -> Camera:
    for camera in site.cameras:
        if camera.name == name:
            return camera
    known = ", ".join(one.name for one in site.cameras) or "none"
    raise UsageError(f"the hand counts name camera '{name}', which site {site.name} has not; it has {known}")


def _require_directions(connection: Connection, camera: Camera, hand: Sequence[HandCount]) -> None:
    named = {one.direction for one in hand} - {""}
    known = known_directions(connection, camera)
    if known and named - set(known):
        unknown = sorted(named - set(known))[0]
        raise UsageError(
            f"the hand counts of camera {camera.name} name the direction '{unknown}'; the database has "
            f"{', '.join(known)}; leave the direction empty for all together"
        )
    times = {(one.start, one.end) for one in hand if one.direction == ""}
    both = [one for one in hand if one.direction and (one.start, one.end) in times]
    if both:
        raise UsageError(
            f"the hand counts of camera {camera.name} give all directions together and '{both[0].direction}' "
            "for the same time; give one or the other"
        )


def _watched(
    connection: Connection, site: Site, camera: Camera, hand: Sequence[HandCount]
) -> tuple[list[HandCount], list[str]]:
    """Those of whose time the camera watched enough, and a sentence on each of the others."""
    kept, left_out = [], []
    for (start, end), group in groupby(
        sorted(hand, key=lambda one: (one.start, one.end)), lambda one: (one.start, one.end)
    ):
        period = Period(to_microseconds(start), to_microseconds(end))
        pieces = valid_pieces(connection, replace(site, cameras=(camera,)), period)[camera.camera_id]
        seen = sum(until - begin for begin, until in pieces) / (period.end - period.start)
        if seen >= WATCHED:
            kept += list(group)
            continue
        moment = f"{_local(start, site)} to {_local(end, site)}"
        left_out.append(f"camera {camera.name}, {moment}: watched for {seen:.0%} of it, so it is left out")
    return kept, left_out


def _local(moment: float, site: Site) -> str:
    return datetime.fromtimestamp(moment, site.zone).strftime("%Y-%m-%d %H:%M:%S")


def _of_camera(
    connection: Connection, camera: Camera, hand: Sequence[HandCount], tolerance_s: float
) -> tuple[list[Tally], list[CheckedStretch]]:
    """A tally of each stretch, and the rows of it by direction."""
    timed = all(one.times is not None for one in hand)
    tallies, rows = [], []
    for (start, end), group in groupby(hand, lambda one: (one.start, one.end)):
        own = list(group)
        passages = _passages(connection, camera, start, end, tolerance_s)
        wanted = {one.direction for one in own}
        inside = [one for one in passages if start <= one[0] < end and ({"", one[2]} & wanted)]
        told = [
            CheckedStretch(
                camera.name,
                start,
                end,
                one.direction,
                one.count,
                sum(one.direction in ("", each[2]) for each in inside),
                one.times,
            )
            for one in own
        ]
        rows += told
        tallies.append(_matched(own, passages, start, end, tolerance_s) if timed else _by_numbers(told))
    return tallies, rows


_Passage = tuple[float, float, str]
"""Enter time, exit time, direction."""


def _passages(
    connection: Connection, camera: Camera, start: float, end: float, margin_s: float
) -> list[_Passage]:
    query = (
        select(sighting.c.enter_time, sighting.c.exit_time, sighting.c.direction)
        .where(
            sighting.c.camera_id == camera.camera_id,
            sighting.c.enter_time >= to_microseconds(start - margin_s),
            sighting.c.enter_time < to_microseconds(end + margin_s),
            sighting.c.direction != UNCROSSED,
        )
        .order_by(sighting.c.enter_time, sighting.c.sighting_id)
    )
    return [(to_seconds(row[0]), to_seconds(row[1]), row[2]) for row in connection.execute(query)]


def _by_numbers(told: Sequence[CheckedStretch]) -> Tally:
    right = sum(min(one.hand, one.counted) for one in told)
    return Tally(sum(one.hand for one in told), sum(one.counted for one in told), right)


def _matched(
    hand: Sequence[HandCount], passages: Sequence[_Passage], start: float, end: float, tolerance_s: float
) -> Tally:
    """Match; who entered just outside counts only where a key stands for it."""
    wanted = {one.direction for one in hand}
    known = [one for one in passages if {"", one[2]} & wanted]
    keys = [(time, one.direction) for one in hand for time in one.times or ()]
    times = np.array([time for time, _ in keys], np.float64)
    enter, leave = (np.array([one[at] for one in known], np.float64) for at in (0, 1))
    ways, directions = [way for _, way in keys], [one[2] for one in known]
    partner = match_times(times, ways, enter, leave, directions, tolerance_s)
    taken = set(partner[partner >= 0].tolist())
    counted = sum(place in taken or start <= one[0] < end for place, one in enumerate(known))
    return Tally(len(keys), counted, len(taken))


def _checked(name: str, stretches: Sequence[CheckedStretch], tallies: Sequence[Tally]) -> CheckedCamera:
    rates, timed = rates_of(tallies), all(one.times is not None for one in stretches)
    factor = factor_band(rates)
    times = {(one.camera, one.start, one.end) for one in stretches}
    return CheckedCamera(
        camera=name,
        stretches=len(times),
        watched_s=sum(end - start for _, start, end in times),
        hand=sum(one.hand for one in tallies),
        counted=sum(one.counted for one in tallies),
        matched=sum(one.right for one in tallies) if timed else None,
        correct=rates.correct,
        wrong=rates.wrong,
        lost=rates.lost,
        factor=factor.value,
        factor_low=factor.low,
        factor_high=factor.high,
    )
