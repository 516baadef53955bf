"""``pipeline models train``: one command from data to a model with a sealed card."""

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

pytest.importorskip("torch", reason="training needs PyTorch")

from tests.command_line import pipeline
from tests.pipeline.registry.networks import band_colours, colour_finder
from workshop import encoder as encoder_training
from workshop.detector import train as detector_training
from workshop.detector.description import REDUCED_STEPS


def test_the_detector_gets_a_sealed_card_with_what_was_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = {}

    def train(description, data: Path, output: Path, on_progress: Callable[..., None]):
        seen.update(
            steps=description.training.optimisation.steps, seed=description.training.optimisation.seed
        )
        on_progress(detector_training.Stage("steps", 1, 2, "scores 0.1"))
        path = colour_finder(output / "cyclist_detector.onnx")
        path.with_suffix(".json").unlink()
        quality = {
            name: SimpleNamespace(cyclist=SimpleNamespace(value=value), images=10)
            for name, value in (("calm", 0.9), ("night", 0.7), ("street_nyc", 0.4))
        }
        return detector_training.TrainedDetector(path, quality)

    monkeypatch.setattr(detector_training, "train_detector", train)
    arguments = ("--data", tmp_path, "--output", tmp_path / "out", "--seed", 5, "--scale", "reduced")
    answer = pipeline("models", "train", "cyclist_detector", *arguments)
    assert answer.code == 0, answer.err
    assert seen == {"steps": REDUCED_STEPS, "seed": 5}
    assert "steps 1/2 scores 0.1" in answer.err
    card = json.loads((tmp_path / "out" / "cyclist_detector.json").read_text())
    assert card["quality"][0]["value"] == 0.8, "the mean over simulated scenarios comes first"
    assert {one["measure"] for one in card["quality"]} >= {"AP50 night", "AP50 street_nyc"}
    assert (card["licence"], card["seeds"][0]) == ("Apache-2.0", 5)
    assert pipeline("models", "verify", tmp_path / "out" / "cyclist_detector.onnx").code == 0


def test_the_encoder_is_trained_by_the_laboratory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def train(
        output: Path, data: Path | None, scale: str, seed: int | None, say: Callable[[str], None]
    ) -> Path:
        assert (data, scale, seed) == (None, "full", None)
        say("stage 1 of 2")
        return band_colours(output / "cyclist_encoder.onnx", known_answer=None)

    monkeypatch.setattr(encoder_training, "train_encoder", train)
    answer = pipeline("models", "train", "cyclist_encoder", "--output", tmp_path / "out", "--scale", "full")
    assert answer.code == 0, answer.err
    assert "--encoder" in answer.out
    assert "stage 1 of 2" in answer.err
    assert pipeline("models", "verify", tmp_path / "out" / "cyclist_encoder.onnx").code == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("cyclist_detector",), "--data: the detector learns from labelled images too"),
        (("cyclist_detector", "--data", "nowhere"), "nowhere"),
        (("yolo11n",), "'yolo11n' is not one of"),
        (("cyclist_encoder", "--output", "{file}"), "--output"),
    ],
)
def test_a_mistake_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("x")
    answer = pipeline("models", "train", *(one.replace("{file}", "file") for one in arguments))
    assert answer.code == 2
    assert sentence in answer.err, answer.err


def test_missing_packages_are_named_with_their_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *a: None if name == "torch" else real(name, *a)
    )
    answer = pipeline("models", "train", "cyclist_encoder")
    assert answer.code == 2
    assert "needs torch" in answer.err
    assert "pip install fietsflow[train]" in answer.err
