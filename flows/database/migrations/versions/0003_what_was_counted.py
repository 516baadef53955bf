"""What was counted of each source, why time was not observed, and one journey for each sighting.

``run.configuration`` digests what decides a result apart from the footage. ``footage`` learns which time a
source covers (whole microseconds of event time, empty for older runs), how many frames were decoded and
whether its end was reached. Two runs that wrote at the same time could put a sighting into two journeys; of
those one is kept, the longest.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add columns and a table; make the sightings of journeys unique."""
    op.add_column("run", sa.Column("configuration", sa.Text))
    for column in (
        sa.Column("start_time", sa.BigInteger),
        sa.Column("end_time", sa.BigInteger),
        sa.Column("frames", sa.Integer),
        sa.Column("complete", sa.Boolean),
    ):
        op.add_column("footage", column)
    op.create_table(
        "unobserved",
        sa.Column("run_id", sa.Text, sa.ForeignKey("run.run_id", ondelete="CASCADE"), nullable=False),
        sa.Column(
            "camera_id", sa.Integer, sa.ForeignKey("camera.camera_id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("start_time", sa.BigInteger, nullable=False),
        sa.Column("end_time", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("run_id", "camera_id", "start_time", name="unobserved_key"),
    )
    op.create_index("unobserved_of_camera", "unobserved", ["camera_id", "start_time"])
    _delete_doubled_journeys(op.get_bind())
    op.drop_index("journey_stop_of_sighting", "journey_stop")
    op.create_index("journey_stop_of_sighting", "journey_stop", ["sighting_id"], unique=True)


def _delete_doubled_journeys(connection: sa.Connection) -> None:
    """Of journeys that share a sighting keep the longest."""
    shared = sa.text(
        "SELECT s.sighting_id, s.journey_id, "
        "(SELECT COUNT(*) FROM journey_stop a WHERE a.journey_id = s.journey_id) AS stops "
        "FROM journey_stop s WHERE s.sighting_id IN "
        "(SELECT sighting_id FROM journey_stop GROUP BY sighting_id HAVING COUNT(*) > 1) "
        "ORDER BY s.sighting_id, stops DESC, s.journey_id"
    )
    kept: dict[str, str] = {}
    gone: set[str] = set()
    for sighting_id, journey_id, _ in connection.execute(shared).all():
        if journey_id not in gone and kept.setdefault(sighting_id, journey_id) != journey_id:
            gone.add(journey_id)
    for journey_id in sorted(gone):
        for table in ("journey_stop", "journey"):
            connection.execute(
                sa.text(f"DELETE FROM {table} WHERE journey_id = :journey_id"), {"journey_id": journey_id}
            )
