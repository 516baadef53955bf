"""``pipeline reid``: from a small file to an encoder that the pipeline takes, and clear words on the way."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.command_line import pipeline

torch = pytest.importorskip("torch", reason="the laboratory needs PyTorch")
pytest.importorskip("onnxscript", reason="the laboratory needs onnxscript")

DESCRIPTION = """
data: {layout: two_cameras, folder: riders}
model: {name: bot, backbone: resnet18, embedding_size: 16}
objective:
  kind: batch
  losses: [{name: triplet_batch_all}]
sampler: {identities_per_batch: 6, images_per_identity: 2, steps_per_epoch: 2}
transforms: {size: [32, 32]}
training: {epochs: 1, threads: 1}
"""


def write_rider(folder: Path, number: int, camera: int, seed: int) -> None:
    colours = np.random.default_rng(number).integers(0, 256, (2, 3))
    image = np.random.default_rng(seed).integers(-10, 10, (32, 16, 3)) + colours.repeat(16, axis=0)[:, None]
    name = f"rider_{number:04d}_cam{camera}.jpg"
    cv2.imwrite(str(folder / name), np.clip(image, 0, 255).astype(np.uint8))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A description, and 100 riders in their own colours."""
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("laboratory")
    (folder / "riders").mkdir()
    for number in range(1, 101):
        for camera in (1, 2):
            write_rider(folder / "riders", number, camera, seed=2 * number + camera)
    (folder / "training.yaml").write_text(DESCRIPTION)
    return folder


def test_train_measure_calibrate_export_and_use(place: Path) -> None:
    run, riders, model = place / "run", place / "riders", place / "encoder.onnx"
    trained = pipeline("reid", "train", place / "training.yaml", run)
    assert trained.code == 0, trained.err
    assert "epoch 1/1, batch 2/2" in trained.err
    assert str(run / "weights.safetensors") in trained.out

    measured = pipeline("reid", "evaluate", run, riders, "--identities", "0:40", "--format", "json")
    assert measured.code == 0, measured.err
    ours = json.loads(measured.out)["images"]
    assert ours["identities"] == 40

    early = pipeline("reid", "export", run, model)
    assert early.code == 2
    assert "run `pipeline reid calibrate" in early.err

    calibrated = pipeline("reid", "calibrate", run, riders)
    assert calibrated.code == 0, calibrated.err
    record = json.loads((run / "calibration.json").read_text())
    assert record["riders"] == record["report_riders"] == 50

    exported = pipeline("reid", "export", run, model, "--licence", "Apache-2.0")
    assert exported.code == 0, exported.err
    card = json.loads(model.with_suffix(".json").read_text())
    assert card["licence"] == "Apache-2.0"
    assert card["threshold"] == pytest.approx(record["threshold"], abs=1e-4)

    used = pipeline("evaluate-reid", riders, "--encoder", model, "--identities", "0:40", "--format", "json")
    assert used.code == 0, used.err
    theirs = json.loads(used.out)["images"]
    for measure in ("rank1", "mean_average_precision"):
        here, there = ours["ranking"][measure], theirs["ranking"][measure]
        assert there == pytest.approx(here, abs=0.02), "exported or not, it is the same encoder"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--data", "nowhere"], 2, "nowhere"),
        (["--set", "model.backbone=resnet19"], 2, "command line: model.backbone: must be one of"),
        (["--set", "sampler.kind=pairs"], 2, "objective batch needs sampler.kind"),
        (["--set", "trainng.epochs=3"], 2, "there is no such key"),
        (["--set", "training.schedule.warmup_epochs=-1"], 2, "warmup_epochs: must be at least 0"),
        (["--set", "data.identities=[0, 1]"], 2, "the training images show 1 identities"),
        (["--set", "sampler.identities_per_batch=101"], 2, "show only 100 identities"),
        (["--set", "sampler.kind=single_camera"], 2, "one image per camera only"),
        (
            ["--set", "transforms.std=[1e-40, 1e-40, 1e-40]"],
            1,
            "is not finite in epoch 1, batch 1 of 2 (images",
        ),
    ],
)
def test_what_cannot_be_trained_is_one_sentence(
    place: Path, tmp_path: Path, arguments: list[str], code: int, words: str
) -> None:
    answer = pipeline("reid", "train", place / "training.yaml", tmp_path / "run", *arguments)
    assert (answer.code, words in answer.err) == (code, True), answer.err
    errors = [line for line in answer.err.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1, answer.err


def test_a_rider_whom_a_camera_missed_is_named(place: Path, tmp_path: Path) -> None:
    (tmp_path / "riders").mkdir()
    for number in range(3):
        for camera in (1, 2) if number != 1 else (2,):
            write_rider(tmp_path / "riders", number, camera, seed=number)
    answer = pipeline(
        "reid", "train", place / "training.yaml", tmp_path / "run", "--data", tmp_path / "riders"
    )
    assert answer.code == 2
    assert "identity 1 lacks camera 1" in answer.err


@pytest.mark.parametrize("command", ["evaluate", "calibrate", "export"])
def test_a_folder_without_a_training_is_refused(place: Path, tmp_path: Path, command: str) -> None:
    answer = pipeline("reid", command, tmp_path, place / "riders" if command != "export" else "m.onnx")
    assert answer.code == 2
    assert "weights.safetensors: no such file" in answer.err
