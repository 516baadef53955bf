"""Cards of shipped models: read, shown, and held against what this machine computes."""

import json
from pathlib import Path

import pytest

from pipeline.registry.entries import read_card, shipped_models
from pipeline.registry.known_answer import known_answer, seal, verify_answer
from tests.command_line import pipeline
from tests.pipeline.registry.networks import band_colours, colour_finder
from tracking.errors import WeightsError


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIETSFLOW_CACHE", str(tmp_path / "cache"))


def change(weights: Path, **values: object) -> None:
    card = weights.with_suffix(".json")
    card.write_text(json.dumps(json.loads(card.read_text()) | values))


def test_a_sealed_card_carries_sum_and_answer_and_passes(tmp_path: Path) -> None:
    for weights in (band_colours(tmp_path / "bands.onnx"), colour_finder(tmp_path / "finder.onnx")):
        card = read_card(weights)
        assert card is not None
        assert card.known_answer is not None
        assert len(card.known_answer.values) >= 12
        assert verify_answer(weights)
        answer = pipeline("models", "verify", weights, "--format", "json")
        (row,) = json.loads(answer.out)
        assert (answer.code, row["result"], row["answer"]) == (0, "ok", "as recorded")


def test_an_answer_off_by_more_than_the_tolerance_is_told(tmp_path: Path) -> None:
    weights = band_colours(tmp_path / "bands.onnx")
    values = list(known_answer(weights).values)
    change(weights, known_answer={"values": [values[0] + 0.02, *values[1:]], "tolerance": 0.01})
    with pytest.raises(WeightsError, match=r"is off by 0\.01\d* \(allowed 0\.01\)"):
        verify_answer(weights)
    answer = pipeline("models", "verify", weights, "--format", "json")
    assert answer.code == 1
    assert "off by" in json.loads(answer.out)[0]["result"]
    change(weights, known_answer={"values": values[:5]})
    with pytest.raises(WeightsError, match="its card has 5"):
        verify_answer(weights)


def test_a_card_without_an_answer_is_verified_by_its_sum_alone(tmp_path: Path) -> None:
    weights = band_colours(tmp_path / "bands.onnx")
    change(weights, known_answer=None)
    assert not verify_answer(weights)
    (row,) = json.loads(pipeline("models", "verify", weights, "--format", "json").out)
    assert (row["result"], row["answer"]) == ("ok", None)


def test_only_a_model_with_a_card_can_be_sealed(tmp_path: Path) -> None:
    weights = band_colours(tmp_path / "bands.onnx")
    weights.with_suffix(".json").unlink()
    with pytest.raises(WeightsError, match="write one first"):
        seal(weights)


def test_the_card_is_shown_whole(tmp_path: Path) -> None:
    weights = band_colours(tmp_path / "bands.onnx")
    answer = pipeline("models", "show", weights)
    assert answer.code == 0, answer.err
    for part in ("mean colours", "Apache-2.0", "2026-11-20", "0.97 ± 0.01", "riders nobody", "midpoint 0.3"):
        assert part in answer.out, f"{part!r} is missing in\n{answer.out}"
    assert "Limits:\n  - Knows nothing but colours." in answer.out
    values = json.loads(pipeline("models", "show", weights, "--format", "json").out)
    assert values == json.loads(weights.with_suffix(".json").read_text())


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("yolo11n", "is not on this machine; get it with `pipeline models fetch yolo11n`"),
        ("yolo99", "is no model"),
        ("{bare}", "there is no card bare.json beside the file"),
    ],
)
def test_what_has_no_card_is_one_sentence(tmp_path: Path, name: str, sentence: str) -> None:
    (tmp_path / "bare.onnx").write_bytes(b"x")
    answer = pipeline("models", "show", name.replace("{bare}", str(tmp_path / "bare.onnx")))
    assert (answer.code, sentence in answer.err) == (2, True), answer.err


def test_the_list_tells_how_good_a_measured_model_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    band_colours(tmp_path / "tiny_encoder.onnx")
    monkeypatch.setattr("pipeline.registry.known_models", lambda: tuple(shipped_models(tmp_path)))
    (row,) = json.loads(pipeline("models", "list", "--format", "json").out)
    assert (row["where"], row["date"], row["threshold"]) == ("package", "2026-11-20", 0.4)
    assert row["quality"] == "rank-1 0.97, mAP 0.981"
    shown = pipeline("models", "list").out
    assert "tiny_encoder (2026-11-20): rank-1 0.97, mAP 0.981; threshold 0.4." in shown
