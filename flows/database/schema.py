"""The tables; `migrations` creates them, a test compares the two.

Every time and duration column counts whole microseconds (see `flows.database.times`) unless its name ends
in ``_s``. Rows hang on their run and leave with it.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009")
"""Schema revisions this program knows, oldest first."""

APPLICATION_ID = 0x66696574
"""Marks an SQLite file as ours (``PRAGMA application_id``); the letters "fiet"."""

VERSION_TABLE = "fietsflow_version"
"""Where Alembic keeps the schema revision; its name tells our databases from others'."""

metadata = MetaData()


def _of_run() -> Column[str]:
    return Column("run_id", Text, ForeignKey("run.run_id", ondelete="CASCADE"), nullable=False)


def _of_camera() -> Column[int]:
    return Column("camera_id", Integer, ForeignKey("camera.camera_id", ondelete="CASCADE"), nullable=False)


def _of_site() -> Column[int]:
    return Column("site_id", Integer, ForeignKey("site.site_id", ondelete="CASCADE"), nullable=False)


def _of_sighting(name: str) -> Column[str]:
    return Column(name, Text, ForeignKey("sighting.sighting_id", ondelete="CASCADE"), nullable=False)


site = Table(
    "site",
    metadata,
    Column("site_id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("timezone", Text, nullable=False),
    Column("min_count", Integer),
    Column("interval", Text),
)

camera = Table(
    "camera",
    metadata,
    Column("camera_id", Integer, primary_key=True),
    _of_site(),
    Column("name", Text, nullable=False),
    Column("latitude", Double),
    Column("longitude", Double),
    UniqueConstraint("site_id", "name", name="camera_of_site"),
)

run = Table(
    "run",
    metadata,
    Column("run_id", Text, primary_key=True),
    _of_site(),
    Column("fingerprint", Text, nullable=False),
    Column("configuration", Text),
    Column("state", Text, nullable=False),
    Column("live", Boolean, nullable=False),
    Column("gallery_ttl", BigInteger, nullable=False),
    Column("started", BigInteger, nullable=False),
    Column("finished", BigInteger),
    Column("watermark", BigInteger),
    Column("forgotten_before", BigInteger),
    Column("touched", BigInteger, nullable=False, server_default="0"),
    UniqueConstraint("site_id", "fingerprint", name="run_of_site"),
)

footage = Table(
    "footage",
    metadata,
    _of_run(),
    _of_camera(),
    Column("digest", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("start_time", BigInteger),
    Column("end_time", BigInteger),
    Column("frames", Integer),
    Column("complete", Boolean),
    PrimaryKeyConstraint("run_id", "camera_id", "digest", name="footage_key"),
)

progress = Table(
    "progress",
    metadata,
    _of_run(),
    _of_camera(),
    Column("checkpoint", Text, nullable=False),
    PrimaryKeyConstraint("run_id", "camera_id", name="progress_key"),
)

coverage = Table(
    "coverage",
    metadata,
    _of_run(),
    _of_camera(),
    Column("start_time", BigInteger, nullable=False),
    Column("end_time", BigInteger, nullable=False),
    PrimaryKeyConstraint("run_id", "camera_id", "start_time", name="coverage_key"),
    Index("coverage_of_camera", "camera_id", "start_time"),
)

unobserved = Table(
    "unobserved",
    metadata,
    _of_run(),
    _of_camera(),
    Column("start_time", BigInteger, nullable=False),
    Column("end_time", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    PrimaryKeyConstraint("run_id", "camera_id", "start_time", name="unobserved_key"),
    Index("unobserved_of_camera", "camera_id", "start_time"),
    Index("unobserved_until", "camera_id", "end_time"),
)

sighting = Table(
    "sighting",
    metadata,
    Column("sighting_id", Text, primary_key=True),
    _of_run(),
    _of_camera(),
    Column("enter_time", BigInteger, nullable=False),
    Column("exit_time", BigInteger, nullable=False),
    Column("direction", Text, nullable=False),
    Column("frames", Integer, nullable=False),
    Column("stationary_s", Double, nullable=False),
    Column("quality", Double, nullable=False),
    Column("model_id", Text, nullable=False),
    Index("sighting_of_run", "run_id"),
    Index("sighting_of_camera", "camera_id", "enter_time"),
    Index("sighting_of_text", text("fietsflow_text(enter_time)")),
)
"""The last index finds the text that `journeys_flat` shows of a moment; SQLite writes the function out."""

gallery = Table(
    "gallery",
    metadata,
    Column("sighting_id", Text, ForeignKey("sighting.sighting_id", ondelete="CASCADE"), primary_key=True),
    _of_run(),
    Column("exit_time", BigInteger, nullable=False),
    Column("embedding", LargeBinary, nullable=False),
    Index("gallery_of_run", "run_id", "exit_time"),
)

match = Table(
    "match",
    metadata,
    _of_sighting("from_sighting"),
    _of_sighting("to_sighting"),
    _of_run(),
    Column("distance", Double, nullable=False),
    Column("probability", Double),
    Column("travel", BigInteger, nullable=False),
    PrimaryKeyConstraint("from_sighting", "to_sighting", name="match_key"),
    Index("match_of_run", "run_id"),
    Index("match_to", "to_sighting"),
)

look_distance = Table(
    "look_distance",
    metadata,
    _of_run(),
    Column("model_id", Text, nullable=False),
    Column("day", Integer, nullable=False),
    Column("arrivals", BigInteger, nullable=False),
    Column("possible", Text, nullable=False),
    Column("impossible", Text, nullable=False),
    PrimaryKeyConstraint("run_id", "model_id", "day", name="look_distance_key"),
)

journey = Table(
    "journey",
    metadata,
    Column("journey_id", Text, primary_key=True),
    _of_run(),
    Index("journey_of_run", "run_id"),
)

journey_stop = Table(
    "journey_stop",
    metadata,
    Column("journey_id", Text, ForeignKey("journey.journey_id", ondelete="CASCADE"), nullable=False),
    Column("stop", Integer, nullable=False),
    _of_sighting("sighting_id"),
    PrimaryKeyConstraint("journey_id", "stop", name="journey_stop_key"),
    Index("journey_stop_of_sighting", "sighting_id", unique=True),
)

outbox_state = Table(
    "outbox_state",
    metadata,
    Column(
        "site_id",
        Integer,
        ForeignKey("site.site_id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("stream", Text, nullable=False),
    Column("sent", BigInteger, nullable=False),
)
"""Sites whose changes are noted for a centre: a random name of this series of notes, the last one it has."""

outbox = Table(
    "outbox",
    metadata,
    Column("seq", Integer, primary_key=True),
    _of_site(),
    Column("camera_id", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("sighting_id", Text, nullable=False),
    Column("start_time", BigInteger, nullable=False),
    Column("end_time", BigInteger, nullable=False),
    Index("outbox_of_sighting", "sighting_id"),
    Index("outbox_of_camera", "camera_id", "kind", "end_time"),
    sqlite_autoincrement=True,
)
"""What a centre has not heard of yet: where something changed, not what it is now."""

inbox = Table(
    "inbox",
    metadata,
    _of_site(),
    Column("box", Text, nullable=False),
    Column("stream", Text, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("heard", BigInteger, nullable=False),
    PrimaryKeyConstraint("site_id", "box", "stream", name="inbox_key"),
)
"""How far a centre has heard of each box; ``heard`` is wall clock."""

withdrawn = Table(
    "withdrawn",
    metadata,
    Column("sighting_id", Text, ForeignKey("sighting.sighting_id", ondelete="CASCADE"), primary_key=True),
)
"""Sightings that their box took back; they leave as soon as it is decided which journey they are in."""

unlinkable = Table(
    "unlinkable",
    metadata,
    Column("sighting_id", Text, ForeignKey("sighting.sighting_id", ondelete="CASCADE"), primary_key=True),
    Column("reason", Text, nullable=False),
)
"""Sightings of boxes that are counted and could not be linked, with one word of why."""
