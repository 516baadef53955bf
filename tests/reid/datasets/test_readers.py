"""Readers of data sets: what they return, and what they say about a wrong folder."""

from pathlib import Path

import pytest

from reid.datasets import (
    Part,
    ReidDataset,
    SplitRule,
    StoredCrop,
    StoredTracklet,
    read_market,
    read_market_folder,
    read_part,
    read_two_cameras,
)
from reid.datasets.placing import place
from reid.datasets.tables import CROPS, TRACKLETS, read_tables, tables_of
from tracking.errors import UsageError

FULL_HOUR = 1_715_644_800


def pictures(folder: Path, *names: str) -> Path:
    """Readers look at names, not into pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes(b"")
    return folder


def own_set(folder: Path) -> Path:
    """Two riders at two cameras in the held-out minutes, one passage that trains."""
    tracklets = [
        StoredTracklet(
            number,
            camera,
            FULL_HOUR + second,
            FULL_HOUR + second + 4,
            rider,
            tuple(StoredCrop(1, 10 * number + n, 0, FULL_HOUR + second + n) for n in range(3)),
        )
        for number, (camera, second, rider) in enumerate(
            [(1, 60, 7), (1, 3000, 7), (1, 3010, 8), (2, 3050, 7), (2, 3060, 8)], 1
        )
    ]
    placed = place(tracklets, SplitRule.parse("50/10"), linked=True)
    for one in placed:
        pictures(folder / one.part, *(Path(one.path(crop)).name for crop in one.stored.crops))
    crops, table = tables_of(placed)
    (folder / CROPS).write_text(crops)
    (folder / TRACKLETS).write_text(table)
    return folder


def test_market_1501_is_read_without_its_junk(tmp_path: Path) -> None:
    pictures(tmp_path / "bounding_box_train", "0002_c1s1_000451_03.jpg", "0002_c2s1_000551_01.jpg")
    pictures(tmp_path / "query", "0001_c1s1_001051_00.jpg")
    pictures(
        tmp_path / "bounding_box_test",
        "-1_c1s1_000401_03.jpg", "0000_c1s1_000151_01.jpg", "0001_c2s1_001976_02.jpg",
    )  # fmt: skip
    (tmp_path / "bounding_box_test" / "Thumbs.db").write_bytes(b"")

    found = read_market(tmp_path)

    assert found.train.identities == (2,)
    assert found.train.cameras == (1, 2)
    assert found.gallery.identities == (0, 1)
    assert found.query.crops[0].path.name == "0001_c1s1_001051_00.jpg"


def test_a_query_that_nobody_can_answer_is_noticed(tmp_path: Path) -> None:
    for name, picture in (
        ("bounding_box_train", "0002_c1s1_000451_03.jpg"),
        ("query", "0001_c1s1_001051_00.jpg"),
        ("bounding_box_test", "0003_c2s1_001976_02.jpg"),
    ):
        pictures(tmp_path / name, picture)
    with pytest.raises(UsageError, match=r"bounding_box_test: has no picture of identity 1, .* in query"):
        read_market(tmp_path)


def test_a_folder_that_is_not_market_1501_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no folder bounding_box_train"):
        read_market(tmp_path)
    with pytest.raises(UsageError, match="is no folder"):
        read_market_folder(tmp_path / "nowhere")
    with pytest.raises(UsageError, match=r"holds no \.jpg"):
        read_market_folder(tmp_path)
    with pytest.raises(UsageError, match=r"cat\.jpg: the name is not like 0001_c1s1"):
        read_market_folder(pictures(tmp_path / "cats", "cat.jpg"))


def test_pairs_of_two_cameras_are_read(tmp_path: Path) -> None:
    names = [f"motorcycle_{number:04d}_cam{camera}.jpg" for number in (1, 4) for camera in (1, 2)]
    found = read_two_cameras(pictures(tmp_path, *names))
    assert [(crop.identity, crop.camera) for crop in found.crops] == [(1, 1), (1, 2), (4, 1), (4, 2)]
    assert found.counts.linked == 2


@pytest.mark.parametrize(
    ("names", "kind", "sentence"),
    [
        (("bus_0001_cam1.jpg", "bus_0001_cam2.jpg", "bus_0002_cam1.jpg"), None, "identity 2 lacks camera 2"),
        (("bus_0001_cam1.jpg", "bus_0002_cam1.jpg"), None, "expected two cameras"),
        (("bus_0001_cam1.jpg", "car_0001_cam2.jpg"), None, "holds bus, car, each numbered for itself"),
        (("bus_0001_cam1.jpg", "bus_0001_cam2.jpg"), "car", "holds no car, only bus"),
        (("bus_0001.jpg",), None, "the name is not like"),
    ],
)
def test_incomplete_pairs_are_one_sentence(
    tmp_path: Path, names: tuple[str, ...], kind: str | None, sentence: str
) -> None:
    with pytest.raises(UsageError, match=sentence):
        read_two_cameras(pictures(tmp_path, *names), kind)


def test_real_pairs_of_motorcycles_are_complete(real_data: Path) -> None:
    found = read_two_cameras(real_data / "reid" / "motorcycles_2cam")
    assert (found.counts.identities, found.counts.crops, found.counts.linked) == (322, 644, 322)
    assert found.with_identities(found.identities[-50:]).counts.crops == 100


def test_own_sets_are_read_with_tracklet_and_time(tmp_path: Path) -> None:
    own_set(tmp_path)
    train, test, validation = (read_part(tmp_path, part) for part in ("train", "test", "validation"))

    assert (len(train), len(test), len(validation)) == (3, 6, 6)
    assert test.counts.linked == validation.counts.linked == 1
    assert {crop.tracklet for crop in test.crops} == {2, 4}
    assert train.crops[0].time == FULL_HOUR + 60
    assert not set(test.identities) & set(validation.identities)
    test.require_links().require_positive_pairs()


def test_the_tables_read_back_as_they_were_written(tmp_path: Path) -> None:
    own_set(tmp_path)
    assert tables_of(read_tables(tmp_path)) == (
        (tmp_path / CROPS).read_text(),
        (tmp_path / TRACKLETS).read_text(),
    )


def test_a_missing_picture_is_named(tmp_path: Path) -> None:
    own_set(tmp_path)
    victim = next((tmp_path / Part.TEST).iterdir())
    victim.unlink()
    with pytest.raises(UsageError, match=rf"{victim.name}: is missing \(1 of 6 images\)"):
        read_part(tmp_path, Part.TEST)


@pytest.mark.parametrize(
    ("table", "old", "new"),
    [
        (CROPS, "_c1s1_", "_x1s1_"),
        (CROPS, "2024-05-14", "yesterday"),
        (CROPS, "tracklet", "track"),
        (TRACKLETS, ",train,", ",training,"),
        (TRACKLETS, "Z,3\n", "Z,4\n"),
        (TRACKLETS, "Z,3\n", "Z,\n"),
    ],
)
def test_a_damaged_table_is_one_sentence(tmp_path: Path, table: str, old: str, new: str) -> None:
    own_set(tmp_path)
    text = (tmp_path / table).read_text()
    assert old in text
    (tmp_path / table).write_text(text.replace(old, new, 1))
    with pytest.raises(UsageError, match="is damaged"):
        read_part(tmp_path, Part.TRAIN)


def test_a_folder_of_something_else_is_no_set(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"holds no crops\.csv"):
        read_part(tmp_path, Part.TRAIN)


def dataset(*seen: tuple[int, int]) -> ReidDataset:
    from reid.datasets import CropFile

    return ReidDataset("set", tuple(CropFile(Path("x.jpg"), who, camera) for who, camera in seen))


def test_identities_with_one_image_are_named() -> None:
    one = dataset((1, 1), (1, 2), (5, 1))
    assert one.identities_with_one_image == (5,)
    with pytest.raises(UsageError, match="identity 5 has one image only"):
        one.require_positive_pairs()
    with pytest.raises(UsageError, match="identities 1, 2, 3, 4, 5 and 2 more have"):
        dataset(*((who, 1) for who in range(1, 8))).require_positive_pairs()


def test_a_set_without_links_is_not_taken_for_a_test_set() -> None:
    with pytest.raises(UsageError, match="has 1 camera; re-identification needs two"):
        dataset((1, 1), (1, 1)).require_links()
    with pytest.raises(UsageError, match="no identity was seen by two cameras"):
        dataset((1, 1), (2, 2)).require_links()


def test_a_camera_that_is_not_there_is_named() -> None:
    two = dataset((1, 1), (1, 2), (2, 2))
    assert two.from_camera(2).identities == (1, 2)
    with pytest.raises(UsageError, match="there is no camera 3; the set has 1, 2"):
        two.from_camera(3)
