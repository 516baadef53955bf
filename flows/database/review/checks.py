"""Samples that were counted by hand, and what they say of each camera."""

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select

from flows.database.connection import Database
from flows.database.review.marks import camera_of
from flows.database.review.said import Said, Withdrawal, withdraw, withdrawals
from flows.database.review.tables import (
    spot_check,
    spot_check_camera,
    spot_check_stretch,
    spot_check_withdrawn,
)
from flows.database.schema import camera, site
from flows.database.times import to_microseconds, to_seconds
from tracking.errors import UsageError


@dataclass(frozen=True, slots=True)
class CheckedStretch:
    """A stretch of time of a camera in one direction.

    Attributes:
        camera: Camera id.
        start: Seconds since the epoch.
        end: Seconds since the epoch, exclusive.
        direction: As in `camera_counts`; empty for all together.
        hand: Cyclists that a person counted.
        counted: Cyclists that the program counted.
        times: When the person saw each, seconds since the epoch; None where nobody noted it.
    """

    camera: str
    start: float
    end: float
    direction: str
    hand: int
    counted: int
    times: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class CheckedCamera:
    """What a check says of a camera.

    Attributes:
        camera: Camera id.
        stretches: So many were counted.
        watched_s: Seconds of them all.
        hand: Cyclists that a person counted.
        counted: Cyclists that the program counted.
        matched: Counted ones that are those of the person; None where nobody noted times.
        correct: Shape of the Gamma distribution of right ones.
        wrong: Likewise of counted ones that were none.
        lost: Likewise of missed ones.
        factor: By which a count is multiplied.
        factor_low: Lower end of its 95 % interval.
        factor_high: Upper end.
    """

    camera: str
    stretches: int
    watched_s: float
    hand: int
    counted: int
    matched: int | None
    correct: float
    wrong: float
    lost: float
    factor: float
    factor_low: float
    factor_high: float


@dataclass(frozen=True, slots=True)
class SpotCheck:
    """A sample that was counted by hand.

    Attributes:
        site: Name of the site.
        said: By whom, when.
        way: ``browser`` or ``file``.
        seed: Of the sample; None where it was not drawn here.
        tolerance_s: Largest gap between a key and the passage it stands for, seconds.
        valid_from: First moment whose counts it corrects, seconds since the epoch.
        valid_until: First moment behind; None until there is a newer one.
        cameras: What it says of each.
        stretches: What was counted.
        number: Of the check; 0 before it is kept.
        withdrawn: Where it does not hold any more.
    """

    site: str
    said: Said
    way: str
    seed: int | None
    tolerance_s: float
    valid_from: float
    valid_until: float | None
    cameras: tuple[CheckedCamera, ...]
    stretches: tuple[CheckedStretch, ...] = ()
    number: int = 0
    withdrawn: Withdrawal | None = None


def keep_check(database: Database, new: SpotCheck) -> int:
    """Keep a check; from now on it holds for its time, and an earlier one there does not.

    Returns:
        Its number.

    Raises:
        UsageError: The site has no such camera, the validity is empty, or the role is missing.
        DatabaseError: The database cannot be written.
    """
    begin = to_microseconds(new.valid_from)
    until = None if new.valid_until is None else to_microseconds(new.valid_until)
    if until is not None and until <= begin:
        raise UsageError("the check would hold for no time: its last day must be later than its first")
    with database.transaction() as connection:
        keys = {one.camera: camera_of(connection, new.site, one.camera) for one in new.cameras}
        own = select(site.c.site_id).where(site.c.name == new.site)
        row = {
            "site_id": connection.execute(own).scalar_one(),
            **new.said.row,
            "way": new.way,
            "seed": new.seed,
            "tolerance": to_microseconds(new.tolerance_s),
            "valid_from": begin,
            "valid_until": until,
        }
        created = insert(spot_check).values(row).returning(spot_check.c.check_id)
        number = int(connection.execute(created).scalar_one())
        for one in new.cameras:
            values = _camera_row(number, keys[one.camera], one)
            connection.execute(insert(spot_check_camera).values(values))
        for stretch in new.stretches:
            values = _stretch_row(number, keys[stretch.camera], stretch)
            connection.execute(insert(spot_check_stretch).values(values))
    return number


def withdraw_check(database: Database, site_name: str, number: int, withdrawal: Withdrawal) -> None:
    """Say that a check does not hold any more: an earlier one does again, if there is one.

    Raises:
        UsageError: The site has no such check, or it was withdrawn before.
        DatabaseError: The database cannot be written.
    """
    with database.transaction() as connection:
        query = (
            select(spot_check.c.check_id)
            .join(site, site.c.site_id == spot_check.c.site_id)
            .where(site.c.name == site_name, spot_check.c.check_id == number)
        )
        if connection.execute(query).scalar() is None:
            raise UsageError(f"site {site_name} has no check {number}; list them with: pipeline check --list")
        withdraw(connection, spot_check_withdrawn, number, withdrawal)


def read_checks(database: Database, site_name: str, *, stretches: bool = False) -> tuple[SpotCheck, ...]:
    """Every check of a site, also those that were withdrawn, in the order in which they were made.

    Args:
        database: Open.
        site_name: Name of the site.
        stretches: Also what was counted in each stretch.

    Raises:
        DatabaseError: The database cannot be read.
    """
    with database.transaction() as connection:
        return checks_in(connection, site_name, stretches=stretches)


def checks_in(connection: Connection, site_name: str, *, stretches: bool = False) -> tuple[SpotCheck, ...]:
    """The same in a transaction."""
    own = select(site.c.site_id).where(site.c.name == site_name).scalar_subquery()
    query = select(spot_check).where(spot_check.c.site_id == own).order_by(spot_check.c.check_id)
    rows = connection.execute(query).all()
    if not rows:
        return ()
    taken_back = withdrawals(connection, spot_check_withdrawn)
    known = connection.execute(select(camera.c.camera_id, camera.c.name).where(camera.c.site_id == own))
    names = {row.camera_id: row.name for row in known}
    cameras = _cameras(connection, names)
    counted = _stretches(connection, names) if stretches else {}
    return tuple(
        SpotCheck(
            site_name,
            Said(to_seconds(row.made), row.role),
            row.way,
            row.seed,
            to_seconds(row.tolerance),
            to_seconds(row.valid_from),
            None if row.valid_until is None else to_seconds(row.valid_until),
            tuple(sorted(cameras[row.check_id], key=lambda one: one.camera)),
            tuple(counted.get(row.check_id, ())),
            row.check_id,
            taken_back.get(row.check_id),
        )
        for row in rows
    )


def _camera_row(check_id: int, camera_id: int, one: CheckedCamera) -> dict[str, Any]:
    names = ("stretches", "hand", "counted", "matched", "correct", "wrong", "lost")
    factors = ("factor", "factor_low", "factor_high")
    values = {name: getattr(one, name) for name in (*names, *factors)}
    return {
        "check_id": check_id,
        "camera_id": camera_id,
        "watched": to_microseconds(one.watched_s),
        **values,
    }


def _stretch_row(check_id: int, camera_id: int, one: CheckedStretch) -> dict[str, Any]:
    times = None if one.times is None else json.dumps([to_microseconds(time) for time in one.times])
    return {
        "check_id": check_id,
        "camera_id": camera_id,
        "start_time": to_microseconds(one.start),
        "end_time": to_microseconds(one.end),
        "direction": one.direction,
        "hand": one.hand,
        "counted": one.counted,
        "times": times,
    }


def _cameras(connection: Connection, names: dict[int, str]) -> dict[int, list[CheckedCamera]]:
    found: dict[int, list[CheckedCamera]] = defaultdict(list)
    query = select(spot_check_camera).where(spot_check_camera.c.camera_id.in_(sorted(names)))
    for row in connection.execute(query):
        shapes = (row.correct, row.wrong, row.lost)
        factors = (row.factor, row.factor_low, row.factor_high)
        counts = (row.hand, row.counted, row.matched)
        found[row.check_id].append(
            CheckedCamera(
                names[row.camera_id], row.stretches, to_seconds(row.watched), *counts, *shapes, *factors
            )
        )
    return found


def _stretches(connection: Connection, names: dict[int, str]) -> dict[int, list[CheckedStretch]]:
    found: dict[int, list[CheckedStretch]] = defaultdict(list)
    table = spot_check_stretch
    query = (
        select(table)
        .where(table.c.camera_id.in_(sorted(names)))
        .order_by(table.c.start_time, table.c.camera_id, table.c.direction)
    )
    for row in connection.execute(query):
        times = None if row.times is None else tuple(to_seconds(time) for time in json.loads(row.times))
        found[row.check_id].append(
            CheckedStretch(
                names[row.camera_id],
                to_seconds(row.start_time),
                to_seconds(row.end_time),
                row.direction,
                row.hand,
                row.counted,
                times,
            )
        )
    return found
