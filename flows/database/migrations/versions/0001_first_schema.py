"""The first schema: sites, runs, sightings, matches, journeys."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def _reference(name: str, target: str, kind: type[sa.Integer] | type[sa.Text]) -> sa.Column[object]:
    return sa.Column(name, kind, sa.ForeignKey(target, ondelete="CASCADE"), nullable=False)


def _run() -> sa.Column[object]:
    return _reference("run_id", "run.run_id", sa.Text)


def _camera() -> sa.Column[object]:
    return _reference("camera_id", "camera.camera_id", sa.Integer)


def upgrade() -> None:
    """Create every table."""
    _create_places_and_runs()
    _create_what_a_camera_reports()
    _create_what_matching_finds()


def _create_places_and_runs() -> None:
    op.create_table(
        "site",
        sa.Column("site_id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("timezone", sa.Text, nullable=False),
    )
    op.create_table(
        "camera",
        sa.Column("camera_id", sa.Integer, primary_key=True),
        _reference("site_id", "site.site_id", sa.Integer),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("latitude", sa.Double),
        sa.Column("longitude", sa.Double),
        sa.UniqueConstraint("site_id", "name", name="camera_of_site"),
    )
    op.create_table(
        "run",
        sa.Column("run_id", sa.Text, primary_key=True),
        _reference("site_id", "site.site_id", sa.Integer),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("live", sa.Boolean, nullable=False),
        sa.Column("gallery_ttl", sa.BigInteger, nullable=False),
        sa.Column("started", sa.BigInteger, nullable=False),
        sa.Column("finished", sa.BigInteger),
        sa.Column("watermark", sa.BigInteger),
        sa.Column("forgotten_before", sa.BigInteger),
        sa.UniqueConstraint("site_id", "fingerprint", name="run_of_site"),
    )


def _create_what_a_camera_reports() -> None:
    op.create_table(
        "footage",
        _run(),
        _camera(),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("run_id", "camera_id", "digest", name="footage_key"),
    )
    op.create_table(
        "progress",
        _run(),
        _camera(),
        sa.Column("checkpoint", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("run_id", "camera_id", name="progress_key"),
    )
    op.create_table(
        "coverage",
        _run(),
        _camera(),
        sa.Column("start_time", sa.BigInteger, nullable=False),
        sa.Column("end_time", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("run_id", "camera_id", "start_time", name="coverage_key"),
    )
    op.create_index("coverage_of_camera", "coverage", ["camera_id", "start_time"])
    op.create_table(
        "sighting",
        sa.Column("sighting_id", sa.Text, primary_key=True),
        _run(),
        _camera(),
        sa.Column("enter_time", sa.BigInteger, nullable=False),
        sa.Column("exit_time", sa.BigInteger, nullable=False),
        sa.Column("direction", sa.Text, nullable=False),
        sa.Column("frames", sa.Integer, nullable=False),
        sa.Column("stationary_s", sa.Double, nullable=False),
        sa.Column("quality", sa.Double, nullable=False),
        sa.Column("model_id", sa.Text, nullable=False),
    )
    op.create_index("sighting_of_run", "sighting", ["run_id"])
    op.create_index("sighting_of_camera", "sighting", ["camera_id", "enter_time"])


def _create_what_matching_finds() -> None:
    sighting = "sighting.sighting_id"
    op.create_table(
        "gallery",
        sa.Column("sighting_id", sa.Text, sa.ForeignKey(sighting, ondelete="CASCADE"), primary_key=True),
        _run(),
        sa.Column("exit_time", sa.BigInteger, nullable=False),
        sa.Column("embedding", sa.LargeBinary, nullable=False),
    )
    op.create_index("gallery_of_run", "gallery", ["run_id", "exit_time"])
    op.create_table(
        "match",
        _reference("from_sighting", sighting, sa.Text),
        _reference("to_sighting", sighting, sa.Text),
        _run(),
        sa.Column("distance", sa.Double, nullable=False),
        sa.Column("probability", sa.Double),
        sa.Column("travel", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("from_sighting", "to_sighting", name="match_key"),
    )
    op.create_index("match_of_run", "match", ["run_id"])
    op.create_index("match_to", "match", ["to_sighting"])
    op.create_table("journey", sa.Column("journey_id", sa.Text, primary_key=True), _run())
    op.create_index("journey_of_run", "journey", ["run_id"])
    op.create_table(
        "journey_stop",
        _reference("journey_id", "journey.journey_id", sa.Text),
        sa.Column("stop", sa.Integer, nullable=False),
        _reference("sighting_id", sighting, sa.Text),
        sa.PrimaryKeyConstraint("journey_id", "stop", name="journey_stop_key"),
    )
    op.create_index("journey_stop_of_sighting", "journey_stop", ["sighting_id"])
