"""Which boxes stand in the region, compared with shapely box by box."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tracking.arrays import FloatArray
from tracking.region import PolygonError, RegionOfInterest, bottom_centres

FRAME = (200, 100)
LEFT_HALF = [(0, 0), (0.5, 0), (0.5, 1), (0, 1)]
box_arrays = (
    st.integers(0, 8)
    .flatmap(lambda count: arrays(np.float64, (count, 4), elements=st.integers(0, 100).map(float)))
    .map(lambda values: np.concatenate([values[:, :2], values[:, :2] + values[:, 2:]], axis=1))
)
rings = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 100)), min_size=3, max_size=7).map(
    lambda points: [*shapely.MultiPoint([*points, (0, 0), (50, 0), (0, 50)]).convex_hull.exterior.coords]
)


def box_at(x: float, y: float) -> list[float]:
    """A box that stands at a point."""
    return [x - 5, y - 30, x + 5, y]


def test_a_box_stands_at_the_centre_of_its_bottom_edge() -> None:
    np.testing.assert_array_equal(bottom_centres(np.array([[10, 20, 30, 60]])), [[20, 60]])


@pytest.mark.parametrize(
    ("x", "y", "inside"),
    [(50, 50, True), (99, 99, True), (101, 50, False), (100, 50, True), (0, 0, True), (199, 1, False)],
)
def test_a_box_counts_by_where_it_stands(x: float, y: float, inside: bool) -> None:
    region = RegionOfInterest(FRAME, LEFT_HALF)
    assert region.contains(np.array([box_at(x, y)])).tolist() == [inside]


def test_a_box_whose_top_alone_is_inside_does_not_count() -> None:
    region = RegionOfInterest(FRAME, [(0, 0), (200, 0), (200, 50), (0, 50)])
    assert region.contains(np.array([[10, 10, 20, 90], [10, 10, 20, 40]])).tolist() == [False, True]


def test_relative_and_pixel_coordinates_mean_the_same() -> None:
    boxes = np.random.default_rng(0).uniform(0, 100, (200, 4))
    relative = RegionOfInterest(FRAME, LEFT_HALF).contains(boxes)
    pixels = RegionOfInterest(FRAME, [(0, 0), (100, 0), (100, 100), (0, 100)]).contains(boxes)
    np.testing.assert_array_equal(relative, pixels)


def test_without_a_polygon_the_whole_frame_counts() -> None:
    region = RegionOfInterest(FRAME)
    assert region.contains(np.array([box_at(0, 0), box_at(200, 100), box_at(77, 3)])).all()


def test_a_rider_cut_off_by_the_edge_of_the_frame_still_stands_in_it() -> None:
    region = RegionOfInterest(FRAME, [(0, 0.5), (1, 0.5), (1, 1), (0, 1)])
    boxes = np.array([[50, 60, 70, 100.4], [-30, 60, 10, 90], [190, 60, 230, 90]])
    assert region.contains(boxes).tolist() == [True, True, True]


def test_exclusions_are_cut_out() -> None:
    region = RegionOfInterest(
        FRAME, None, [[(0, 0), (0.25, 0), (0.25, 1), (0, 1)], [(150, 0), (200, 0), (200, 100)]]
    )
    assert region.contains(np.array([box_at(25, 50), box_at(100, 50), box_at(195, 10)])).tolist() == [
        False,
        True,
        False,
    ]


def test_exclusions_that_leave_nothing_are_refused() -> None:
    with pytest.raises(PolygonError, match="leave nothing"):
        RegionOfInterest(FRAME, LEFT_HALF, [[(0, 0), (1, 0), (1, 1), (0, 1)]])


@pytest.mark.parametrize("exclusions", [[], [[(0, 0), (300, 0), (0, 90)]]])
def test_a_polygon_outside_the_frame_is_refused(exclusions: list[list[tuple[float, float]]]) -> None:
    polygon = LEFT_HALF if exclusions else [(0, 0), (300, 0), (0, 90)]
    with pytest.raises(PolygonError, match=r"point 2 \(300, 0\) lies outside the frame"):
        RegionOfInterest(FRAME, polygon, exclusions)


def test_no_boxes_give_an_empty_mask() -> None:
    mask = RegionOfInterest(FRAME, LEFT_HALF).contains(np.zeros((0, 4), np.float32))
    assert (mask.shape, mask.dtype) == ((0,), np.dtype(bool))


@given(outline=rings, hole=rings, boxes=box_arrays)
@settings(max_examples=60, deadline=None)
def test_the_mask_agrees_with_shapely_box_by_box(
    outline: list[tuple[float, float]], hole: list[tuple[float, float]], boxes: FloatArray
) -> None:
    area = shapely.Polygon(outline).difference(shapely.Polygon(hole))
    if area.area == 0:
        with pytest.raises(PolygonError):
            RegionOfInterest(FRAME, outline, [hole])
        return
    mask = RegionOfInterest(FRAME, outline, [hole]).contains(boxes)
    for inside, (left, _, right, bottom) in zip(mask.tolist(), boxes.tolist(), strict=True):
        point = shapely.Point(min((left + right) / 2, 200), min(bottom, 100))
        assert inside == area.intersects(point), point
