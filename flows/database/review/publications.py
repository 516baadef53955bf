"""The figures of days as they were published."""

import hashlib
from dataclasses import dataclass

from sqlalchemy import insert, select

from flows.database.connection import Database
from flows.database.review.said import Said, said_text
from flows.database.review.tables import publication
from flows.database.schema import site
from flows.database.times import to_microseconds, to_seconds
from tracking.errors import UsageError


@dataclass(frozen=True, slots=True)
class Publishing:
    """A day as it was published.

    Attributes:
        site: Name of the site.
        start: Its midnight, seconds since the epoch.
        end: The next midnight.
        said: By whom, when.
        min_count: Cells of fewer cyclists were withheld.
        figures: The numbers, as text.
        reason: Why other numbers are published than before; None for the first time.
        number: Of the publishing; 0 before it is kept.
    """

    site: str
    start: float
    end: float
    said: Said
    min_count: int
    figures: str
    reason: str | None = None
    number: int = 0

    @property
    def digest(self) -> str:
        """SHA-256 of the figures, in hexadecimal digits: who was given them can hold them against it."""
        return hashlib.sha256(self.figures.encode()).hexdigest()


def keep_publishing(database: Database, new: Publishing) -> int:
    """Keep the figures of a day; what was published of it before stays too.

    Returns:
        Its number.

    Raises:
        UsageError: There is no such site, or the role is missing.
        DatabaseError: The database cannot be written.
    """
    with database.transaction() as connection:
        own = select(site.c.site_id).where(site.c.name == new.site)
        site_id = connection.execute(own).scalar()
        if site_id is None:
            raise UsageError(f"database {database.name} has no site '{new.site}'")
        row = {
            "site_id": site_id,
            "start_time": to_microseconds(new.start),
            "end_time": to_microseconds(new.end),
            **new.said.row,
            "min_count": new.min_count,
            "digest": new.digest,
            "figures": new.figures,
            "reason": None if new.reason is None else said_text(new.reason, "reason"),
        }
        kept = insert(publication).values(row).returning(publication.c.publication_id)
        return int(connection.execute(kept).scalar_one())


def read_publishings(
    database: Database, site_name: str, start: float | None = None, end: float | None = None
) -> tuple[Publishing, ...]:
    """Everything that was published of a site, in order of days and then as it was published.

    Args:
        database: Open.
        site_name: Name of the site.
        start: Only days from this moment on, seconds since the epoch.
        end: Only days before this moment.

    Raises:
        DatabaseError: The database cannot be read.
    """
    table = publication
    query = select(table).join(site, site.c.site_id == table.c.site_id).where(site.c.name == site_name)
    if start is not None:
        query = query.where(table.c.start_time >= to_microseconds(start))
    if end is not None:
        query = query.where(table.c.start_time < to_microseconds(end))
    with database.transaction() as connection:
        rows = connection.execute(query.order_by(table.c.start_time, table.c.publication_id)).all()
    return tuple(
        Publishing(
            site_name,
            to_seconds(row.start_time),
            to_seconds(row.end_time),
            Said(to_seconds(row.made), row.role),
            row.min_count,
            row.figures,
            row.reason,
            row.publication_id,
        )
        for row in rows
    )
