"""What a site wants of its statistics: the smallest cell and the interval; empty where no run has said."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Give every site room for it."""
    op.add_column("site", sa.Column("min_count", sa.Integer))
    op.add_column("site", sa.Column("interval", sa.Text))
