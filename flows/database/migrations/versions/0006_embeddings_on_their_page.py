"""Embeddings on the page of their row: PostgreSQL would try to compress them, in vain, and move them away."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Let rows grow to a page before any of their values is taken out."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE gallery SET (toast_tuple_target = 8160)")
