"""Small simulated data sets: whole, the same every time, and made again when they are not whole."""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("torch", reason="the laboratory needs PyTorch")

from reid.datasets import Part, read_part
from reid.retrieval import find_crops
from reid.training.masks import read_masks
from tracking.errors import FietsflowError
from workshop.laboratory import smoke_data as module
from workshop.laboratory.smoke_data import MANIFEST, smoke_data, smoke_folder
from workshop.laboratory.smoke_worlds import SmokeKind, SmokeWorld


def small(scenario: str, seed: int, masks: bool = False) -> SmokeWorld:
    return SmokeWorld(
        scenario=scenario,
        seed=seed,
        duration_s=150.0,
        riders_per_hour=600.0,
        size=(256, 144),
        per_passage=2,
        cameras=2,
        masks=masks,
    )


@pytest.fixture(autouse=True)
def small_worlds(monkeypatch: pytest.MonkeyPatch) -> None:
    worlds = {
        "city": {".": small("calm", 1)},
        "two_cities": {"a": small("calm", 2), "b": small("night", 3)},
        "masks": {"train": small("occlusion", 4, masks=True), "riders": small("calm", 1)},
    }
    monkeypatch.setattr(module, "WORLDS", worlds)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[SmokeKind], Path]:
    """Makes a set of each kind once, for tests that only look at it."""
    return cache(lambda kind: smoke_data(kind, tmp_path_factory.mktemp("made")))


def sums(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.mark.parametrize("kind", ["city", "two_cities", "masks"])
def test_the_same_seed_gives_the_same_bytes(
    tmp_path: Path, kind: SmokeKind, made: Callable[[SmokeKind], Path]
) -> None:
    one, two = made(kind), smoke_data(kind, tmp_path)
    assert sums(one) == sums(two)
    assert sum(name.endswith(".jpg") for name in sums(one)) > 10


def test_a_city_can_be_trained_on_calibrated_and_tested_by_other_riders(
    made: Callable[[SmokeKind], Path],
) -> None:
    folder = made("city")
    parts = {part: read_part(folder, part) for part in (Part.TRAIN, Part.VALIDATION, Part.TEST)}
    for part, dataset in parts.items():
        dataset.require_links()
        assert dataset.cameras == (1, 2), part
    assert parts[Part.TRAIN].counts.identities == parts[Part.TRAIN].counts.linked
    assert parts[Part.TEST].counts.identities > parts[Part.TEST].counts.linked, "no strangers to refuse"
    everybody = [rider for dataset in parts.values() for rider in dataset.identities]
    assert len(everybody) == len(set(everybody)), "a rider is in two parts"
    assert len(find_crops(folder / Part.TEST)) == len(parts[Part.TEST])


def test_two_cities_look_different(made: Callable[[SmokeKind], Path]) -> None:
    folder = made("two_cities")
    brightness = [
        np.mean([cv2.imread(str(crop.path)).mean() for crop in read_part(folder / city, Part.TEST).crops])
        for city in ("a", "b")
    ]
    assert brightness[0] > 1.2 * brightness[1], f"day {brightness[0]:.0f}, night {brightness[1]:.0f}"


def test_masks_fit_their_pictures_and_mark_a_part_of_them(made: Callable[[SmokeKind], Path]) -> None:
    folder = made("masks")
    found = read_masks(folder / "train")
    for image, mask in zip(found.images, found.masks, strict=True):
        marks = cv2.imread(str(mask), cv2.IMREAD_GRAYSCALE)
        assert marks.shape == cv2.imread(str(image)).shape[:2]
        assert set(np.unique(marks)) <= {0, 255}
    assert len(found) > 4
    read_part(folder / "riders", Part.TEST).require_links()


def test_a_finished_set_is_found_again_and_a_damaged_one_made_anew(tmp_path: Path) -> None:
    calls: list[int] = []
    folder = smoke_data("city", tmp_path, lambda done, total: calls.append(done))
    whole, rendered = sums(folder), len(calls)
    assert rendered > 0
    smoke_data("city", tmp_path, lambda done, total: calls.append(done))
    assert len(calls) == rendered, "rendered although it was there"
    next((folder / "train").iterdir()).unlink()
    assert sums(smoke_data("city", tmp_path)) == whole
    (folder / MANIFEST).write_text("{}")
    assert sums(smoke_data("city", tmp_path)) == whole
    assert [path.name for path in tmp_path.iterdir()] == ["city"]


def test_several_makers_at_once_leave_one_whole_set(tmp_path: Path) -> None:
    (tmp_path / "city").mkdir()
    (tmp_path / "city" / "half.jpg").touch()
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(lambda _: smoke_data("city", tmp_path), range(3)))
    assert set(found) == {tmp_path / "city"}
    assert [path.name for path in tmp_path.iterdir()] == ["city"]
    read_part(found[0], Part.TEST).require_links()
    assert not (found[0] / "half.jpg").exists()


def test_an_interrupted_making_leaves_nothing(tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        smoke_data("city", tmp_path, stop)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FietsflowError, match="FIETSFLOW_CACHE"):
        smoke_data("city", tmp_path / "file")


def test_the_cache_of_the_user_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FIETSFLOW_CACHE", str(tmp_path))
    assert smoke_folder() == tmp_path / "laboratory"
