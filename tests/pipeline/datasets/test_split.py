"""``pipeline dataset split``, and sets that are not whole."""

import shutil
from pathlib import Path

import pytest

from pipeline.datasets import DatasetFolder, folder
from reid.datasets import Part, read_part
from tests.command_line import pipeline
from tests.pipeline.datasets.conftest import CitySet
from tests.pipeline.datasets.test_build import hashes


def split(out: Path, minutes: str) -> None:
    answer = pipeline("dataset", "split", out, "--split", minutes)
    assert answer.code == 0, answer.err


def test_there_and_back_gives_the_same_bytes(city_set: CitySet, tmp_path: Path) -> None:
    out = Path(shutil.copytree(city_set.out, tmp_path / "set"))
    before = hashes(out)
    split(out, "50/10")
    assert {path.name for path in out.iterdir()} == {*Part, "crops.csv", "tracklets.csv", "manifest.json"}
    assert not any((out / Part.TEST).iterdir()), "the first minutes of an hour train"
    split(out, "0.3/2.7")
    assert hashes(out) == before


def test_a_new_split_keeps_the_pictures_of_every_passage(unreviewed: Path) -> None:
    pixels = sorted(hashes(unreviewed / Part.VALIDATION).values())
    answer = pipeline("dataset", "split", unreviewed, "--split", "59/1")
    assert "no passage lies in held-out minutes" in answer.err
    assert sorted(hashes(unreviewed / Part.TRAIN).values()) == pixels
    assert read_part(unreviewed, Part.TRAIN).counts.identities == 5


@pytest.mark.parametrize("done", range(7))
def test_a_split_that_broke_off_is_finished_by_the_next_command(
    unreviewed: Path, monkeypatch: pytest.MonkeyPatch, done: int
) -> None:
    expected = unreviewed.parent / "undisturbed"
    shutil.copytree(unreviewed, expected)
    split(expected, "59/1")
    moved = 0
    replace = Path.replace

    def fail_after(self: Path, target: Path) -> Path:
        nonlocal moved
        moved += 1
        if moved > done:
            raise OSError("the power is gone")
        return replace(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", fail_after)
        assert pipeline("dataset", "split", unreviewed, "--split", "59/1").code == 1
    DatasetFolder.open(unreviewed)
    assert hashes(unreviewed) == hashes(expected)


def test_a_split_that_never_got_ready_changes_nothing(
    unreviewed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = hashes(unreviewed)

    def fail(*_: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(folder, "_link", fail)
        assert pipeline("dataset", "split", unreviewed, "--split", "59/1").code == 1
    DatasetFolder.open(unreviewed)
    assert hashes(unreviewed) == before


def test_a_file_system_without_hard_links_is_good_enough(
    unreviewed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("not supported")

    monkeypatch.setattr(folder.os, "link", refuse)
    split(unreviewed, "59/1")
    assert read_part(unreviewed, Part.TRAIN).counts.identities == 5


def drop_a_picture(out: Path) -> None:
    next((out / Part.VALIDATION).iterdir()).unlink()


def add_a_picture(out: Path) -> None:
    (out / Part.TRAIN / "0001_c1s1_000001_00.jpg").write_bytes(b"")


def drop_the_manifest(out: Path) -> None:
    (out / "manifest.json").unlink()


def damage_the_manifest(out: Path) -> None:
    (out / "manifest.json").write_text("{}")


def recount_the_manifest(out: Path) -> None:
    text = (out / "manifest.json").read_text()
    (out / "manifest.json").write_text(text.replace('"identities": 3', '"identities": 4'))


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (drop_a_picture, "is missing"),
        (add_a_picture, "is not listed in crops.csv"),
        (drop_the_manifest, "holds no manifest.json"),
        (damage_the_manifest, "Field required"),
        (recount_the_manifest, "count differently"),
    ],
)
def test_a_set_that_is_not_whole_is_one_sentence(unreviewed: Path, damage: object, sentence: str) -> None:
    damage(unreviewed)  # type: ignore[operator]
    answer = pipeline("dataset", "split", unreviewed)
    assert answer.code == 2, answer
    assert sentence in answer.err
    assert answer.err.count("\n") == 1, answer.err
