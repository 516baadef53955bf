"""Time of a camera whose counts are not to be used, with the reason."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, exists, insert, select

from flows.database.connection import Database
from flows.database.review.said import Said, Withdrawal, said_text, withdraw, withdrawals
from flows.database.review.tables import mark, mark_withdrawn
from flows.database.schema import camera, site
from flows.database.times import to_microseconds, to_seconds
from tracking.errors import UsageError

REASONS = ("roadworks", "camera_moved", "event", "weather", "wrong_counts", "other")
"""What a mark may be for, one word each."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of time that somebody marked.

    Attributes:
        site: Name of the site.
        camera: Camera id.
        start: Seconds since the epoch.
        end: Seconds since the epoch, exclusive.
        reason: One word, such as ``roadworks``.
        note: What else there is to say; may be empty.
        said: By whom, when.
        number: Of the mark; 0 before it is kept.
        withdrawn: Where it does not hold any more.
    """

    site: str
    camera: str
    start: float
    end: float
    reason: str
    note: str
    said: Said
    number: int = 0
    withdrawn: Withdrawal | None = None


def add_mark(database: Database, new: Mark) -> int:
    """Keep a mark.

    Returns:
        Its number.

    Raises:
        UsageError: There is no such camera, the time is empty, or role or reason is missing.
        DatabaseError: The database cannot be written.
    """
    start, end = to_microseconds(new.start), to_microseconds(new.end)
    if start >= end:
        raise UsageError("the marked time is empty: its end must be later than its beginning")
    if new.reason not in REASONS:
        raise UsageError(f"'{new.reason}' is no reason of a mark; give one of {', '.join(REASONS)}")
    with database.transaction() as connection:
        row = {
            "camera_id": camera_of(connection, new.site, new.camera),
            "start_time": start,
            "end_time": end,
            "reason": new.reason,
            "note": said_text(new.note, "note", may_lack=True),
            **new.said.row,
        }
        return int(connection.execute(insert(mark).values(row).returning(mark.c.mark_id)).scalar_one())


def withdraw_mark(database: Database, site_name: str, number: int, withdrawal: Withdrawal) -> None:
    """Say that a mark does not hold any more; it stays in the list, with this.

    Raises:
        UsageError: The site has no such mark, or it was withdrawn before.
        DatabaseError: The database cannot be written.
    """
    with database.transaction() as connection:
        query = (
            select(mark.c.mark_id)
            .join(camera, camera.c.camera_id == mark.c.camera_id)
            .join(site, site.c.site_id == camera.c.site_id)
            .where(site.c.name == site_name, mark.c.mark_id == number)
        )
        if connection.execute(query).scalar() is None:
            raise UsageError(f"site {site_name} has no mark {number}; list them with: pipeline mark --list")
        withdraw(connection, mark_withdrawn, number, withdrawal)


def read_marks(database: Database, site_name: str) -> tuple[Mark, ...]:
    """Every mark of a site, also those that were withdrawn, in the order in which they were made.

    Raises:
        DatabaseError: The database cannot be read.
    """
    with database.transaction() as connection:
        taken_back = withdrawals(connection, mark_withdrawn)
        query = (
            select(mark, camera.c.name)
            .join(camera, camera.c.camera_id == mark.c.camera_id)
            .join(site, site.c.site_id == camera.c.site_id)
            .where(site.c.name == site_name)
            .order_by(mark.c.mark_id)
        )
        return tuple(
            Mark(
                site_name,
                row.name,
                to_seconds(row.start_time),
                to_seconds(row.end_time),
                row.reason,
                row.note,
                Said(to_seconds(row.made), row.role),
                row.mark_id,
                taken_back.get(row.mark_id),
            )
            for row in connection.execute(query)
        )


def marked_time(
    connection: Connection, cameras: Collection[int], start: int, end: int
) -> dict[int, list[tuple[int, int, str]]]:
    """Marks that hold, cut to a period: (start, end, reason) by camera, microseconds; they may overlap.

    Args:
        connection: To the database.
        cameras: Keys of cameras.
        start: Of the period.
        end: Of the period.
    """
    taken_back = exists(select(mark_withdrawn.c.mark_id).where(mark_withdrawn.c.mark_id == mark.c.mark_id))
    query = (
        select(mark.c.camera_id, mark.c.start_time, mark.c.end_time, mark.c.reason)
        .where(mark.c.camera_id.in_(sorted(cameras)), mark.c.start_time < end, mark.c.end_time > start)
        .where(~taken_back)
        .order_by(mark.c.start_time, mark.c.mark_id)
    )
    found: dict[int, list[tuple[int, int, str]]] = {}
    for camera_id, begin, until, reason in connection.execute(query):
        found.setdefault(camera_id, []).append((max(begin, start), min(until, end), reason))
    return found


def camera_of(connection: Connection, site_name: str, name: str) -> int:
    """Key of a camera.

    Raises:
        UsageError: There is no such site or camera.
    """
    query = (
        select(camera.c.name, camera.c.camera_id)
        .join(site, site.c.site_id == camera.c.site_id)
        .where(site.c.name == site_name)
    )
    known = {row.name: int(row.camera_id) for row in connection.execute(query)}
    if name not in known:
        cameras = ", ".join(sorted(known)) or "none"
        raise UsageError(f"site {site_name} has no camera '{name}' in the database; it has {cameras}")
    return known[name]
