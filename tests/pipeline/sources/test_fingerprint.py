"""Recognising footage in a second run."""

from pathlib import Path

import pytest

from pipeline.sources import fingerprint

LARGE = bytes(range(256)) * 4096


def test_the_same_content_is_the_same_wherever_it_lies_and_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    for folder in (tmp_path, tmp_path / "x"):
        (folder / "a.mp4").write_bytes(LARGE)
    (tmp_path / "b.mp4").write_bytes(LARGE)
    assert fingerprint(tmp_path / "a.mp4") == fingerprint(tmp_path / "x" / "a.mp4")
    assert fingerprint(tmp_path / "a.mp4") == fingerprint(tmp_path / "b.mp4")


@pytest.mark.parametrize(
    "content",
    [LARGE + b"x", b"x" + LARGE[1:], LARGE[:-1] + b"x", b""],
    ids=["longer", "head", "tail", "empty"],
)
def test_a_change_of_size_head_or_tail_is_seen(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(LARGE)
    before = fingerprint(path)
    path.write_bytes(content)
    assert fingerprint(path) != before


def test_a_folder_of_pictures_changes_with_its_files(tmp_path: Path) -> None:
    (tmp_path / "1.png").write_bytes(b"x")
    before = fingerprint(tmp_path)
    (tmp_path / "2.png").write_bytes(b"x")
    assert fingerprint(tmp_path) != before


def test_pictures_that_are_not_meant_change_nothing(tmp_path: Path) -> None:
    meant = tuple(tmp_path / name for name in ("08_1.png", "08_2.png"))
    for path in meant:
        path.write_bytes(b"x")
    before = fingerprint(tmp_path, meant)
    (tmp_path / "09_1.png").write_bytes(b"x")
    assert fingerprint(tmp_path, meant) == before
    assert fingerprint(tmp_path, meant[:1]) != before
