"""The classifier in the package: small, described, and able to tell riders from walkers nobody taught it."""

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from anonymize import Anonymizer
from pipeline.registry.entries import ModelCard, read_card
from tracking.riders import OnnxClassifier
from workshop.classifier.crops import LabelledCrop, Shown
from workshop.classifier.measure import as_cut
from workshop.classifier.simulated import SimulatedCropSettings, simulated_crops
from workshop.encoder.pictures import shrunk

WEIGHTS = Path(str(files("pipeline.registry") / "shipped" / "rider_classifier.onnx"))
NEW_SEED = 78_001
"""A seed that neither training nor the card's measurements used."""


@pytest.fixture(scope="module")
def card() -> ModelCard:
    found = read_card(WEIGHTS)
    assert found is not None
    return found


def test_it_is_small_and_its_card_tells_what_it_is(card: ModelCard) -> None:
    assert WEIGHTS.stat().st_size < 5_000_000
    assert (card.task, card.licence) == ("classifier", "Apache-2.0")
    assert card.limits
    assert card.seeds
    assert card.command.startswith("pipeline models train-classifier")
    assert {"area under ROC, simulated", "area under ROC, detection/street_nyc"} <= {
        one.measure for one in card.quality
    }


def test_it_tells_painted_riders_from_walkers() -> None:
    settings = SimulatedCropSettings(worlds={"rush_hour": 1}, first_seed=NEW_SEED, cameras=2, frames=4)
    crops = list(simulated_crops(settings))
    riders, walkers = (_odds(crops, shown) for shown in (Shown.CYCLIST, Shown.ON_FOOT))
    assert len(riders) >= 10
    assert len(walkers) >= 5
    assert (riders[:, None] > walkers).mean() >= 0.9


def _odds(crops: list[LabelledCrop], shown: Shown) -> np.ndarray:
    classifier, blur = OnnxClassifier(WEIGHTS), Anonymizer()
    mine = [blur.crop(shrunk(as_cut(crop))) for crop in crops if crop.shown is shown]
    looks = [classifier.look([crop]) for crop in mine]
    return np.array([look.odds for look in looks if look is not None])
