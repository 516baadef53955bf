"""Forgetting by the wall clock; embeddings leave SQLite's file and the server's log."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Note when a run last made progress; take embeddings out of what is logged.

    Embeddings in an SQLite file are deleted: a run that needs them begins anew.
    """
    op.add_column("run", sa.Column("touched", sa.BigInteger, nullable=False, server_default="0"))
    if op.get_bind().dialect.name == "postgresql":
        op.execute("UPDATE run SET touched = (extract(epoch FROM now()) * 1000000)\\:\\:bigint")
        op.execute("ALTER TABLE gallery SET UNLOGGED")
        return
    op.execute("UPDATE run SET touched = CAST(strftime('%s', 'now') AS INTEGER) * 1000000")
    interrupted = "state = 'unfinished' AND run_id IN (SELECT run_id FROM gallery)"
    op.execute(f"UPDATE run SET state = 'purged' WHERE {interrupted}")
    op.execute("DELETE FROM gallery")
