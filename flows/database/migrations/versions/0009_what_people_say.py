"""Hand counts, marked time and what was published: what people say of the numbers."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def _reference(name: str, target: str, *, key: bool = False) -> sa.Column[int]:
    return sa.Column(
        name, sa.Integer, sa.ForeignKey(target, ondelete="CASCADE"), nullable=False, primary_key=key
    )


def _numbers(kind: type[sa.Integer], *names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, kind, nullable=False) for name in names]


def _shares(*names: str) -> list[sa.Column[float]]:
    return [sa.Column(name, sa.Double, nullable=False) for name in names]


def _said() -> tuple[sa.Column[int], sa.Column[str]]:
    return sa.Column("made", sa.BigInteger, nullable=False), sa.Column("role", sa.Text, nullable=False)


def _reason() -> sa.Column[str]:
    return sa.Column("reason", sa.Text, nullable=False)


def upgrade() -> None:
    """Create the tables."""
    _create_checks()
    op.create_table(
        "mark",
        sa.Column("mark_id", sa.Integer, primary_key=True),
        _reference("camera_id", "camera.camera_id"),
        *_numbers(sa.BigInteger, "start_time", "end_time"),
        _reason(),
        sa.Column("note", sa.Text, nullable=False),
        *_said(),
    )
    op.create_index("mark_of_camera", "mark", ["camera_id", "start_time"])
    op.create_table("mark_withdrawn", _reference("mark_id", "mark.mark_id", key=True), *_said(), _reason())
    op.create_table(
        "publication",
        sa.Column("publication_id", sa.Integer, primary_key=True),
        _reference("site_id", "site.site_id"),
        *_numbers(sa.BigInteger, "start_time", "end_time"),
        *_said(),
        *_numbers(sa.Integer, "min_count"),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("figures", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
    )
    op.create_index("publication_of_site", "publication", ["site_id", "start_time"])


def _create_checks() -> None:
    op.create_table(
        "spot_check",
        sa.Column("check_id", sa.Integer, primary_key=True),
        _reference("site_id", "site.site_id"),
        *_said(),
        sa.Column("way", sa.Text, nullable=False),
        sa.Column("seed", sa.BigInteger),
        *_numbers(sa.BigInteger, "tolerance", "valid_from"),
        sa.Column("valid_until", sa.BigInteger),
    )
    op.create_index("spot_check_of_site", "spot_check", ["site_id"])
    op.create_table(
        "spot_check_camera",
        _reference("check_id", "spot_check.check_id"),
        _reference("camera_id", "camera.camera_id"),
        *_numbers(sa.Integer, "stretches"),
        *_numbers(sa.BigInteger, "watched"),
        *_numbers(sa.Integer, "hand", "counted"),
        sa.Column("matched", sa.Integer),
        *_shares("correct", "wrong", "lost", "factor", "factor_low", "factor_high"),
        sa.PrimaryKeyConstraint("check_id", "camera_id", name="spot_check_camera_key"),
    )
    op.create_table(
        "spot_check_stretch",
        _reference("check_id", "spot_check.check_id"),
        _reference("camera_id", "camera.camera_id"),
        *_numbers(sa.BigInteger, "start_time", "end_time"),
        sa.Column("direction", sa.Text, nullable=False),
        *_numbers(sa.Integer, "hand", "counted"),
        sa.Column("times", sa.Text),
        sa.PrimaryKeyConstraint(
            "check_id", "camera_id", "start_time", "direction", name="spot_check_stretch_key"
        ),
    )
    op.create_table(
        "spot_check_withdrawn",
        _reference("check_id", "spot_check.check_id", key=True),
        *_said(),
        _reason(),
    )
