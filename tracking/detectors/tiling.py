"""Detection in overlapping tiles, so that small riders keep enough pixels for the network."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tracking.arrays import BoolArray, FloatArray, Image, IntArray
from tracking.boxes import iou_matrix
from tracking.detectors.base import Detector, SingleDetector
from tracking.detectors.settings import TilingSettings
from tracking.values import Detections

_SAME_IN_SHARED_STRIP = 0.5
"""Boxes of two tiles show one object if they overlap by this IoU within what both tiles see."""
_BORDER_PX = 2.0


def tile_grid(height: int, width: int, settings: TilingSettings) -> FloatArray:
    """Lay the tiles.

    Args:
        height: Of the frame, pixels.
        width: Of the frame, pixels.
        settings: Number and overlap.

    Returns:
        (T, 4) int64 xyxy; the whole frame comes last if it is asked for.
    """
    rows = _spans(height, settings.rows, settings.overlap)
    columns = _spans(width, settings.columns, settings.overlap)
    tiles = [(left, top, right, bottom) for top, bottom in rows for left, right in columns]
    if settings.whole_frame:
        tiles.append((0, 0, width, height))
    return np.array(tiles, np.int64)


def _spans(length: int, count: int, overlap: float) -> list[tuple[int, int]]:
    """Equal spans whose neighbours share `overlap` of a span."""
    span = length / (count - (count - 1) * overlap)
    starts = [index * span * (1 - overlap) for index in range(count)]
    return [(round(start), min(length, round(start + span))) for start in starts]


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Boxes of all tiles in frame pixels, with the tile each was seen in."""

    found: Detections
    tile: FloatArray
    tile_index: IntArray
    cut: BoolArray


class TiledDetector:
    """Wraps a detector: every tile is one picture of its batch, the answers become one.

    Two boxes are the same object when, within the strip that both tiles see, they agree. So a lorry
    that no tile holds completely is put together from its parts, and two riders side by side are not.

    Args:
        inner: The detector that looks at the tiles; without memory of earlier frames.
        settings: Number and overlap of the tiles.
        nms_iou: Overlap above which boxes of one class are one object where both were seen whole.
    """

    stateful = False

    def __init__(self, inner: Detector, settings: TilingSettings, nms_iou: float) -> None:
        self.name = f"{inner.name} in {settings.rows}x{settings.columns} tiles"
        self._inner = inner
        self._settings = settings
        self._nms_iou = nms_iou

    @property
    def looks_singly(self) -> bool:
        """See `SingleDetector`."""
        return isinstance(self._inner, SingleDetector) and self._inner.looks_singly

    def detect(self, images: Sequence[Image]) -> list[Detections]:
        """Find objects in a batch of frames; see `Detector`."""
        grids = [tile_grid(image.shape[0], image.shape[1], self._settings) for image in images]
        views = [
            np.ascontiguousarray(image[top:bottom, left:right])
            for image, grid in zip(images, grids, strict=True)
            for left, top, right, bottom in grid
        ]
        # Tiles of one size in one go: the inner detector batches only equal pictures.
        order = sorted(range(len(views)), key=lambda index: views[index].shape)
        answers = dict(zip(order, self._inner.detect([views[index] for index in order]), strict=True))
        merged, start = [], 0
        for image, grid in zip(images, grids, strict=True):
            parts = [answers[start + offset] for offset in range(len(grid))]
            merged.append(self._merge(_gather(parts, grid, image.shape[1], image.shape[0])))
            start += len(grid)
        return merged

    def _merge(self, pieces: _Pieces) -> Detections:
        """Group the boxes that show one object, best score first, and give each group one box."""
        found = pieces.found
        same = self._same_object(pieces)
        free = np.ones(len(found), np.bool_)
        boxes, leaders = [], []
        for index in np.argsort(-found.score, kind="stable"):
            if not free[index]:
                continue
            group = same[index] & free
            free &= ~group
            whole = group & ~pieces.cut
            # A box that no border cuts is right as it is; parts are joined to their common hull.
            chosen = (
                found.xyxy[whole][found.score[whole].argmax()] if whole.any() else _hull(found.xyxy[group])
            )
            boxes.append(chosen)
            leaders.append(index)
        order = np.array(leaders, np.int64)
        return Detections(
            np.array(boxes, np.float32).reshape(-1, 4), found.score[order], found.class_id[order]
        )

    def _same_object(self, pieces: _Pieces) -> BoolArray:
        """(N, N) mask of boxes of one class that show one object."""
        boxes, tile = pieces.found.xyxy, pieces.tile
        strip_low = np.maximum(tile[:, None, :2], tile[None, :, :2])
        strip_high = np.minimum(tile[:, None, 2:], tile[None, :, 2:])
        first_low, first_high = (
            np.maximum(boxes[:, None, :2], strip_low),
            np.minimum(boxes[:, None, 2:], strip_high),
        )
        other_low, other_high = (
            np.maximum(boxes[None, :, :2], strip_low),
            np.minimum(boxes[None, :, 2:], strip_high),
        )
        first = np.prod(np.clip(first_high - first_low, 0, None), axis=2)
        other = np.prod(np.clip(other_high - other_low, 0, None), axis=2)
        common = np.minimum(first_high, other_high) - np.maximum(first_low, other_low)
        shared = np.prod(np.clip(common, 0, None), axis=2)
        union = first + other - shared
        strip_iou = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
        one_class = pieces.found.class_id[:, None] == pieces.found.class_id[None, :]
        other_tile = pieces.tile_index[:, None] != pieces.tile_index[None, :]
        agree = other_tile & (pieces.cut[:, None] | pieces.cut[None, :]) & (strip_iou > _SAME_IN_SHARED_STRIP)
        overlapping = iou_matrix(boxes, boxes) > min(self._nms_iou, _SAME_IN_SHARED_STRIP)
        same = one_class & (agree | (overlapping & other_tile))
        return np.asarray(same | np.eye(len(boxes), dtype=np.bool_), np.bool_)


def _gather(parts: Sequence[Detections], grid: FloatArray, width: int, height: int) -> _Pieces:
    """Move the boxes of all tiles into the frame and mark those that an inner border cuts."""
    index = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    tile = grid[index].astype(np.float32)
    offset = tile[:, [0, 1, 0, 1]]
    boxes = np.concatenate([part.xyxy for part in parts]) + offset
    low_cut = (boxes[:, :2] <= tile[:, :2] + _BORDER_PX) & (tile[:, :2] > 0)
    high_cut = (boxes[:, 2:] >= tile[:, 2:] - _BORDER_PX) & (tile[:, 2:] < np.array([width, height]))
    found = Detections(
        boxes.astype(np.float32),
        np.concatenate([part.score for part in parts]),
        np.concatenate([part.class_id for part in parts]),
    )
    return _Pieces(found, tile, index, np.any(low_cut | high_cut, axis=1))


def _hull(boxes: FloatArray) -> FloatArray:
    return np.concatenate([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)])
