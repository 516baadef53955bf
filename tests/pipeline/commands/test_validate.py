"""``pipeline validate`` on real files."""

import json
from pathlib import Path

import pytest
import yaml

from pipeline.cameras import prepare_cameras
from pipeline.commands import validate
from pipeline.commands.app import execute, new_app
from pipeline.configuration import load_configuration
from tests.pipeline.sources.video_files import steady, write_video
from tracking.errors import UsageError

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
    write_video(tmp_path / "footage" / "A_2020-02-20_13-11-01.mp4", steady(25), shade=9)
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
        "start_from": "file name",
        "end": "2020-02-20T13:11:02.000+01:00",
        "region": "ok",
        "region_share": 0.5,
        "errors": [],
        "notes": [],
    }


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("[64, 48]", "[64, 50]"), "cameras[0].roi: point 3 (64, 50) lies outside the frame"),
        (("A_*", "B_*"), "cameras[0].source: no file matches"),
        (("%Y-%m-%d_%H-%M-%S", "%Y%m%d"), "cameras[0].time_pattern: %Y%m%d is not found in the name"),
        (
            ("footage/A_*.mp4", "rtsp://u:secret@127.0.0.1:9/1"),
            "cameras[0].source: rtsp://127.0.0.1:9/1: cannot be opened (Connection refused)",
        ),
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


SMALL_PICTURE = """\
site: test
timezone: Europe/Amsterdam
cameras:
  - id: A
    source: a.mp4
    start: 2024-05-14T08:00:00
    roi: [[5, 22], [15, 4], [20, 4], [31, 22]]
    counting_line: {points: [[4, 12], [30, 12]]}
"""


def test_corners_of_a_smaller_picture_are_noticed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_video(tmp_path / "a.mp4", steady(25))
    (tmp_path / "site.yaml").write_text(SMALL_PICTURE)
    assert run(str(tmp_path / "site.yaml")) == 0
    said = capsys.readouterr().err
    assert "reach only to (31, 22) of 64x48 pixels" in said, said
    assert "9%" in said, said


def test_corners_that_reach_over_the_picture_are_not(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(site)) == 0
    said = capsys.readouterr().err
    assert "50%" in said, said
    assert "note:" not in said, said


@pytest.mark.parametrize(("fps", "limit"), [(2, "null"), (25, "2")])
def test_too_few_frames_are_said_before_the_run(
    tmp_path: Path, fps: int, limit: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write_video(tmp_path / "a.mp4", steady(25, fps=fps))
    text = SMALL_PICTURE.partition("    roi")[0] + f"    max_fps: {limit}\n"
    (tmp_path / "site.yaml").write_text(text)
    assert run(str(tmp_path / "site.yaml")) == 0
    assert "below 3.5 too few riders are counted" in capsys.readouterr().err


def test_who_told_the_start_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_video(tmp_path / "a.mp4", steady(25), created="2024-05-14T06:00:00Z")
    text = "\n".join(
        line for line in SMALL_PICTURE.partition("    roi")[0].splitlines() if "start" not in line
    )
    (tmp_path / "site.yaml").write_text(text + "\n")
    assert run(str(tmp_path / "site.yaml"), "--format", "json") == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["footage"][0]["start_from"] == "container"
    assert "taken from the container; check it" in captured.err


def test_cameras_that_read_one_footage_are_refused_by_both_commands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_video(tmp_path / "a.mp4", steady(25))
    one = SMALL_PICTURE.partition("    roi")[0]
    path = tmp_path / "site.yaml"
    path.write_text(one + one.partition("cameras:\n")[2].replace("id: A", "id: B"))
    sentence = f"{path}: cameras[1].source: camera B reads a.mp4, the same file that camera A reads"
    assert run(str(path)) == 2
    assert sentence in capsys.readouterr().err
    with pytest.raises(UsageError) as raised:
        prepare_cameras(load_configuration(path), detect=False)
    assert str(raised.value).startswith(sentence)
