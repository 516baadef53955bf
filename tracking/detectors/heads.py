"""The output layouts of exported YOLO models, recognised and decoded to boxes.

Sources: YOLOv5 (objectness times class probability), YOLOv8/11 (anchor-free, no objectness), YOLOX
(Ge et al. 2021, arXiv:2107.08430: centre = (offset + cell) * stride, size = exp(value) * stride),
YOLOv10/26 and exports with NMS inside (finished boxes), RT-DETR and its descendants D-FINE and DEIM (Zhao et
al. 2023, arXiv:2304.08069: finished boxes in three outputs, of which `network.packed` makes one).
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np

from tracking.arrays import FloatArray, IntArray

STRIDES = (8, 16, 32)
ANCHORS_PER_CELL_V5 = 3


class HeadKind(StrEnum):
    """How a model lays out its answer; N boxes, C classes."""

    YOLOV5 = "yolov5"
    """(1, N, 5 + C): centre, size, objectness, classes (also YOLOv6, YOLOv7)."""
    YOLOV8 = "yolov8"
    """(1, 4 + C, N): centre, size, classes (also YOLOv9, YOLO11, YOLO12)."""
    YOLOX = "yolox"
    """(1, N, 5 + C) in units of the grid."""
    YOLOX_DECODED = "yolox-decoded"
    """(1, N, 5 + C) in pixels."""
    END_TO_END = "end-to-end"
    """(1, N, 6): corners, score, class; suppression is done inside the model."""
    DETR = "detr"
    """Labels, boxes and scores as outputs of their own, of a frame that is stretched to the input."""

    @property
    def is_yolox(self) -> bool:
        """YOLOX wants BGR values of 0..255 in the upper left corner; all others RGB of 0..1."""
        return self in (HeadKind.YOLOX, HeadKind.YOLOX_DECODED)

    @property
    def is_finished(self) -> bool:
        """Whether every object has one box, so that nothing is left to suppress."""
        return self in (HeadKind.END_TO_END, HeadKind.DETR)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Boxes in input pixels, before suppression.

    Attributes:
        xyxy: (N, 4) float32.
        score: (N,) float32.
        label: (N,) int64, position in the model's own list of classes.
    """

    xyxy: FloatArray
    score: FloatArray
    label: IntArray


def grid_cells(size: tuple[int, int]) -> int:
    """Number of cells of all strides for an input of (height, width)."""
    return sum((size[0] // s) * (size[1] // s) for s in STRIDES)


def recognise_head(output: FloatArray, size: tuple[int, int], n_classes: int | None) -> HeadKind | None:
    """Tell the layout by the shape (and, for YOLOX, by the values) of one answer.

    Args:
        output: (1, A, B), the answer to any picture.
        size: Height and width of the input.
        n_classes: Number of classes where known.

    Returns:
        The layout, or None where it is none of ours.
    """
    if output.ndim != 3:
        return None
    rows, columns = output.shape[1:]
    cells = grid_cells(size)
    v8_columns = None if n_classes is None else 4 + n_classes
    if (columns == cells and rows > 4 and v8_columns is None) or v8_columns == rows:
        return HeadKind.YOLOV8
    if rows == cells and columns > 5:
        # Decoded centres reach across the picture, raw ones stay near their own cell.
        decoded = float(output[0, :, :2].max()) > max(size) / 4
        return HeadKind.YOLOX_DECODED if decoded else HeadKind.YOLOX
    if columns == 6 and rows != cells * ANCHORS_PER_CELL_V5:
        return HeadKind.END_TO_END
    v5_by_grid = rows == cells * ANCHORS_PER_CELL_V5 and columns > 5
    return HeadKind.YOLOV5 if v5_by_grid or (n_classes is not None and columns == 5 + n_classes) else None


def class_count(kind: HeadKind, shape: tuple[int, ...]) -> int | None:
    """How many classes an answer of this shape has; None where the layout does not tell."""
    if kind.is_finished:
        return None
    return shape[1] - 4 if kind is HeadKind.YOLOV8 else shape[2] - 5


def decode(
    kind: HeadKind, output: FloatArray, size: tuple[int, int], threshold: float, *, every_class: bool = False
) -> Candidates:
    """Read the boxes above the threshold out of the answer for one picture.

    Scores are filtered before anything else is computed, because all but a few of the thousands
    of boxes are background.

    Args:
        kind: Layout of the answer.
        output: (A, B), one picture.
        size: Height and width of the input in pixels.
        threshold: Lowest score.
        every_class: A box is answered once for each class above the threshold, as COCO's evaluation
            does, instead of for its best class only. Finished boxes have one class in any case.
    """
    match kind:
        case HeadKind.YOLOV8:
            return _decode_v8(output, threshold, every_class=every_class)
        case HeadKind.END_TO_END | HeadKind.DETR:
            kept = output[output[:, 4] >= threshold]
            return Candidates(kept[:, :4], kept[:, 4], kept[:, 5].round().astype(np.int64))
        case HeadKind.YOLOX:
            return _decode_with_objectness(output, threshold, _yolox_grid(size), every_class=every_class)
        case _:
            return _decode_with_objectness(output, threshold, None, every_class=every_class)


def _decode_v8(output: FloatArray, threshold: float, *, every_class: bool) -> Candidates:
    """(4 + C, N): the class scores are rows, so the maximum runs over dense memory."""
    selected = np.flatnonzero(output[4:].max(axis=0) >= threshold)
    kept = output[:, selected].T
    row, label = _chosen(kept[:, 4:], threshold, every_class=every_class)
    return Candidates(_corners(kept[row, :4]), kept[row, 4 + label], label)


def _decode_with_objectness(
    output: FloatArray, threshold: float, grid: FloatArray | None, *, every_class: bool
) -> Candidates:
    """(N, 5 + C): a score is objectness times class probability, so it never exceeds the objectness."""
    plausible = np.flatnonzero(output[:, 4] >= threshold)
    kept = output[plausible]
    scores = kept[:, 5:] * kept[:, 4:5]
    row, label = _chosen(scores, threshold, every_class=every_class)
    boxes = kept[row, :4]
    if grid is not None:
        cells = grid[plausible[row]]
        centre = (boxes[:, :2] + cells[:, :2]) * cells[:, 2:]
        boxes = np.concatenate([centre, np.exp(boxes[:, 2:]) * cells[:, 2:]], axis=1)
    return Candidates(_corners(boxes), scores[row, label], label)


def _chosen(scores: FloatArray, threshold: float, *, every_class: bool) -> tuple[IntArray, IntArray]:
    """Rows and columns of the (N, C) scores that are answered."""
    if every_class:
        row, label = np.nonzero(scores >= threshold)
        return row, label
    label = scores.argmax(axis=1)
    row = np.flatnonzero(scores[np.arange(len(label)), label] >= threshold)
    return row, label[row]


@lru_cache(maxsize=16)
def _yolox_grid(size: tuple[int, int]) -> FloatArray:
    """(N, 3) float32: column, row and stride of each cell, fine to coarse, row by row."""
    parts = []
    for stride in STRIDES:
        rows, columns = np.divmod(np.arange((size[0] // stride) * (size[1] // stride)), size[1] // stride)
        parts.append(np.stack([columns, rows, np.full_like(rows, stride)], axis=1))
    return np.concatenate(parts).astype(np.float32)


def _corners(xywh: FloatArray) -> FloatArray:
    """(N, 4) centre and size to (N, 4) corners."""
    half = xywh[:, 2:] / 2
    return np.concatenate([xywh[:, :2] - half, xywh[:, :2] + half], axis=1)
