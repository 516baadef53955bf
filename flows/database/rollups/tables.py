"""The tables of the roll-ups: what the views and the statistics read instead of every passage.

All of them follow from the other tables, see `flows.database.rollups.refresh`. A *bin* is a quarter of an
hour, named by its first microsecond.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from flows.database.schema import metadata


def _of_site() -> Column[int]:
    return Column("site_id", Integer, ForeignKey("site.site_id", ondelete="CASCADE"), nullable=False)


def _of_camera() -> Column[int]:
    return Column("camera_id", Integer, ForeignKey("camera.camera_id", ondelete="CASCADE"), nullable=False)


def _ends() -> tuple[Column[int], Column[int]]:
    origin, destination = (
        Column(name, Integer, ForeignKey("camera.camera_id", ondelete="CASCADE"), nullable=False)
        for name in ("origin_id", "destination_id")
    )
    return origin, destination


quarter = Table(
    "quarter",
    metadata,
    Column("bin", BigInteger, primary_key=True, autoincrement=False),
    Column("interval_start", Text, nullable=False),
    Column("interval_end", Text, nullable=False),
    Index("quarter_of_text", "interval_start", unique=True),
)
"""A quarter of an hour, beginning at `bin`, as the views write it: a text that an index finds."""

seen = Table(
    "seen",
    metadata,
    _of_camera(),
    Column("bin", BigInteger, nullable=False),
    Column("direction", Text, nullable=False),
    Column("cyclists", Integer, nullable=False),
    PrimaryKeyConstraint("camera_id", "bin", "direction", name="seen_key"),
    Index("seen_of_direction", "camera_id", "direction"),
)

covered = Table(
    "covered",
    metadata,
    _of_camera(),
    Column("bin", BigInteger, nullable=False),
    Column("observed", BigInteger, nullable=False),
    PrimaryKeyConstraint("camera_id", "bin", name="covered_key"),
)
"""Observed time of a camera in a quarter, whichever runs observed it."""

watched = Table(
    "watched",
    metadata,
    _of_site(),
    Column("bin", BigInteger, nullable=False),
    Column("cameras", Integer, nullable=False),
    Column("least", BigInteger, nullable=False),
    Column("most", BigInteger, nullable=False),
    PrimaryKeyConstraint("site_id", "bin", name="watched_key"),
)
"""Every quarter from the first to the last of a site's footage: how many cameras watched, and how long."""

route = Table(
    "route",
    metadata,
    Column("route_id", Integer, primary_key=True),
    _of_site(),
    Column("path", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("stops", Integer, nullable=False),
    Column("cyclists", Integer, nullable=False),
    Index("route_of_site", "site_id"),
)
"""Cameras in the order in which they were passed: `path` by number (``3>5``), `name` by name (``A>B``); with
all journeys that ever took it."""

route_stop = Table(
    "route_stop",
    metadata,
    Column("route_id", Integer, ForeignKey("route.route_id", ondelete="CASCADE"), nullable=False),
    Column("stop", Integer, nullable=False),
    _of_camera(),
    PrimaryKeyConstraint("route_id", "stop", name="route_stop_key"),
    Index("route_stop_of_camera", "camera_id"),
)

route_count = Table(
    "route_count",
    metadata,
    _of_site(),
    Column("bin", BigInteger, nullable=False),
    Column("route_id", Integer, ForeignKey("route.route_id", ondelete="CASCADE"), nullable=False),
    Column("cyclists", Integer, nullable=False),
    Column("journeys", Integer, nullable=False),
    PrimaryKeyConstraint("site_id", "bin", "route_id", name="route_count_key"),
    Index("route_count_of_route", "route_id", "bin"),
)
"""Journeys over a route that began in a quarter, beside all journeys of the site that did."""

route_day = Table(
    "route_day",
    metadata,
    _of_site(),
    Column("day", BigInteger, nullable=False),
    Column("route_id", Integer, ForeignKey("route.route_id", ondelete="CASCADE"), nullable=False),
    Column("cyclists", Integer, nullable=False),
    PrimaryKeyConstraint("site_id", "day", "route_id", name="route_day_key"),
    Index("route_day_of_route", "route_id", "cyclists", "day"),
)
"""Journeys over a route that began on a day of the site's time zone; `day` is its first microsecond."""

od_count = Table(
    "od_count",
    metadata,
    _of_site(),
    Column("bin", BigInteger, nullable=False),
    *_ends(),
    Column("cyclists", Integer, nullable=False),
    PrimaryKeyConstraint("site_id", "bin", "origin_id", "destination_id", name="od_count_key"),
    Index("od_count_of_ends", "origin_id", "destination_id"),
)

travel_time = Table(
    "travel_time",
    metadata,
    _of_site(),
    Column("bin", BigInteger, nullable=False),
    *_ends(),
    Column("trips", Integer, nullable=False),
    Column("p15", BigInteger, nullable=False),
    Column("p50", BigInteger, nullable=False),
    Column("p85", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False),
    PrimaryKeyConstraint("site_id", "bin", "origin_id", "destination_id", name="travel_time_key"),
)
"""Travel times in journeys that began in a quarter; percentiles in hundredths of a microsecond, so exact."""

trips = Table(
    "trips",
    metadata,
    _of_site(),
    Column("bin", BigInteger, nullable=False),
    Column("routes", LargeBinary, nullable=False),
    Column("moments", LargeBinary, nullable=False),
    PrimaryKeyConstraint("site_id", "bin", name="trips_key"),
)
"""The journeys that began in a quarter, for the statistics: see `flows.database.rollups.packed`."""

touched_time = Table(
    "touched_time",
    metadata,
    Column("site_id", Integer, nullable=False),
    Column("camera_id", Integer, nullable=False),
    Column("start_time", BigInteger, nullable=False),
    Column("end_time", BigInteger, nullable=False),
    PrimaryKeyConstraint("site_id", "camera_id", "start_time", "end_time", name="touched_time_key"),
)
"""Time of a camera whose passages or coverage changed in this transaction; empty outside of one."""

touched_journeys = Table(
    "touched_journeys",
    metadata,
    Column("site_id", Integer, nullable=False),
    Column("start_time", BigInteger, nullable=False),
    Column("end_time", BigInteger, nullable=False),
    PrimaryKeyConstraint("site_id", "start_time", "end_time", name="touched_journeys_key"),
)
"""Time in which journeys begin that changed in this transaction; empty outside of one."""
