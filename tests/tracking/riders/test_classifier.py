"""Looking at crops: squares, odds, and networks that are none of these."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pipeline.registry.networks import band_colours, crop_reader
from tracking.errors import WeightsError
from tracking.riders import OnnxClassifier
from tracking.riders.classifier import KINDS, MOST_ODDS, PADDING, glance_at, squares


@given(st.integers(1, 300), st.integers(1, 300))
def test_a_crop_lies_in_the_middle_of_its_square_and_keeps_its_shape(height: int, width: int) -> None:
    crop = np.full((height, width, 3), (10, 20, 200), np.uint8)
    (square,) = squares([crop], 64)
    assert (square.shape, square.dtype) == ((3, 64, 64), np.float32)
    red = np.abs(square[0] - 200 / 255) < 1e-6
    rows, columns = red.any(axis=1).sum(), red.any(axis=0).sum()
    assert max(rows, columns) == 64
    scale = 64 / max(height, width)
    for seen, real in ((rows, height), (columns, width)):
        assert seen == pytest.approx(max(scale * real, 1.0), abs=0.51), "a side is a whole number of pixels"
    assert np.argwhere(red).mean(axis=0) == pytest.approx([31.5, 31.5], abs=0.51)
    assert np.allclose(square[:, ~red], PADDING / 255)
    assert red.sum() == rows * columns


def test_odds_are_those_of_a_cyclist_against_all_else_and_bounded() -> None:
    even = np.zeros((1, 4))
    assert glance_at(even).odds == pytest.approx(-np.log(3))
    assert glance_at(np.array([[99.0, 0, 0, 0], [0, 99.0, 0, 0]])).odds == 0.0
    assert glance_at(np.array([[0, 99.0, 0, 0]])).odds == -MOST_ODDS
    assert [glance_at(np.eye(4)[[number]]).otherwise for number in (1, 2, 3)] == list(KINDS[1:])


def test_a_bicycle_rather_than_a_motor_vehicle_whatever_else_it_may_be() -> None:
    assert glance_at(np.array([[1.0, 9.0, 3.0, 0.0], [2.0, 9.0, 3.0, 0.0]])).not_motor == pytest.approx(-1.5)
    assert glance_at(np.array([[0, 0, 99.0, 0]])).not_motor == -MOST_ODDS
    assert glance_at(np.array([[99.0, 0, 0, 0], [0, 0, 99.0, 0]])).not_motor == 0.0


def test_a_network_is_asked_about_all_crops_of_a_passage_at_once(tmp_path: Path) -> None:
    classifier = OnnxClassifier(crop_reader(tmp_path / "reader.onnx"))
    red, blue = (np.full((40, 20, 3), colour, np.uint8) for colour in ((0, 0, 255), (255, 0, 0)))
    assert classifier.look([]) is None
    ridden, parked = classifier.look([red]), classifier.look([blue])
    both = classifier.look([red, blue])
    assert ridden is not None
    assert parked is not None
    assert both is not None
    assert ridden.odds > 0 > parked.odds
    assert both.odds == pytest.approx((ridden.odds + parked.odds) / 2, abs=1e-5)
    assert parked.otherwise == "other"


def test_another_network_is_refused(tmp_path: Path) -> None:
    file = band_colours(tmp_path / "encoder.onnx")
    with pytest.raises(WeightsError, match=r"encoder.onnx: input .* are not those of a classifier of crops"):
        OnnxClassifier(file)
