"""The detector in the package: small, readable, and as good as its card says."""

import json
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="the labelled frames belong to the training of the detector")

from pipeline.registry.entries import read_card
from tracking.attention.parts import enclosing
from tracking.boxes import iou_matrix
from tracking.detectors.base import PartDetector
from tracking.model_card import card_path
from tracking.values import ObjectClass
from workshop.detector.description import load_description
from workshop.detector.learning.datasets import read_folder
from workshop.detector.learning.precision import average_precision
from workshop.detector.learning.samples import CLASS_NAMES, Label, LabelledImage
from workshop.detector.measure import open_detector
from workshop.detector.simulated import SimulatedFrameSettings, render_frames

WEIGHTS = Path(str(files("pipeline.registry") / "shipped" / "cyclist_detector.onnx"))
NEW_SEED = 77_001
"""A seed that neither the training nor the card's measurements used."""


@cache
def rendered(scenario: str) -> tuple[LabelledImage, ...]:
    """Frames of a world that nobody trained on, which no test changes."""
    settings = SimulatedFrameSettings(
        scenarios=(scenario,), seeds=(NEW_SEED,), cameras=2, frames=16, size=(640, 360)
    )
    return tuple(render_frames(settings))


def test_it_is_small_and_its_card_tells_what_it_is() -> None:
    assert WEIGHTS.stat().st_size < 9_500_000
    card = read_card(WEIGHTS)
    assert card is not None
    assert card.licence == "Apache-2.0"
    facts = json.loads(card_path(WEIGHTS).read_text("utf-8"))
    assert facts["classes"] == list(CLASS_NAMES)
    assert facts["limits"]


@pytest.mark.parametrize(("scenario", "least"), [("rush_hour", 0.55), ("night", 0.60), ("rain", 0.70)])
def test_it_finds_riders_of_worlds_it_has_never_seen(scenario: str, least: float) -> None:
    frames = rendered(scenario)
    detector = open_detector(WEIGHTS)
    found = [detector.detect([frame.image])[0] for frame in frames]
    measured = average_precision(found, frames, Label.CYCLIST)
    assert measured.objects >= 3
    assert measured.value >= least, measured


def test_it_finds_riders_on_days_of_a_real_camera_that_it_was_not_trained_on(real_data: Path) -> None:
    street = next(folder for folder in load_description().real if folder.folder == "street_nyc")
    images = read_folder(street, real_data / "detection", held_back=True)
    ridden = [image for image in images if (image.labels == Label.CYCLIST).any()]
    detector = open_detector(WEIGHTS)
    found = [detector.detect([image.image])[0] for image in ridden]
    assert average_precision(found, ridden, Label.CYCLIST).value >= 0.75


def test_an_empty_picture_shows_nobody() -> None:
    (found,) = open_detector(WEIGHTS, threshold=0.3).detect([np.full((384, 640, 3), 114, np.uint8)])
    assert len(found) == 0


def test_a_part_of_a_picture_shows_the_riders_in_it_where_the_whole_picture_shows_them() -> None:
    detector = open_detector(WEIGHTS)
    assert isinstance(detector, PartDetector)
    assert detector.any_size
    compared = 0
    for frame in rendered("rush_hour"):
        whole = detector.detect([frame.image])[0]
        clear = whole[(whole.score > 0.6) & (whole.class_id == ObjectClass.CYCLIST)]
        moving = [tuple(int(edge) for edge in box) for box in clear.xyxy]
        parts = enclosing(moving, (640, 360)) if moving else ()
        if not parts:
            continue
        found = detector.detect_parts(frame.image, parts)
        assert (np.diff(found.score) <= 0).all()
        for box in clear.xyxy:
            assert iou_matrix(box[None], found.xyxy).max(initial=0.0) > 0.75, (box, parts)
            compared += 1
    assert compared >= 3
