"""Embeddings from files, and crops by their names."""

from pathlib import Path

import numpy as np
import pytest

from reid.retrieval import EmbeddingSet, find_crops, load_embeddings, pick_identities
from tests.reid.retrieval.riders import crowd
from tracking.errors import UsageError


def test_an_npz_file_comes_back_as_it_was_written(tmp_path: Path) -> None:
    found = crowd(1, split=True)
    path = tmp_path / "embeddings.npz"
    np.savez(
        path,
        embedding=found.embedding * 3,
        identity=found.identity,
        camera=found.camera,
        tracklet=found.tracklet,
        query=found.query,
    )
    read = load_embeddings(path)
    np.testing.assert_allclose(read.embedding, found.embedding, atol=1e-6)
    for name in ("identity", "camera", "tracklet", "query"):
        assert (getattr(read, name) == getattr(found, name)).all(), name


@pytest.mark.parametrize(
    ("arrays", "sentence"),
    [
        ({"embedding": np.ones((2, 3)), "identity": np.arange(2)}, "lacks the array 'camera'"),
        (
            {"embedding": np.ones((2, 3)), "identity": np.arange(3), "camera": np.arange(2)},
            "embedding must be (N, D) and the others (N,)",
        ),
        (
            {"embedding": np.zeros((2, 3)), "identity": np.arange(2), "camera": np.arange(2)},
            "finite and not zero",
        ),
        (
            {"embedding": np.ones((1, 3)), "identity": np.array([{}]), "camera": np.arange(1)},
            "no .npz file of plain arrays",
        ),
    ],
)
def test_a_wrong_file_is_one_sentence(tmp_path: Path, arrays: dict[str, np.ndarray], sentence: str) -> None:
    path = tmp_path / "wrong.npz"
    np.savez(path, **arrays)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"wrong\.npz") as error:
        load_embeddings(path)
    assert sentence in str(error.value)


def test_a_file_that_is_no_archive_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "text.npz"
    path.write_text("not an archive")
    with pytest.raises(UsageError, match="plain arrays"):
        load_embeddings(path)
    with pytest.raises(UsageError, match="cannot be read"):
        load_embeddings(tmp_path / "missing.npz")


def test_market_names_and_two_camera_names_are_understood(tmp_path: Path) -> None:
    for name in ("0001_c1s1_001051_00.jpg", "0000_c2s1_000001_00.jpg", "-1_c3s1_000001_00.jpg", "notes.txt"):
        (tmp_path / name).touch()
    crops = [(crop.identity, crop.camera) for crop in find_crops(tmp_path)]
    assert crops == [("0", "2"), ("1", "1")]
    (tmp_path / "rider_0012_cam2.png").touch()
    assert ("12", "2") in [(crop.identity, crop.camera) for crop in find_crops(tmp_path)]


def test_query_and_gallery_folders_are_kept_apart(tmp_path: Path) -> None:
    for folder in ("query", "bounding_box_test"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "0001_c1s1_001051_00.jpg").touch()
    assert [crop.query for crop in find_crops(tmp_path)] == [True, False]


@pytest.mark.parametrize("name", ["holiday.jpg", "cam1_0001.jpg"])
def test_a_crop_without_a_rider_in_its_name_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    with pytest.raises(UsageError, match="neither rider nor camera"):
        find_crops(tmp_path)


@pytest.mark.parametrize(
    ("part", "names"),
    [("0:2", ["2", "9"]), ("2:", ["10"]), (":-1", ["2", "9"]), ("0.5:1.0", ["10"]), (":", ["2", "9", "10"])],
)
def test_riders_are_sliced_in_order_of_their_numbers(part: str, names: list[str]) -> None:
    found = EmbeddingSet.of(np.eye(4), np.array(["10", "9", "2", "0"]), np.array([1, 1, 1, 1]))
    assert pick_identities(found, part, "--identities").tolist() == names


@pytest.mark.parametrize("part", ["5:9", "three", "0:x", "1"])
def test_a_part_without_riders_is_one_sentence(part: str) -> None:
    found = EmbeddingSet.of(np.eye(3), np.array(["1", "2", "3"]), np.array([1, 1, 1]))
    with pytest.raises(UsageError, match="--identities"):
        pick_identities(found, part, "--identities")


def test_a_tracklet_is_one_rider_at_one_camera_unless_told_otherwise() -> None:
    found = crowd(1, riders=4, images=5, alone=0)
    averaged = found.averaged()
    assert len(averaged) * 5 == len(found)
    np.testing.assert_allclose(np.linalg.norm(averaged.embedding, axis=1), 1.0, atol=1e-6)
    for place in range(len(averaged)):
        own = found.tracklet == averaged.tracklet[place]
        assert set(found.identity[own]) == {averaged.identity[place]}
        mean = found.embedding[own].astype(np.float64).mean(axis=0)
        np.testing.assert_allclose(averaged.embedding[place], mean / np.linalg.norm(mean), atol=1e-6)
