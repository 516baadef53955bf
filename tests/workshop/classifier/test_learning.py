"""A classifier learns, goes on where it stopped, and is what is exported."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs PyTorch")
pytest.importorskip("onnx", reason="exporting needs the package onnx")

import torch

from tracking.errors import UsageError
from tracking.riders import OnnxClassifier
from tracking.riders.classifier import squares
from workshop.classifier.batches import CropBatches
from workshop.classifier.crops import LabelledCrop, Shown
from workshop.classifier.description import LearningSettings, load_description
from workshop.classifier.learning import ClassifierTrainer, cost_of
from workshop.classifier.measure import quality_of
from workshop.classifier.network import ClassifierNetwork, export_classifier
from workshop.detector.train import packaged_weights

SMALL = LearningSettings(
    side=32, blocks=5, frozen_blocks=1, steps=24, batch=12, learning_rate=0.02, seed=3, average=0.8
)
COLOURS = {Shown.CYCLIST: (0, 0, 220), Shown.ON_FOOT: (0, 220, 0), Shown.OTHER: (220, 0, 0)}


def crops() -> list[LabelledCrop]:
    return [
        LabelledCrop(
            np.full((60, 40, 3), colour, np.uint8), np.array([8.0, 8, 32, 52]), shown, "made up", simulated
        )
        for shown, colour in COLOURS.items()
        for simulated in (False, True)
    ]


def trainer(folder: Path, settings: LearningSettings = SMALL, material: str = "made up") -> ClassifierTrainer:
    torch.manual_seed(0)
    network = ClassifierNetwork(settings.blocks, settings.frozen_blocks, 0.1, packaged_weights())
    return ClassifierTrainer(network, CropBatches(crops(), settings), settings, folder, material)


def test_it_learns_what_is_plain_and_says_the_same_as_a_file(tmp_path: Path) -> None:
    network = trainer(tmp_path).run()
    classifier = OnnxClassifier(export_classifier([network], tmp_path / "rider_classifier.onnx", SMALL.side))
    pictures = {shown: np.full((60, 40, 3), colour, np.uint8) for shown, colour in COLOURS.items()}
    looks = {shown: classifier.look([picture]) for shown, picture in pictures.items()}
    odds = {shown: look.odds for shown, look in looks.items() if look is not None}
    assert odds[Shown.CYCLIST] > max(odds[Shown.ON_FOOT], odds[Shown.OTHER]) + 1
    with torch.no_grad():
        answer = network.eval()(torch.from_numpy(squares([pictures[Shown.CYCLIST]], SMALL.side))).numpy()
    plain = answer[0, 0] - np.log(np.exp(answer[0, 1:]).sum())
    assert odds[Shown.CYCLIST] == pytest.approx(plain, abs=1e-3)


def test_interrupted_it_goes_on_to_the_same_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workshop.classifier.learning.SAVE_EVERY", 5)
    (tmp_path / "whole").mkdir()
    there = trainer(tmp_path / "whole").run().state_dict()

    def stop(step: int, cost: float) -> None:
        if step == 13:
            raise InterruptedError

    (tmp_path / "cut").mkdir()
    with pytest.raises(InterruptedError):
        trainer(tmp_path / "cut").run(stop)
    told: list[int] = []
    again = trainer(tmp_path / "cut").run(lambda step, cost: told.append(step)).state_dict()
    assert told[0] == 11
    for name, value in there.items():
        torch.testing.assert_close(again[name], value)


def test_the_state_of_another_training_is_refused(tmp_path: Path) -> None:
    short = SMALL.model_copy(update={"steps": 1})
    trainer(tmp_path, short).run()
    for other in (trainer(tmp_path, SMALL), trainer(tmp_path, short, "other pictures")):
        with pytest.raises(UsageError, match="holds the state of another training"):
            other.run()


def test_every_kind_has_its_share_of_a_batch() -> None:
    settings = SMALL.model_copy(update={"batch": 400})
    _, kinds = CropBatches(crops(), settings).batch(0)
    shares = np.array([settings.shares[name] for name in ("cyclist", "on_foot", "other")])
    counted = np.array([(kinds == int(shown)).mean() for shown in COLOURS])
    assert counted == pytest.approx(shares / shares.sum(), abs=0.08)
    again = CropBatches(crops(), settings).batch(0)
    assert np.array_equal(kinds, again[1])


def test_no_cyclist_costs_nothing_as_long_as_it_is_none() -> None:
    walker = torch.tensor([[-9.0, 9.0, -9.0, -9.0]])
    other = torch.tensor([[-9.0, -9.0, -9.0, 9.0]])
    rider = torch.tensor([[9.0, -9.0, -9.0, -9.0]])
    unknown = torch.tensor([int(Shown.NO_CYCLIST)])
    assert float(cost_of(walker, unknown, 0.0)) == pytest.approx(
        float(cost_of(other, unknown, 0.0)), abs=1e-4
    )
    assert float(cost_of(walker, unknown, 0.0)) < 0.01
    assert float(cost_of(rider, unknown, 0.0)) > 5


def test_quality_is_the_share_on_the_right_side_and_of_right_orders() -> None:
    found = quality_of(np.array([2.0, -1.0, 0.5, -3.0]), np.array([True, True, False, False]))
    assert (found.crops, found.cyclists) == (4, 2)
    assert (found.found, found.false, found.area) == (0.5, 0.5, 0.75)


def test_a_wrong_description_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("learning: {stepps: 3}\n")
    with pytest.raises(UsageError, match=r"mine.yaml: simulated: Field required"):
        load_description(file)
    file.write_text("{")
    with pytest.raises(UsageError, match=r"mine.yaml: is no YAML"):
        load_description(file)
    with pytest.raises(UsageError, match="cannot be read"):
        load_description(tmp_path / "missing.yaml")
    assert load_description().learning.steps > 0
