"""The whole way from a recipe to an encoder file with its card, as small as it can be."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from reid.datasets.market import read_market_folder
from reid.encoders import EncoderSettings, build_encoder
from reid.encoders.card import checksum, load_card
from tracking.model_card import card_path
from workshop import encoder as encoder_training
from workshop.encoder.recalibrate import recalibrate
from workshop.encoder.recipe import EncoderRecipe, load_recipe
from workshop.encoder.training_set import REAL, SIMULATED, sharp_only
from workshop.encoder.worlds import WorldSettings

pytest.importorskip("torch")
pytest.importorskip("onnxscript")
FEW = WorldSettings(worlds=1, cameras=2, duration_s=100, crops_per_passage=4)


def smallest() -> EncoderRecipe:
    """Few riders, tiny pictures, one epoch, random weights to start from."""
    recipe = load_recipe("reduced")
    stages = tuple(
        stage.model_copy(
            update={
                "training": stage.training.model_copy(
                    update={
                        "epochs": 1,
                        "schedule": stage.training.schedule.model_copy(update={"warmup_epochs": 0}),
                    }
                )
            }
        )
        for stage in recipe.stages
    )
    return recipe.model_copy(
        update={
            "start": "random",
            "model": recipe.model.model_copy(update={"backbone": "resnet18"}),  # the quickest to export
            "worlds": FEW,
            "calibration_worlds": FEW,
            "test_worlds": FEW,
            "real": recipe.real.model_copy(update={"train": (0, 4), "calibration": (4, 6), "test": (6, 8)}),
            "sampler": recipe.sampler.model_copy(
                update={"identities_per_batch": 4, "pack": 2, "steps_per_epoch": 1}
            ),
            "transforms": recipe.transforms.model_copy(update={"size": (32, 32)}),
            "stages": stages,
        }
    )


@pytest.fixture
def photographs(tmp_path: Path) -> Path:
    """Eight riders in clothes of their own, at two cameras, in a folder of the usual name."""
    folder, rng = tmp_path / "data" / "motorcycles_2cam", np.random.default_rng(0)
    folder.mkdir(parents=True)
    for rider in range(1, 9):
        colour = rng.integers(0, 255, 3)
        for camera in (1, 2):
            image = np.clip(colour + rng.normal(0, 20, (64, 32, 3)), 0, 255).astype(np.uint8)
            cv2.imwrite(str(folder / f"motorcycle_{rider:04d}_cam{camera}.jpg"), image)
    return tmp_path / "data"


def test_one_call_makes_an_encoder_with_a_card_and_a_second_one_repeats_nothing(
    photographs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workshop.encoder.train.load_recipe", lambda scale: smallest())
    said: list[str] = []
    out = tmp_path / "encoder"
    weights = encoder_training.train_encoder(out, photographs, "reduced", seed=3, say=said.append)
    card = load_card(weights, checksum(weights))
    assert card is not None
    assert card.input_size == (32, 32)
    assert card.command == "pipeline models train cyclist_encoder --data DIR --scale reduced --seed 3"
    assert {"rank-1", "mAP", "F1 of links"} <= {one.measure for one in card.quality}, card.quality
    assert card.calibration is not None
    encoder = build_encoder(EncoderSettings(name=str(weights)))
    assert encoder.threshold == card.threshold
    single = encoder.encode([np.full((40, 20, 3), 90, np.uint8)])
    assert np.linalg.norm(single) == pytest.approx(1.0, abs=1e-4)
    assert any(text.startswith("mixed: epoch 1/1") for text in said), said
    pictures = read_market_folder(out / "pictures" / REAL)
    assert len(pictures) == 8 * 2 * 3, "a default, a stronger blur and none of each photograph"
    assert len(sharp_only(pictures)) == 8 * 2
    simulated = read_market_folder(out / "pictures" / SIMULATED)
    assert not simulated.identities_in_one_camera, "riders of one camera teach no link"
    written = weights.stat()
    said.clear()
    encoder_training.train_encoder(out, photographs, "reduced", seed=3, say=said.append)
    assert not any("epoch" in text or "linked riders" in text for text in said), said
    assert weights.stat().st_mtime_ns == written.st_mtime_ns, "the same file, not another of the same kind"
    monkeypatch.setattr("workshop.encoder.recalibrate.load_recipe", lambda scale: smallest())
    other = card.model_copy(update={"threshold": 0.99, "calibration": None, "precision": 0.0})
    card_path(weights).write_text(other.model_dump_json(exclude_none=True), encoding="utf-8")
    recalibrate(weights, photographs, "reduced", said.append)
    again = load_card(weights, checksum(weights))
    assert again is not None
    assert (again.threshold, again.calibration) == (card.threshold, card.calibration)
    assert (again.precision, again.recall) == (card.precision, card.recall)
    assert [(one.measure, one.value) for one in again.quality] == [
        (one.measure, one.value) for one in card.quality
    ]
