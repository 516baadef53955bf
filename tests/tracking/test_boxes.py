"""Overlap of boxes against hand-computed values, its properties, and shapely's areas."""

from collections.abc import Callable

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tracking.arrays import FloatArray
from tracking.boxes import (
    covered_shares,
    intersections,
    iou_matrix,
    nested_shares,
    paired_iou,
    paired_nested_shares,
)
from tracking.tracklets.geometry import (
    centre_distances,
    cxcywh_to_xyxy,
    height_ratios,
    xyxy_to_cxcywh,
)


@st.composite
def box_arrays(draw: st.DrawFn, most: int = 5) -> FloatArray:
    count = draw(st.integers(1, most))
    whole = arrays(np.float64, (count, 4), elements=st.integers(0, 60).map(float))
    values = draw(whole)
    low = values[:, :2]
    return np.concatenate([low, low + 1 + values[:, 2:]], axis=1)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((0, 0, 10, 10), (0, 0, 10, 10), 1.0),
        ((0, 0, 10, 10), (5, 0, 15, 10), 50 / 150),
        ((0, 0, 10, 10), (0, 0, 5, 5), 0.25),
        ((0, 0, 10, 10), (10, 0, 20, 10), 0.0),
        ((0, 0, 10, 10), (30, 30, 40, 40), 0.0),
        ((0, 0, 10, 10), (5, 5, 15, 15), 25 / 175),
        ((5, 5, 5, 5), (5, 5, 5, 5), 0.0),
        ((10, 10, 0, 0), (0, 0, 10, 10), 0.0),
    ],
)
def test_iou_of_two_boxes(first: tuple[float, ...], second: tuple[float, ...], expected: float) -> None:
    one, other = np.array([first], float), np.array([second], float)
    assert iou_matrix(one, other)[0, 0] == pytest.approx(expected)
    assert paired_iou(one, other)[0] == pytest.approx(expected)


@given(box_arrays(), box_arrays())
@settings(max_examples=60, deadline=None)
def test_iou_agrees_with_the_areas_of_shapely(first: FloatArray, second: FloatArray) -> None:
    found = iou_matrix(first, second)
    for row, one in enumerate(first):
        for column, other in enumerate(second):
            a, b = shapely.box(*one), shapely.box(*other)
            assert found[row, column] == pytest.approx(a.intersection(b).area / a.union(b).area)


@given(box_arrays(), box_arrays(), st.integers(-1000, 1000), st.integers(-1000, 1000))
@settings(max_examples=60, deadline=None)
def test_iou_is_symmetric_bounded_and_blind_to_the_place(
    first: FloatArray, second: FloatArray, right: int, down: int
) -> None:
    found = iou_matrix(first, second)
    shift = np.array([right, down, right, down])
    assert found.shape == (len(first), len(second))
    assert ((found >= 0) & (found <= 1)).all()
    np.testing.assert_allclose(found, iou_matrix(second, first).T)
    np.testing.assert_allclose(found, iou_matrix(first + shift, second + shift))
    np.testing.assert_allclose(np.diag(iou_matrix(first, first)), 1.0)


@given(box_arrays())
@settings(max_examples=40, deadline=None)
def test_paired_iou_is_the_diagonal_of_the_matrix(boxes: FloatArray) -> None:
    moved = boxes[::-1] + 3
    np.testing.assert_allclose(paired_iou(boxes, moved), np.diag(iou_matrix(boxes, moved)))


def test_iou_without_boxes_is_empty() -> None:
    assert iou_matrix(np.zeros((0, 4)), np.zeros((3, 4))).shape == (0, 3)
    assert iou_matrix(np.zeros((2, 4)), np.zeros((0, 4))).shape == (2, 0)


@given(box_arrays(), box_arrays())
@settings(max_examples=40, deadline=None)
def test_shares_are_shared_area_over_the_one_or_the_smaller_box(
    first: FloatArray, second: FloatArray
) -> None:
    shared = intersections(first, second)
    own = np.array([shapely.box(*one).area for one in first])
    others = np.array([shapely.box(*one).area for one in second])
    np.testing.assert_allclose(covered_shares(first, second), shared / own[:, None])
    np.testing.assert_allclose(
        nested_shares(first, second), np.maximum(shared / own[:, None], shared / others[None])
    )
    np.testing.assert_allclose(
        paired_nested_shares(first, first[::-1]), np.diag(nested_shares(first, first[::-1]))
    )


@pytest.mark.parametrize("share", [covered_shares, nested_shares, paired_nested_shares])
def test_an_empty_box_shares_nothing(share: Callable[[FloatArray, FloatArray], FloatArray]) -> None:
    flat, whole = np.array([[5, 5, 5, 5.0]]), np.array([[0, 0, 10, 10.0]])
    assert share(flat, whole).tolist() in ([[0.0]], [0.0])


def test_float32_boxes_are_measured_in_64_bits() -> None:
    boxes = np.array([[0.1, 0.1, 1919.7, 1079.3], [0.3, 0.2, 1919.9, 1079.1]], np.float32)
    found = iou_matrix(boxes, boxes)
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, iou_matrix(boxes.astype(np.float64), boxes.astype(np.float64)))


def test_distance_is_counted_in_mean_heights() -> None:
    far = centre_distances(np.array([[0, 0, 10, 20.0]]), np.array([[30, 0, 40, 40.0]]))
    assert far[0, 0] == pytest.approx(np.hypot(30, 10) / 30)


def test_distance_of_flat_boxes_is_infinite() -> None:
    assert np.isinf(centre_distances(np.array([[0, 5, 10, 5.0]]), np.array([[0, 5, 10, 5.0]]))[0, 0])


def test_height_ratio_is_the_lower_over_the_higher() -> None:
    ratios = height_ratios(np.array([[0, 0, 9, 10.0]]), np.array([[0, 0, 1, 40.0], [0, 0, 1, 5.0]]))
    np.testing.assert_allclose(ratios, [[0.25, 0.5]])


@given(box_arrays())
@settings(max_examples=30, deadline=None)
def test_corners_survive_the_way_to_centre_and_size_and_back(boxes: FloatArray) -> None:
    np.testing.assert_allclose(cxcywh_to_xyxy(xyxy_to_cxcywh(boxes)), boxes)
