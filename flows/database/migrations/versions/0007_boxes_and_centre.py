"""What a box has not sent yet, how far a centre has heard, and what came too late to be linked."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def _of_site() -> sa.Column[int]:
    return sa.Column("site_id", sa.Integer, sa.ForeignKey("site.site_id", ondelete="CASCADE"), nullable=False)


def _of_sighting() -> sa.Column[str]:
    return sa.Column(
        "sighting_id", sa.Text, sa.ForeignKey("sighting.sighting_id", ondelete="CASCADE"), primary_key=True
    )


def upgrade() -> None:
    """Create the tables; only boxes and centres ever fill them."""
    _create_outbox()
    op.create_table(
        "inbox",
        _of_site(),
        sa.Column("box", sa.Text, nullable=False),
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("received", sa.BigInteger, nullable=False),
        sa.Column("heard", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("site_id", "box", "stream", name="inbox_key"),
    )
    op.create_table("withdrawn", _of_sighting())
    op.create_table("unlinkable", _of_sighting(), sa.Column("reason", sa.Text, nullable=False))


def _create_outbox() -> None:
    op.create_table(
        "outbox_state",
        sa.Column(
            "site_id",
            sa.Integer,
            sa.ForeignKey("site.site_id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("sent", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "outbox",
        sa.Column("seq", sa.Integer, primary_key=True),
        _of_site(),
        sa.Column("camera_id", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("sighting_id", sa.Text, nullable=False),
        sa.Column("start_time", sa.BigInteger, nullable=False),
        sa.Column("end_time", sa.BigInteger, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("outbox_of_sighting", "outbox", ["sighting_id"])
    op.create_index("outbox_of_camera", "outbox", ["camera_id", "kind", "end_time"])
