"""Mistakes on the command line, files that are no site files, and what only the open footage shows."""

from pathlib import Path

import pytest

from pipeline.configuration import load_configuration
from tests.pipeline.configuration.sites import MINIMAL, complaint, write_site
from tracking.errors import UsageError


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("tracker.min_score", 3, "command line: tracker.min_score: must be at most 1, not 3"),
        ("tracker.iou", 3, "command line: tracker.iou: there is no such key; did you mean 'iou_min'?"),
        ("cameras.A.max_fps", "x", "command line: cameras[0].max_fps: must be a number, not 'x'"),
        ("cameras.C.max_fps", 3, "command line: cameras.C.max_fps: name a camera and a key"),
        ("cameras[7].max_fps", 3, "command line: cameras[7].max_fps: name a camera and a key"),
        ("cameras.A", 3, "command line: cameras.A: name a camera and a key, for example cameras.A.max_fps"),
        ("links[0].to", "A", "command line: links[0].to: give the list as a whole"),
        ("tracker..x", 3, "command line: 'tracker..x' is no key"),
        ("database", "sqlite://", "command line: database: an SQLite database needs a file name"),
    ],
)
def test_a_mistake_on_the_command_line_is_one_sentence(
    tmp_path: Path, key: str, value: object, sentence: str
) -> None:
    said = complaint(tmp_path, MINIMAL, {key: value})
    assert said.startswith(sentence), said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "there is no site file"),
        (b"", "the file is empty"),
        (b"\x00\x01\x02\xff\xfe" * 50, "is no text in UTF-8"),
        ("site: Gr\u00f6ningen".encode("latin-1"), "is no text in UTF-8"),
    ],
)
def test_a_file_that_is_no_site_file_is_one_sentence(
    tmp_path: Path, content: bytes | None, sentence: str
) -> None:
    path = tmp_path / "site.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError) as raised:
        load_configuration(path)
    assert sentence in str(raised.value)
    assert str(path) in str(raised.value)


def test_a_folder_is_no_site_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder; give the site file"):
        load_configuration(tmp_path)


def test_a_polygon_outside_the_real_frame_is_found_when_the_footage_is_open(tmp_path: Path) -> None:
    roi = "    roi: [[0, 0], [800, 0], [800, 600]]\n    source:"
    configuration = load_configuration(write_site(tmp_path, MINIMAL.replace("    source:", roi, 1)))
    configuration.region("A", (800, 600))
    with pytest.raises(UsageError) as raised:
        configuration.region("A", (640, 480))
    said = str(raised.value)
    assert said.startswith(
        f"{tmp_path}/site.yaml: cameras[0].roi: point 2 (800, 0) lies outside the frame"
    ), said


def test_a_camera_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no camera 'X'; the site has A, B"):
        load_configuration(write_site(tmp_path)).camera("X")


def test_cameras_by_name_that_are_no_cameras_are_refused(tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text("site: x\ntimezone: Europe/Amsterdam\ncameras: {A: text}\n")
    with pytest.raises(UsageError, match="cameras"):
        load_configuration(site)
