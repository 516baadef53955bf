"""``pipeline evaluate-reid`` and ``pipeline calibrate``."""

import hashlib
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml

from flows.matching.settings import MatchingSettings
from reid.encoders import ModelCard
from tests.command_line import pipeline
from tests.reid.retrieval.riders import crowd

OSNET = "osnet_x0_25_msmt17.onnx"


@pytest.fixture
def embeddings(tmp_path: Path) -> Path:
    found = crowd(3, riders=60, images=3, noise=0.5, alone=10)
    path = tmp_path / "embeddings.npz"
    np.savez(path, embedding=found.embedding, identity=found.identity, camera=found.camera)
    return path


def test_an_npz_file_is_measured_per_image_and_per_tracklet(embeddings: Path, tmp_path: Path) -> None:
    path, page = tmp_path / "scores.json", tmp_path / "page.html"
    answer = pipeline("evaluate-reid", embeddings, "--json", path, "--html", page)
    assert answer.code == 0, answer.err
    assert "averaged tracklets" in answer.out
    report = json.loads(path.read_text())
    assert report["tracklets"]["best"]["f1"] > report["images"]["best"]["f1"]
    assert len(report["images"]["ranking"]["cmc"]) == 20
    assert page.read_text().count("<svg") == 6


def test_crops_need_an_encoder_and_are_blurred_unless_they_are_already(tmp_path: Path) -> None:
    dice = np.random.default_rng(1)
    for rider in range(4):
        colour = dice.integers(0, 255, 3)
        for camera in (1, 2):
            image = np.clip(colour + dice.normal(0, 12, (96, 48, 3)), 0, 255).astype(np.uint8)
            cv2.imwrite(str(tmp_path / f"rider_{rider + 1:04}_cam{camera}.png"), image)
    refused = pipeline("evaluate-reid", tmp_path)
    assert (refused.code, "--encoder" in refused.err) == (2, True)
    blurred, sharp = (
        json.loads(
            pipeline(
                "evaluate-reid", tmp_path, "--encoder", "colour_stripes", *option, "--format", "json"
            ).out
        )
        for option in ((), ("--blurred",))
    )
    assert blurred["images"]["ranking"]["queries"] == 8
    assert blurred["images"]["curve"] != sharp["images"]["curve"], "blurring changes what is embedded"


def test_real_riders_get_the_numbers_measured_elsewhere(real_data: Path) -> None:
    options = ("--query-camera", 1, "--identities", "272:", "--blurred", "--format", "json")
    answer = pipeline(
        "evaluate-reid",
        real_data / "reid" / "motorcycles_2cam",
        "--encoder",
        real_data / "models" / OSNET,
        *options,
    )
    images = json.loads(answer.out)["images"]
    assert images["ranking"]["rank1"] == pytest.approx(0.88, abs=0.005)
    assert images["ranking"]["mean_average_precision"] == pytest.approx(0.908, abs=0.005)
    assert images["best"]["f1"] == pytest.approx(0.756, abs=0.012)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("nowhere",), "is no folder"),
        (("{npz}", "--identities", "90:99"), "--identities: '90:99' holds nobody"),
        (("{npz}", "--query-camera", "9"), "--query-camera: there is no camera 9"),
    ],
)
def test_a_mistake_is_one_sentence(embeddings: Path, arguments: tuple[str, ...], sentence: str) -> None:
    answer = pipeline("evaluate-reid", *(one.replace("{npz}", str(embeddings)) for one in arguments))
    assert answer.code == 2
    assert sentence in answer.err, answer.err


@pytest.mark.parametrize("curve", ["logistic", "table"])
def test_calibration_prints_a_section_that_a_site_file_accepts(
    embeddings: Path, tmp_path: Path, curve: str
) -> None:
    path = tmp_path / "matching.yaml"
    answer = pipeline("calibrate", embeddings, "--curve", curve, "--output", path)
    assert answer.code == 0, answer.err
    section = yaml.safe_load(path.read_text())
    assert path.read_text() in answer.out
    matching = MatchingSettings.model_validate(section["matching"])
    assert matching.calibration is not None
    assert matching.calibration.kind == curve
    assert 0 < (matching.threshold or 0) < 2


def test_calibration_updates_the_model_card_and_keeps_its_facts(embeddings: Path, tmp_path: Path) -> None:
    card = ModelCard(
        input_size=(256, 128),
        mean=(0.5, 0.5, 0.5),
        std=(0.2, 0.2, 0.2),
        threshold=1.0,
        precision=0.1,
        recall=0.1,
        training_data="rendered riders",
        licence="Apache-2.0",
        sha256=hashlib.sha256(b"").hexdigest(),
    )
    path = tmp_path / "encoder.json"
    path.write_text(card.model_dump_json())
    result = tmp_path / "calibration.json"
    for _ in range(2):
        assert pipeline("calibrate", embeddings, "--card", path, "--json", result).code == 0
    found = json.loads(result.read_text())
    updated = ModelCard.model_validate_json(path.read_bytes())
    assert updated.threshold == pytest.approx(found["threshold"], abs=1e-4)
    assert updated.precision == pytest.approx(found["reported_on"]["precision"], abs=1e-4)
    assert updated.recall == pytest.approx(found["reported_on"]["recall"], abs=1e-4)
    assert updated.calibration is not None
    assert updated.calibration.kind == "logistic"
    assert updated.calibration.midpoint == found["curve"]["midpoint"]
    assert updated.training_data.count("calibrated on") == 1, updated.training_data
    assert updated.input_size == (256, 128)


def test_parts_with_common_riders_are_refused(embeddings: Path) -> None:
    answer = pipeline("calibrate", embeddings, "--choose-on", "0:40", "--report-on", "39:60")
    assert answer.code == 2
    assert "choose parts without common riders" in answer.err


def test_a_missing_card_is_one_sentence(embeddings: Path, tmp_path: Path) -> None:
    answer = pipeline("calibrate", embeddings, "--card", tmp_path / "none.json")
    assert answer.code == 2
    assert "--card" in answer.err


def test_other_data_may_be_reported_on_if_it_shows_other_riders(embeddings: Path, tmp_path: Path) -> None:
    found = crowd(8, riders=40, images=2, noise=0.5)
    other = tmp_path / "other.npz"
    names = np.array([f"other {one}" for one in found.identity])
    np.savez(other, embedding=found.embedding, identity=names, camera=found.camera)
    answer = pipeline("calibrate", embeddings, "--report", other, "--format", "json")
    assert answer.code == 0, answer.err
    scores = json.loads(answer.out)
    assert (scores["riders"], scores["report_riders"]) == (70, 43)
    refused = pipeline("calibrate", embeddings, "--report", embeddings)
    assert (refused.code, "70 riders, such as 1," in refused.err) == (2, True), refused.err
