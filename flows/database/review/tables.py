"""The tables of what people say of the numbers: hand counts, marked time, and what was published.

Rows are only ever added: what is withdrawn or replaced stays, with the row that says so. They leave with
their site or camera alone.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from flows.database.schema import metadata


def _of_site() -> Column[int]:
    return Column("site_id", Integer, ForeignKey("site.site_id", ondelete="CASCADE"), nullable=False)


def _of_camera() -> Column[int]:
    return Column("camera_id", Integer, ForeignKey("camera.camera_id", ondelete="CASCADE"), nullable=False)


def _of_check() -> Column[int]:
    return Column("check_id", Integer, ForeignKey("spot_check.check_id", ondelete="CASCADE"), nullable=False)


def _said() -> tuple[Column[int], Column[str]]:
    """When somebody said it, wall clock, and in which role."""
    return Column("made", BigInteger, nullable=False), Column("role", Text, nullable=False)


spot_check = Table(
    "spot_check",
    metadata,
    Column("check_id", Integer, primary_key=True),
    _of_site(),
    *_said(),
    Column("way", Text, nullable=False),
    Column("seed", BigInteger),
    Column("tolerance", BigInteger, nullable=False),
    Column("valid_from", BigInteger, nullable=False),
    Column("valid_until", BigInteger),
    Index("spot_check_of_site", "site_id"),
)
"""A sample that was counted by hand; of two that hold at the same time the later one does."""

spot_check_camera = Table(
    "spot_check_camera",
    metadata,
    _of_check(),
    _of_camera(),
    Column("stretches", Integer, nullable=False),
    Column("watched", BigInteger, nullable=False),
    Column("hand", Integer, nullable=False),
    Column("counted", Integer, nullable=False),
    Column("matched", Integer),
    Column("correct", Double, nullable=False),
    Column("wrong", Double, nullable=False),
    Column("lost", Double, nullable=False),
    Column("factor", Double, nullable=False),
    Column("factor_low", Double, nullable=False),
    Column("factor_high", Double, nullable=False),
    PrimaryKeyConstraint("check_id", "camera_id", name="spot_check_camera_key"),
)
"""What a check says of a camera; ``correct``, ``wrong`` and ``lost`` are shapes of Gamma distributions."""

spot_check_stretch = Table(
    "spot_check_stretch",
    metadata,
    _of_check(),
    _of_camera(),
    Column("start_time", BigInteger, nullable=False),
    Column("end_time", BigInteger, nullable=False),
    Column("direction", Text, nullable=False),
    Column("hand", Integer, nullable=False),
    Column("counted", Integer, nullable=False),
    Column("times", Text),
    PrimaryKeyConstraint("check_id", "camera_id", "start_time", "direction", name="spot_check_stretch_key"),
)
"""What was counted in each stretch, by hand and by the program; ``times`` are those of the keys, JSON."""

spot_check_withdrawn = Table(
    "spot_check_withdrawn",
    metadata,
    Column("check_id", Integer, ForeignKey("spot_check.check_id", ondelete="CASCADE"), primary_key=True),
    *_said(),
    Column("reason", Text, nullable=False),
)

mark = Table(
    "mark",
    metadata,
    Column("mark_id", Integer, primary_key=True),
    _of_camera(),
    Column("start_time", BigInteger, nullable=False),
    Column("end_time", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("note", Text, nullable=False),
    *_said(),
    Index("mark_of_camera", "camera_id", "start_time"),
)
"""Time of a camera whose counts are not to be used, and why."""

mark_withdrawn = Table(
    "mark_withdrawn",
    metadata,
    Column("mark_id", Integer, ForeignKey("mark.mark_id", ondelete="CASCADE"), primary_key=True),
    *_said(),
    Column("reason", Text, nullable=False),
)

publication = Table(
    "publication",
    metadata,
    Column("publication_id", Integer, primary_key=True),
    _of_site(),
    Column("start_time", BigInteger, nullable=False),
    Column("end_time", BigInteger, nullable=False),
    *_said(),
    Column("min_count", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("figures", Text, nullable=False),
    Column("reason", Text),
    Index("publication_of_site", "site_id", "start_time"),
)
"""The figures of a day as they were published, JSON; ``reason`` where others had been published before."""
