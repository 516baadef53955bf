"""How far apart the looks of sightings are, day by day: a site learns its own threshold from it."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "look_distance",
        sa.Column("run_id", sa.Text, sa.ForeignKey("run.run_id", ondelete="CASCADE"), nullable=False),
        sa.Column("model_id", sa.Text, nullable=False),
        sa.Column("day", sa.Integer, nullable=False),
        sa.Column("arrivals", sa.BigInteger, nullable=False),
        sa.Column("possible", sa.Text, nullable=False),
        sa.Column("impossible", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("run_id", "model_id", "day", name="look_distance_key"),
    )
