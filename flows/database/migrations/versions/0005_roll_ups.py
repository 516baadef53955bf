"""Counts by quarters of an hour beside the passages, and what a transaction touched.

The triggers that note it, and the counts of what is there already, are written after the migrations.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def _reference(name: str, target: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, sa.ForeignKey(target, ondelete="CASCADE"), nullable=False)


def _site() -> sa.Column[int]:
    return _reference("site_id", "site.site_id")


def _camera(name: str = "camera_id") -> sa.Column[int]:
    return _reference(name, "camera.camera_id")


def _numbers(kind: type[sa.Integer], *names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, kind, nullable=False) for name in names]


def upgrade() -> None:
    """Create the tables."""
    _create_what_cameras_saw()
    _create_what_journeys_were()
    op.create_index("unobserved_until", "unobserved", ["camera_id", "end_time"])
    _find_moments_by_text()
    times = ("start_time", "end_time")
    op.create_table(
        "touched_time",
        *_numbers(sa.Integer, "site_id", "camera_id"),
        *_numbers(sa.BigInteger, *times),
        sa.PrimaryKeyConstraint("site_id", "camera_id", *times, name="touched_time_key"),
    )
    op.create_table(
        "touched_journeys",
        *_numbers(sa.Integer, "site_id"),
        *_numbers(sa.BigInteger, *times),
        sa.PrimaryKeyConstraint("site_id", *times, name="touched_journeys_key"),
    )


def _find_moments_by_text() -> None:
    """An index on what view `journeys_flat` shows of a moment, written as in the view.

    PostgreSQL's own functions may follow settings of a session, so they need one that promises not to.
    """
    seconds = "(enter_time - ((enter_time) % 1000000 + 1000000) % 1000000) / 1000000"
    if op.get_bind().dialect.name == "sqlite":
        text = f"datetime({seconds}, 'unixepoch')"
    else:
        text = "fietsflow_text(enter_time)"
        told = f"to_char(to_timestamp({seconds}) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24\\:MI\\:SS')"
        op.execute(
            "CREATE FUNCTION fietsflow_text(enter_time bigint) RETURNS text "
            f"LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$ BEGIN RETURN {told}; END $$"
        )
    op.execute(f"CREATE INDEX sighting_of_text ON sighting ({text})")


def _create_what_cameras_saw() -> None:
    op.create_table(
        "quarter",
        sa.Column("bin", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("interval_start", sa.Text, nullable=False),
        sa.Column("interval_end", sa.Text, nullable=False),
    )
    op.create_index("quarter_of_text", "quarter", ["interval_start"], unique=True)
    op.create_table(
        "seen",
        _camera(),
        *_numbers(sa.BigInteger, "bin"),
        sa.Column("direction", sa.Text, nullable=False),
        *_numbers(sa.Integer, "cyclists"),
        sa.PrimaryKeyConstraint("camera_id", "bin", "direction", name="seen_key"),
    )
    op.create_index("seen_of_direction", "seen", ["camera_id", "direction"])
    op.create_table(
        "covered",
        _camera(),
        *_numbers(sa.BigInteger, "bin", "observed"),
        sa.PrimaryKeyConstraint("camera_id", "bin", name="covered_key"),
    )
    op.create_table(
        "watched",
        _site(),
        *_numbers(sa.BigInteger, "bin"),
        *_numbers(sa.Integer, "cameras"),
        *_numbers(sa.BigInteger, "least", "most"),
        sa.PrimaryKeyConstraint("site_id", "bin", name="watched_key"),
    )


def _create_what_journeys_were() -> None:
    op.create_table(
        "route",
        sa.Column("route_id", sa.Integer, primary_key=True),
        _site(),
        sa.Column("path", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        *_numbers(sa.Integer, "stops", "cyclists"),
    )
    op.create_index("route_of_site", "route", ["site_id"])
    op.create_table(
        "route_stop",
        _reference("route_id", "route.route_id"),
        *_numbers(sa.Integer, "stop"),
        _camera(),
        sa.PrimaryKeyConstraint("route_id", "stop", name="route_stop_key"),
    )
    op.create_index("route_stop_of_camera", "route_stop", ["camera_id"])
    op.create_table(
        "route_count",
        _site(),
        *_numbers(sa.BigInteger, "bin"),
        _reference("route_id", "route.route_id"),
        *_numbers(sa.Integer, "cyclists", "journeys"),
        sa.PrimaryKeyConstraint("site_id", "bin", "route_id", name="route_count_key"),
    )
    op.create_index("route_count_of_route", "route_count", ["route_id", "bin"])
    op.create_table(
        "route_day",
        _site(),
        *_numbers(sa.BigInteger, "day"),
        _reference("route_id", "route.route_id"),
        *_numbers(sa.Integer, "cyclists"),
        sa.PrimaryKeyConstraint("site_id", "day", "route_id", name="route_day_key"),
    )
    op.create_index("route_day_of_route", "route_day", ["route_id", "cyclists", "day"])
    ends = ("origin_id", "destination_id")
    op.create_table(
        "od_count",
        _site(),
        *_numbers(sa.BigInteger, "bin"),
        *(_camera(end) for end in ends),
        *_numbers(sa.Integer, "cyclists"),
        sa.PrimaryKeyConstraint("site_id", "bin", *ends, name="od_count_key"),
    )
    op.create_index("od_count_of_ends", "od_count", list(ends))
    op.create_table(
        "travel_time",
        _site(),
        *_numbers(sa.BigInteger, "bin"),
        *(_camera(end) for end in ends),
        *_numbers(sa.Integer, "trips"),
        *_numbers(sa.BigInteger, "p15", "p50", "p85", "total"),
        sa.PrimaryKeyConstraint("site_id", "bin", *ends, name="travel_time_key"),
    )
    op.create_table(
        "trips",
        _site(),
        *_numbers(sa.BigInteger, "bin"),
        sa.Column("routes", sa.LargeBinary, nullable=False),
        sa.Column("moments", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("site_id", "bin", name="trips_key"),
    )
