"""Tiles find what the whole frame holds, once."""

from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracking.boxes import iou_matrix
from tracking.detectors import TilingSettings
from tracking.detectors.tiling import TiledDetector, tile_grid
from tracking.values import Detections


class BrightBlobs:
    """Boxes every bright block; the score is the block's brightness."""

    name = "blobs"
    stateful = False

    def detect(self, images: Sequence[np.ndarray]) -> list[Detections]:
        return [self._one(image[:, :, 0]) for image in images]

    def _one(self, grey: np.ndarray) -> Detections:
        count, labels, stats, _ = cv2.connectedComponentsWithStats((grey > 0).astype(np.uint8))
        boxes = np.array([[x, y, x + w, y + h] for x, y, w, h, _ in stats[1:]], np.float32).reshape(-1, 4)
        score = np.array([grey[labels == index].max() / 255 for index in range(1, count)], np.float32)
        return Detections(boxes, score, np.zeros(len(score), np.int64))


def picture(boxes: Sequence[Sequence[int]], size: tuple[int, int] = (300, 400)) -> np.ndarray:
    image = np.zeros((*size, 3), np.uint8)
    for index, (left, top, right, bottom) in enumerate(boxes):
        image[top:bottom, left:right] = 255 - index
    return image


def tiled(boxes: Sequence[Sequence[int]], **values: object) -> Detections:
    detector = TiledDetector(BrightBlobs(), TilingSettings.model_validate(values), nms_iou=0.6)
    return detector.detect([picture(boxes)])[0]


@pytest.mark.parametrize("whole_frame", [False, True])
@pytest.mark.parametrize(
    ("what", "boxes"),
    [
        ("within one tile", [[20, 20, 40, 60]]),
        ("in the overlap", [[190, 100, 210, 130]]),
        ("cut by a vertical border", [[150, 40, 260, 90]]),
        ("cut by both borders", [[120, 90, 280, 220]]),
        ("as wide as the frame", [[0, 140, 400, 160]]),
        ("two side by side at a border", [[170, 60, 195, 110], [205, 60, 230, 110]]),
    ],
)
def test_an_object_is_one_box_of_its_full_size(what: str, boxes: list[list[int]], whole_frame: bool) -> None:
    found = tiled(boxes, rows=2, columns=2, overlap=0.2, whole_frame=whole_frame)
    assert len(found) == len(boxes), f"{what}: {found.xyxy}"
    assert iou_matrix(np.array(boxes), found.xyxy).max(axis=1).min() > 0.99, f"{what}: {found.xyxy}"


@settings(max_examples=40, deadline=None)
@given(
    cells=st.sets(st.tuples(st.integers(0, 9), st.integers(0, 6)), max_size=20),
    rows=st.integers(1, 3),
    columns=st.integers(1, 3),
    size=st.integers(6, 34),
)
def test_tiles_find_the_same_as_the_whole_frame(
    cells: set[tuple[int, int]], rows: int, columns: int, size: int
) -> None:
    boxes = [[40 * x + 2, 40 * y + 2, 40 * x + 2 + size, 40 * y + 2 + size] for x, y in sorted(cells)]
    found = tiled(boxes, rows=rows, columns=columns, overlap=0.25, whole_frame=False)
    assert sorted(map(tuple, found.xyxy.astype(int).tolist())) == sorted(map(tuple, boxes))


@given(
    height=st.integers(50, 2000),
    width=st.integers(50, 2000),
    rows=st.integers(1, 5),
    columns=st.integers(1, 5),
    overlap=st.floats(0, 0.45),
)
def test_tiles_cover_every_pixel(height: int, width: int, rows: int, columns: int, overlap: float) -> None:
    values = TilingSettings(rows=rows, columns=columns, overlap=overlap, whole_frame=False)
    seen = np.zeros((height, width), np.bool_)
    for left, top, right, bottom in tile_grid(height, width, values):
        seen[top:bottom, left:right] = True
    assert seen.all()


def test_pictures_of_different_sizes_keep_their_order() -> None:
    detector = TiledDetector(BrightBlobs(), TilingSettings(rows=1, columns=2), nms_iou=0.6)
    shapes = [(300, 400), (100, 120), (300, 400)]
    box = [[10, 10, 30, 40]]
    found = detector.detect([picture(box, shapes[0]), picture([], shapes[1]), picture(box * 1, shapes[2])])
    assert [len(f) for f in found] == [1, 0, 1]
