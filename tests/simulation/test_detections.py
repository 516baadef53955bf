from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from simulation import Recording, create_world, load_scenario, read_sightings, simulate
from simulation.sheet import contact_sheet
from tests.simulation.conftest import City, small_city
from tracking.errors import UsageError


def write(folder: Path, scenario: str = "calm", seconds: float = 120, **asked: object) -> Recording:
    settings = load_scenario(scenario).adapted(riders_per_hour=1500, detections_only=True, **asked)  # type: ignore[arg-type]
    start = datetime(2024, 5, 14, 6, 0, tzinfo=UTC)
    recording = Recording(
        create_world(settings, cameras=3, duration_s=seconds, start=start, seed=3), (160, 96), 5.0
    )
    simulate(folder, recording)
    return recording


@pytest.fixture(scope="module")
def perfect(tmp_path_factory: pytest.TempPathFactory) -> City:
    folder = tmp_path_factory.mktemp("perfect")
    return City(folder, write(folder, perfect=True))


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> City:
    folder = tmp_path_factory.mktemp("faulty")
    return City(folder, write(folder))


def test_no_pixel_is_drawn(perfect: City) -> None:
    assert {path.name for path in perfect.folder.iterdir()} == {"detections", "site.yaml", "truth"}


def test_perfect_sightings_are_the_passages(perfect: City) -> None:
    sightings, riders = read_sightings(perfect.folder / "detections")
    seen = Counter((s.camera, riders[s.sighting_id], f"{s.enter_time:.3f}", s.direction) for s in sightings)
    passages = perfect.rows("passages.csv")
    true = Counter(
        (p["camera"], int(p["rider"]), f"{float(p['enter_epoch_s']):.3f}", p["direction"]) for p in passages
    )
    assert seen == true


def test_perfect_boxes_are_the_true_boxes(perfect: City) -> None:
    with np.load(perfect.folder / "detections" / "boxes_B.npz") as archive:
        boxes = {
            (int(f) + 1, int(i)): box
            for f, i, box in zip(archive["frame"], archive["identity"], archive["xyxy"], strict=True)
        }
    lines = (perfect.folder / "truth" / "boxes_B.txt").read_text().splitlines()
    compared = 0
    for line in lines:
        frame, identity, left, top, width, height, _, _, visible = (float(v) for v in line.split(","))
        if visible >= 0.25:
            true = [left, top, left + width, top + height]
            assert np.allclose(boxes.pop((int(frame), int(identity))), true, atol=0.011)
            compared += 1
    assert compared > 500
    assert not boxes, f"{len(boxes)} boxes of nobody"


def test_well_separated_embeddings_tell_everybody_apart(perfect: City) -> None:
    sightings, riders = read_sightings(perfect.folder / "detections")
    rows = np.stack([s.embedding for s in sightings if s.embedding is not None])
    who = np.asarray([riders[s.sighting_id] for s in sightings])
    distance = np.sqrt(np.maximum(2 - 2 * rows @ rows.T, 0))
    same = (who[:, None] == who) & ~np.eye(len(who), dtype=bool)
    other = who[:, None] != who
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert distance[same].max() < 0.5 * distance[other].min(), (
        f"same up to {distance[same].max():.2f}, different from {distance[other].min():.2f}"
    )


def test_separability_sets_how_often_strangers_are_nearer(tmp_path: Path) -> None:
    spread = []
    for separability in (0.5, 4.0):
        write(tmp_path / str(separability), separability=separability)
        sightings, riders = read_sightings(tmp_path / str(separability) / "detections")
        rows = np.stack([s.embedding for s in sightings if s.embedding is not None])
        who = np.asarray([riders[s.sighting_id] for s in sightings])
        same = (who[:, None] == who) & ~np.eye(len(who), dtype=bool) & (who > 0)
        spread.append(float((rows @ rows.T)[same].mean()))
    low, high = spread
    assert (low < 0.35, high > 0.85) == (True, True), f"mean likeness of the same rider: {spread}"


def test_faults_are_faults_of_the_chosen_size(faulty: City) -> None:
    with np.load(faulty.folder / "detections" / "boxes_A.npz") as archive:
        found = {key: archive[key] for key in archive.files}
    true = (faulty.folder / "truth" / "boxes_A.txt").read_text().splitlines()
    recall = (found["identity"] > 0).sum() / len(true)
    assert 0.85 < recall < 0.99, f"{recall:.2f} of the true boxes were found"
    assert (found["identity"] == 0).any()
    assert (np.diff(found["frame"]) >= 0).all()
    assert (found["score"] > 0).all()
    assert (found["score"] <= 1).all()


def test_passages_in_an_outage_are_not_sighted(tmp_path: Path) -> None:
    write(tmp_path, "gaps", seconds=600, perfect=True)
    city = City(tmp_path, small_city())
    assert city.rows("outages.csv"), "nothing failed"
    unrecorded = [p for p in city.rows("passages.csv") if int(p["recorded"]) < 3]
    recorded = [p for p in city.rows("passages.csv") if int(p["recorded"]) >= 3]
    sightings, _ = read_sightings(tmp_path / "detections")
    assert unrecorded, "nobody passed in an outage"
    assert len(sightings) == len(recorded)


def test_folder_without_sightings_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--detections-only"):
        read_sightings(tmp_path)


def test_contact_sheet_shows_every_camera_and_is_not_empty() -> None:
    picture = contact_sheet(small_city(seconds=30))
    assert picture.dtype == np.uint8
    assert picture.shape[1] == 12 * 160
    assert picture[96:].std() > 10, "no rider is shown"
