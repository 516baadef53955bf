"""What of the footage is taken for busy."""

from datetime import UTC, datetime
from pathlib import Path

from pipeline.cameras import prepare_cameras
from pipeline.configuration import load_configuration
from pipeline.tuning.survey import choose
from tests.command_line import street, write_video
from tests.pipeline.tuning.conftest import RED


def test_the_beginning_of_a_file_is_not_taken_for_busy(site: Path) -> None:
    """Nothing is known of the view there, so that everything is looked at."""
    write_video(site.parent / "a.mp4", street(900, ((750, RED),)))
    seen = []
    cameras = prepare_cameras(load_configuration(site))
    choice = choose(cameras, 60.0, lambda camera, frames: seen.append((camera, frames)))
    (piece,) = choice.pieces
    assert datetime.fromtimestamp(piece.start, UTC).isoformat() == "2024-05-14T08:00:30+00:00"
    assert (choice.seconds, choice.footage_s, choice.surveyed_s) == (60.0, 90.0, 90.0)
    assert {camera for camera, _ in seen} == {"A"}
