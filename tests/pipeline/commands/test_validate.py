"""``pipeline validate`` on real files."""

import json
from pathlib import Path

import pytest
import yaml

from pipeline.commands import validate
from pipeline.commands.app import execute, new_app
from tests.pipeline.sources.video_files import steady, write_video

SITE = """\
site: test
timezone: Europe/Amsterdam
database: postgresql://me:secret@db.example/flows
cameras:
  - id: A
    source: footage/A_*.mp4
    time_pattern: "%Y-%m-%d_%H-%M-%S"
    roi: [[0, 0], [64, 0], [64, 48]]
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site with two files of one camera."""
    (tmp_path / "footage").mkdir()
    write_video(tmp_path / "footage" / "A_2020-02-20_13-11-00.mp4", steady(25))
    write_video(tmp_path / "footage" / "A_2020-02-20_13-11-01.mp4", steady(25))
    path = tmp_path / "site.yaml"
    path.write_text(SITE)
    return path


def run(*arguments: str) -> int:
    app = new_app()
    validate.register(app)
    return execute(app, ["validate", *arguments])


def test_a_good_site_prints_what_applies_and_exits_with_0(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(str(site), "--set", "tracker.expiry_s=2.5") == 0
    captured = capsys.readouterr()
    printed = yaml.safe_load(captured.out)
    assert printed["tracker"]["expiry_s"] == 2.5
    assert printed["database"] == "postgresql://db.example/flows"
    assert "secret" not in captured.out + captured.err
    assert "64x48" in captured.err


def test_json_tells_files_size_rate_start_and_end(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(site), "--format", "json") == 0
    (camera,) = json.loads(capsys.readouterr().out)["footage"]
    assert camera | {"fps": 25} == {
        "camera": "A",
        "files": 2,
        "width": 64,
        "height": 48,
        "fps": 25,
        "start": "2020-02-20T13:11:00.000+01:00",
        "end": "2020-02-20T13:11:02.000+01:00",
        "region": "ok",
        "errors": [],
        "notes": [],
    }


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("[64, 48]", "[64, 50]"), "cameras[0].roi: point 3 (64, 50) lies outside the frame"),
        (("A_*", "B_*"), "cameras[0].source: no file matches"),
        (("%Y-%m-%d_%H-%M-%S", "%Y%m%d"), "cameras[0].time_pattern: %Y%m%d is not found in the name"),
        (("footage/A_*.mp4", "rtsp://u:secret@cam/1"), "cameras[0].source: rtsp://cam/1 is live"),
    ],
)
def test_footage_that_will_not_do_is_one_sentence_and_exits_with_2(
    site: Path, change: tuple[str, str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    site.write_text(SITE.replace(*change))
    assert run(str(site)) == 2
    error = capsys.readouterr().err
    assert f"error: {site}: {sentence}" in error
    assert error.count("error: ") == 1
    assert "secret" not in error


def test_one_file_that_does_not_open_is_enough_to_fail(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (site.parent / "footage" / "A_2020-02-20_13-11-02.mp4").write_bytes(b"no video")
    assert run(str(site)) == 2
    assert "A_2020-02-20_13-11-02.mp4 cannot be opened as video" in capsys.readouterr().err
