"""Layouts of published sets, rebuilt small: what is read, and what is said about a copy with faults."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from reid.datasets import (
    PUBLISHED,
    QueryGallerySet,
    compare_with_documented,
    read_duke,
    read_last,
    read_mars,
)
from reid.datasets.documented import PartSize
from tests.command_line import pipeline
from tracking.errors import UsageError


def pictures(folder: Path, *names: str) -> Path:
    """Readers look at names, not into pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes(b"")
    return folder


def duke(root: Path) -> Path:
    pictures(root / "bounding_box_train", "0001_c2_f0046182.jpg", "0001_c5_f0051341.jpg")
    pictures(root / "query", "0005_c2_f0046985.jpg")
    pictures(root / "bounding_box_test", "0005_c5_f0051781.jpg", "7139_c2_f0152946.jpg")
    return root


def mars(
    root: Path,
    test_rows: Sequence[tuple[int, int, int, int]] = (
        (1, 1, -1, 1),
        (2, 3, 3, 1),
        (4, 5, 3, 2),
        (6, 6, 0, 2),
    ),
    query: tuple[int, ...] = (2,),
) -> Path:
    """Two passages to train on; junk, an identity at two cameras and a distractor to test on."""
    train = ["0001C1T0001F001.jpg", "0001C1T0001F002.jpg", "0001C2T0001F001.jpg"]
    test = [
        "00-1C1T0001F001.jpg",
        "0003C1T0001F001.jpg", "0003C1T0001F002.jpg",
        "0003C2T0001F001.jpg", "0003C2T0001F002.jpg",
        "0000C2T0001F001.jpg",
    ]  # fmt: skip
    info = root / "info"
    info.mkdir(parents=True)
    (info / "train_name.txt").write_text("\n".join(train))
    (info / "test_name.txt").write_text("\n".join(test))
    savemat(info / "tracks_train_info.mat", {"track_train_info": np.array([(1, 2, 1, 1), (3, 3, 1, 2)])})
    savemat(info / "tracks_test_info.mat", {"track_test_info": np.array(test_rows)})
    savemat(info / "query_IDX.mat", {"query_IDX": np.array([query])})
    return root


def last(root: Path) -> Path:
    pictures(root / "train" / "000001", "000001_0_1.jpg", "000001_1_2.jpg")
    for part in ("val", "test"):
        pictures(root / part / "query", "000007_0.jpg")
        pictures(root / part / "gallery" / "000007", "000007_1.jpg", "000007_2.jpg")
    return root


def sizes(found: QueryGallerySet) -> tuple[int, int, int]:
    return len(found.train), len(found.query), len(found.gallery)


def test_the_duke_layout_is_read(tmp_path: Path) -> None:
    found = read_duke(duke(tmp_path))
    assert sizes(found) == (2, 1, 2)
    assert found.train.cameras == (2, 5)
    assert found.gallery.identities == (5, 7139)


def test_mars_is_read_as_passages_without_junk(tmp_path: Path) -> None:
    found = read_mars(mars(tmp_path))
    assert sizes(found) == (3, 2, 3)
    assert [crop.tracklet for crop in found.train.crops] == [1, 1, 2]
    assert {(crop.identity, crop.camera) for crop in found.query.crops} == {(3, 1)}
    assert found.gallery.identities == (0, 3), "the distractor stays, junk does not"
    assert found.query.crops[0].path == tmp_path / "bbox_test" / "0003" / "0003C1T0001F001.jpg"


def test_each_picture_of_last_has_its_own_camera(tmp_path: Path) -> None:
    found = read_last(last(tmp_path))
    assert sizes(found) == (2, 1, 2)
    cameras = [crop.camera for part in (found.query, found.gallery) for crop in part.crops]
    assert cameras == [1, 2, 3]


@pytest.mark.parametrize(
    ("rows", "query", "sentence"),
    [
        (((1, 9, 3, 1),), (1,), "row 1 names pictures 1 to 9, but the list of names has 6"),
        (((2, 3, 4, 1),), (1,), "row 1 is identity 4 at camera 1, but .* has 0003C1T0001F001.jpg there"),
        (((2, 3, 3, 1),), (8,), "asks for passage 8, but tracks_test_info.mat has 1"),
    ],
)
def test_tables_of_mars_that_do_not_fit_are_one_sentence(
    tmp_path: Path, rows: tuple[tuple[int, int, int, int], ...], query: tuple[int, ...], sentence: str
) -> None:
    with pytest.raises(UsageError, match=sentence):
        read_mars(mars(tmp_path, rows, query))


@pytest.mark.parametrize("content", [None, b"", b"not MATLAB at all" * 20])
def test_a_missing_or_damaged_table_of_mars_is_named(tmp_path: Path, content: bytes | None) -> None:
    table = mars(tmp_path) / "info" / "tracks_train_info.mat"
    table.unlink()
    if content is not None:
        table.write_bytes(content)
    with pytest.raises(UsageError, match=r"tracks_train_info\.mat: (is missing|is no MATLAB file)"):
        read_mars(tmp_path)


def test_folders_that_are_no_last_are_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="train: is no folder; LaST consists of"):
        read_last(tmp_path)
    pictures(last(tmp_path) / "train" / "000002", "cat.jpg")
    with pytest.raises(UsageError, match=r"cat\.jpg: the name does not begin with the number of a person"):
        read_last(tmp_path)


def test_a_copy_is_held_against_the_published_sizes(tmp_path: Path) -> None:
    findings = compare_with_documented("mars", read_mars(mars(tmp_path)))
    assert [finding.part for finding in findings] == ["train", "query", "gallery"]
    assert findings[0].found == PartSize(1, tracklets=2)
    assert findings[0].documented == PartSize(625, tracklets=8_298)
    assert not any(finding.is_whole for finding in findings)


def test_the_published_sizes_add_up_to_the_published_totals() -> None:
    totals = {
        name: sum((part.images or 0) + (part.tracklets or 0) for part in published.sizes.values())
        for name, published in PUBLISHED.items()
    }
    assert totals["market"] + 3_819 == 12_936 + 19_732 + 3_368, "3,819 pictures of Market-1501 are junk"
    assert totals["duke"] == 36_411
    assert totals["last"] + 21_379 == 228_156


def test_the_command_says_what_a_copy_lacks(tmp_path: Path) -> None:
    answer = pipeline("dataset", "check", duke(tmp_path), "--layout", "duke")
    assert answer.code == 1
    assert "16,522" in answer.out
    assert "is not the DukeMTMC-reID that its authors published" in answer.err
