"""From labelled boxes to what the network should answer in each cell.

Source: TTFNet (Liu et al. 2020, arXiv:1909.00700): a Gaussian around the centre, as wide as the box, says
both how wrong a neighbouring cell would be and which cells learn the box.
"""

from dataclasses import dataclass

import numpy as np

from tracking.arrays import FloatArray, IntArray
from workshop.detector.learning.network import STRIDE
from workshop.detector.learning.samples import CLASS_NAMES, Label

_SPREAD = 0.54 / 6
"""Standard deviation of the Gaussian, as a share of the side of the box."""
_NARROWEST_CELLS = 0.4
_LEARNING = 0.35
"""Cells whose Gaussian is at least this high learn the box."""
_ON_FOOT = 2.5
"""How much it costs to take a pedestrian for a cyclist: that is what counts go wrong by."""
_STANDING = 2.5
"""How much it costs to take a part of the street for somebody again."""
_CORE = 0.6
"""Inner share of another object's box where nothing else is expected."""


@dataclass(frozen=True, slots=True)
class Targets:
    """What one image, or a batch of them behind a leading axis, should be answered with.

    Attributes:
        heat: (2, h, w) float32 per class, 1 at centres and falling around them.
        certain: (2, h, w) float32, how much a wrong score costs; 0 where nothing is known.
        edges: (4, h, w) float32 pixels from the cell to left, top, right and bottom edge.
        learning: (h, w) float32, weight of the cell's box; those of one object sum to 1.
    """

    heat: FloatArray
    certain: FloatArray
    edges: FloatArray
    learning: FloatArray


def make_targets(boxes: FloatArray, labels: IntArray, background: FloatArray) -> Targets:
    """Draw the targets of one image.

    Args:
        boxes: (N, 4) xyxy pixels of the input.
        labels: (N,) of `Label`.
        background: (2, h, w) how much an answer costs where nothing is labelled.
    """
    classes, height, width = background.shape
    heat = np.zeros((classes, height, width), np.float32)
    certain = np.array(background, np.float32)
    edges = np.zeros((4, height, width), np.float32)
    learning = np.zeros((height, width), np.float32)
    known = ((Label.OTHER, _CORE, 1.0), (Label.STANDING, 1.0, _STANDING), (Label.IGNORED, 1.0, 0.0))
    for label, inner, value in known:
        for box in boxes[labels == label]:
            certain[(slice(None), *_cells(_shrunk(box, inner), height, width))] = value
    for box in boxes[labels == Label.NOT_CYCLING]:
        cells = _cells(box, height, width)
        certain[(Label.PEDESTRIAN, *cells)] = 0.0
        certain[(Label.CYCLIST, *cells)] = _ON_FOOT
    wanted = np.flatnonzero(labels < len(CLASS_NAMES))
    # The nearer of two overlapping people is the larger; the smaller one keeps its cells.
    areas = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    for index in wanted[np.argsort(-areas[wanted], kind="stable")]:
        cells = _cells(boxes[index], height, width)
        certain[(slice(None), *cells)] = 1.0
        if labels[index] == Label.PEDESTRIAN:
            certain[(Label.CYCLIST, *cells)] = _ON_FOOT
    for index in wanted[np.argsort(-areas[wanted], kind="stable")]:
        _draw(boxes[index], heat[int(labels[index])], edges, learning)
    return Targets(heat, certain, edges, learning)


def _draw(box: FloatArray, heat: FloatArray, edges: FloatArray, learning: FloatArray) -> None:
    """Add one object to the maps."""
    height, width = heat.shape
    x, y = (box[0] + box[2]) / 2 / STRIDE - 0.5, (box[1] + box[3]) / 2 / STRIDE - 0.5
    column, row = int(np.clip(round(float(x)), 0, width - 1)), int(np.clip(round(float(y)), 0, height - 1))
    spread = np.maximum((box[2:] - box[:2]) / STRIDE * _SPREAD, _NARROWEST_CELLS)
    reach = np.ceil(3 * spread).astype(int)
    columns = np.arange(max(column - reach[0], 0), min(column + reach[0] + 1, width))
    rows = np.arange(max(row - reach[1], 0), min(row + reach[1] + 1, height))
    across = np.exp(-((columns - column) ** 2) / (2 * spread[0] ** 2))
    down = np.exp(-((rows - row) ** 2) / (2 * spread[1] ** 2))
    bump = (down[:, None] * across[None, :]).astype(np.float32)
    place = np.ix_(rows, columns)
    heat[place] = np.maximum(heat[place], bump)
    weight = np.where(bump >= _LEARNING, bump, 0)
    weight /= weight.sum()
    taken = weight > 0
    centre_x, centre_y = (columns + 0.5) * STRIDE, (rows + 0.5) * STRIDE
    sides = (
        centre_x[None, :] - box[0],
        centre_y[:, None] - box[1],
        box[2] - centre_x[None, :],
        box[3] - centre_y[:, None],
    )
    for plane, side in zip(edges, sides, strict=True):
        plane[place] = np.where(taken, np.broadcast_to(side, bump.shape), plane[place])
    learning[place] = np.where(taken, weight, learning[place])


def _shrunk(box: FloatArray, inner: float) -> FloatArray:
    middle, half = (box[:2] + box[2:]) / 2, (box[2:] - box[:2]) / 2 * inner
    return np.concatenate([middle - half, middle + half])


def _cells(box: FloatArray, height: int, width: int) -> tuple[slice, slice]:
    """Rows and columns of the cells that a box touches."""
    left, top = np.floor(box[:2] / STRIDE).astype(int)
    right, bottom = np.ceil(box[2:] / STRIDE).astype(int)
    return slice(max(top, 0), min(max(bottom, 0), height)), slice(max(left, 0), min(max(right, 0), width))
