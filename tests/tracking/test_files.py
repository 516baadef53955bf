"""Files are whole or not there."""

import os
from pathlib import Path

import pytest

from tracking.files import sha256_of, whole_file


@pytest.mark.parametrize("durable", [False, True])
def test_a_file_gets_its_name_when_it_is_complete(tmp_path: Path, durable: bool) -> None:
    path = tmp_path / "counts.csv"
    path.write_text("old")
    with whole_file(path, durable) as part:
        part.write_text("new")
        assert path.read_text() == "old"
        assert part.parent == path.parent, "another folder may be another disk"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "counts.csv"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError), whole_file(path) as part:
        part.write_text("half\udc80", encoding="utf-8")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_is_as_readable_as_any_other(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_text("")
    with whole_file(tmp_path / "whole") as part:
        part.write_text("")
    assert (tmp_path / "whole").stat().st_mode == plain.stat().st_mode


def test_two_processes_do_not_write_into_one_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with whole_file(tmp_path / "model.onnx") as mine:
        mine.write_text("mine")
        monkeypatch.setattr(os, "getpid", lambda: -1)
        with whole_file(tmp_path / "model.onnx") as other:
            other.write_text("other")
            assert mine.read_text() == "mine"
    assert (tmp_path / "model.onnx").read_text() == "mine"


def test_a_folder_that_is_not_there_is_said_by_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), whole_file(tmp_path / "missing" / "a.csv") as part:
        part.write_text("")


def test_the_checksum_is_that_of_the_standard(tmp_path: Path) -> None:
    (tmp_path / "abc").write_bytes(b"abc")
    known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-2, B.1
    assert sha256_of(tmp_path / "abc") == known
