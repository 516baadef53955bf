"""The whole training of the detector, tiny."""

from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("torchvision", reason="training the detector needs the extra lab")
pytest.importorskip("onnx", reason="training the detector needs the extra lab")
import torch
import torchvision
import yaml

from tracking.detectors import DetectorSettings, build_detector
from tracking.errors import UsageError
from workshop.detector.description import DetectorDescription, load_description
from workshop.detector.paint import paint_all
from workshop.detector.train import Stage, learn_detector, train_detector


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    path = tmp_path / "imagenet.pt"
    torch.save(torchvision.models.mobilenet_v2(weights=None).features.state_dict(), path)
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for folder in ("real/images", "real/labels", "empty"):
        (tmp_path / "data" / folder).mkdir(parents=True)
    rng = np.random.default_rng(0)
    for name in ("real/images/a1", "real/images/b1", "empty/e"):
        cv2.imwrite(
            str(tmp_path / "data" / f"{name}.jpg"), rng.integers(0, 255, (96, 128, 3), dtype=np.uint8)
        )
    for name in ("a1", "b1"):
        (tmp_path / "data" / "real" / "labels" / f"{name}.txt").write_text("0 0.5 0.5 0.2 0.5\n")
    (tmp_path / "data" / "real" / "classes.txt").write_text("bike\n")
    return tmp_path / "data"


@pytest.fixture
def description(weights: Path) -> DetectorDescription:
    frames = {"scenarios": ["calm"], "cameras": 1, "frames": 2, "size": [192, 128]}
    return DetectorDescription.model_validate(
        {
            "real": [{"folder": "real", "classes": {"bike": "cyclist"}, "held_back": ["b"]}],
            "streets": {"folder": "empty", "pedestrians_complete": 1},
            "simulated": {**frames, "seeds": [1]},
            "held_back": {**frames, "seeds": [2]},
            "weights": weights,
            "training": {
                "network": {"channels": 8},
                "composition": {"size": [64, 96]},
                "optimisation": {
                    "steps": 3,
                    "batch": 2,
                    "warm_up": 1,
                    "checkpoint_steps": 2,
                    "precision": "fp32",
                },
            },
            "input_size": [96, 128],
        }
    )


def test_one_call_gives_a_detector_that_the_pipeline_runs_and_its_quality(
    description: DetectorDescription, data: Path, tmp_path: Path
) -> None:
    stages: list[Stage] = []
    trained = train_detector(description, data, tmp_path / "out", stages.append)
    assert trained.path == tmp_path / "out" / "cyclist_detector.onnx"
    assert list(trained.quality) == ["calm", "real"]
    assert trained.quality["real"].cyclist.objects == 1
    assert [(s.done, s.total) for s in stages if s.name == "steps"] == [(1, 3), (2, 3), (3, 3)]
    assert {s.name for s in stages} == {"frames", "steps", "measuring"}
    detector = build_detector(DetectorSettings(name="onnx", weights=trained.path))
    detector.detect([np.zeros((90, 120, 3), np.uint8)])


def test_called_again_it_neither_paints_nor_learns_again(
    description: DetectorDescription, data: Path, tmp_path: Path
) -> None:
    first = train_detector(description, data, tmp_path / "out").path.read_bytes()
    stages: list[Stage] = []
    again = train_detector(description, data, tmp_path / "out", stages.append)
    assert {s.name for s in stages} == {"measuring"}
    assert again.path.read_bytes() == first


@pytest.mark.parametrize("changed", ["labels", "pictures", "composition"])
def test_a_training_of_other_pictures_does_not_go_on_from_this_one(
    changed: str, description: DetectorDescription, data: Path, tmp_path: Path
) -> None:
    learn_detector(description, data, tmp_path / "out")
    if changed == "labels":
        (data / "real" / "labels" / "a1.txt").write_text("0 0.5 0.5 0.2 0.4\n")
    elif changed == "pictures":
        (data / "real" / "images" / "a1.jpg").rename(data / "real" / "images" / "a2.jpg")
        (data / "real" / "labels" / "a1.txt").rename(data / "real" / "labels" / "a2.txt")
    else:
        composition = description.training.composition.model_copy(update={"pasted": 0.9})
        training = description.training.model_copy(update={"composition": composition})
        description = description.model_copy(update={"training": training})
    with pytest.raises(UsageError, match="belongs to a training with other settings or data"):
        learn_detector(description, data, tmp_path / "out")


def test_what_was_painted_ahead_is_not_painted_again(
    description: DetectorDescription, data: Path, tmp_path: Path
) -> None:
    ahead: list[Stage] = []
    paint_all(description, data, tmp_path / "out", ahead.append)
    assert [(s.done, s.total) for s in ahead if s.name == "frames"] == [(1, 2), (2, 2)] * 2
    stages: list[Stage] = []
    train_detector(description, data, tmp_path / "out", stages.append)
    assert {s.name for s in stages} == {"steps", "measuring"}


def test_a_reduced_training_has_a_third_of_the_steps_and_half_of_the_pictures() -> None:
    shipped = load_description()
    reduced = shipped.reduced()
    assert 3 * reduced.training.optimisation.steps == shipped.training.optimisation.steps
    assert 2 * reduced.simulated.frames == shipped.simulated.frames


def test_the_description_of_the_shipped_detector_names_disjoint_seeds() -> None:
    shipped = load_description()
    assert not set(shipped.simulated.seeds) & set(shipped.held_back.seeds)
    assert any(folder.held_back for folder in shipped.real)


def test_a_budget_shortens_the_training_and_nothing_else() -> None:
    shipped = load_description()
    shorter = shipped.with_budget(steps=100, frames=2)
    assert shorter.training.optimisation.steps == 100
    assert shorter.simulated.frames == 2
    assert shorter.held_back == shipped.held_back
    assert shorter.simulated.seeds == shipped.simulated.seeds
    assert shorter.real == shipped.real


def test_another_seed_changes_nothing_else() -> None:
    shipped = load_description()
    other = shipped.with_seed(7)
    assert other.training.optimisation.seed == 7
    assert other.with_seed(shipped.training.optimisation.seed) == shipped


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"training": {"optimisation": {"steps": 0}}}, "training.optimisation.steps"),
        ({"simulated": {"scenarios": [], "seeds": [1]}}, "simulated.scenarios"),
        ({"unknown": 1}, "unknown"),
    ],
)
def test_a_wrong_description_names_the_key(change: dict[str, object], message: str, tmp_path: Path) -> None:
    frames = {"scenarios": ["calm"], "seeds": [1]}
    given = {"simulated": frames, "held_back": frames, "training": {"optimisation": {"steps": 100}}, **change}
    path = tmp_path / "d.yaml"
    path.write_text(yaml.safe_dump(given), encoding="utf-8")
    with pytest.raises(UsageError, match=f"d.yaml: {message}"):
        load_description(path)


def test_a_missing_description_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        load_description(tmp_path / "none.yaml")
