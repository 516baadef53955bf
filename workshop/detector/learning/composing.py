"""Training pictures put together from parts of labelled images, near and far, alone or several."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.random import Generator

from tracking.arrays import FloatArray, Image, IntArray
from tracking.detectors.letterbox import PADDING_GREY
from workshop.detector.learning.network import STRIDE
from workshop.detector.learning.parts import CompositionSettings, Picture, Source
from workshop.detector.learning.pasting import paste
from workshop.detector.learning.samples import CLASS_NAMES, Label, LabelledImage

_STRETCH = 0.15
"""Log-spread of width over height."""


def compose(
    sources: Sequence[Source], fillers: Sequence[Image], settings: CompositionSettings, rng: Generator
) -> Picture:
    """Put one picture together.

    Args:
        sources: Where its parts come from.
        fillers: Empty streets that show where a part is smaller than its place.
        settings: How.
        rng: Decides.
    """
    height, width = settings.size
    weights = np.array([source.weight for source in sources])
    image = _ground(fillers, settings, rng)
    background = np.ones((len(CLASS_NAMES), height // STRIDE, width // STRIDE), np.float32)
    boxes: list[FloatArray] = [np.zeros((0, 4), np.float32)]
    labels: list[IntArray] = [np.zeros(0, np.int64)]
    for left, top, right, bottom in _places(settings, rng):
        source = sources[int(rng.choice(len(sources), p=weights / weights.sum()))]
        chosen = source.images[int(rng.integers(len(source.images)))]
        window = np.ascontiguousarray(image[top:bottom, left:right])
        image[top:bottom, left:right], found, kinds = _cut_out(chosen, window, settings, rng)
        cells = slice(top // STRIDE, bottom // STRIDE), slice(left // STRIDE, right // STRIDE)
        background[(slice(None), *cells)] = chosen.background[:, None, None]
        boxes.append(found + np.array([left, top] * 2, np.float32))
        labels.append(kinds)
    picture = Picture(image, np.concatenate(boxes), np.concatenate(labels), background)
    return paste(picture, sources, settings, rng) if rng.random() < settings.pasted else picture


def _places(settings: CompositionSettings, rng: Generator) -> list[tuple[int, int, int, int]]:
    """Left, top, right and bottom of one, two or four parts; on cells, so that targets fit."""
    height, width = settings.size
    kind = rng.random()
    x = int(rng.uniform(0.35, 0.65) * width) // STRIDE * STRIDE
    y = int(rng.uniform(0.35, 0.65) * height) // STRIDE * STRIDE
    if kind < settings.quarters:
        return [(0, 0, x, y), (x, 0, width, y), (0, y, x, height), (x, y, width, height)]
    if kind < settings.quarters + settings.halves:
        return [(0, 0, x, height), (x, 0, width, height)]
    return [(0, 0, width, height)]


def _ground(fillers: Sequence[Image], settings: CompositionSettings, rng: Generator) -> Image:
    """What shows around small parts: an empty street, or the grey that detectors pad with."""
    height, width = settings.size
    if not fillers or rng.random() >= settings.filled:
        return np.full((height, width, 3), PADDING_GREY, np.uint8)
    street = fillers[int(rng.integers(len(fillers)))]
    rows, columns = street.shape[:2]
    share = float(rng.uniform(0.3, 1.0))
    top, left = int(rng.uniform(0, 1 - share) * rows), int(rng.uniform(0, 1 - share) * columns)
    part = street[top : top + max(int(rows * share), 8), left : left + max(int(columns * share), 8)]
    return np.asarray(cv2.resize(part, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def _cut_out(
    source: LabelledImage, ground: Image, settings: CompositionSettings, rng: Generator
) -> tuple[Image, FloatArray, IntArray]:
    """A part of an image at any scale, usually with a labelled object in it, on the given ground."""
    height, width = size = (ground.shape[0], ground.shape[1])
    scale, focus = _aim(source, size, settings, rng)
    stretch = float(np.exp(rng.normal(0, _STRETCH / 2)))
    across, down = scale * stretch, scale / stretch
    wide, high = width / across, height / down
    left, top = focus[0] - rng.uniform(0.1, 0.9) * wide, focus[1] - rng.uniform(0.1, 0.9) * high
    rows, columns = source.image.shape[:2]
    # Little is learned from grey margins: keep the part inside where the image is large enough.
    left = float(np.clip(left, 0, columns - wide)) if wide <= columns else rng.uniform(columns - wide, 0)
    top = float(np.clip(top, 0, rows - high)) if high <= rows else rng.uniform(rows - high, 0)
    image = _resample(source.image, (left, top, left + wide, top + high), ground)
    moved = (source.boxes - np.array([left, top] * 2)) * np.array([across, down] * 2)
    boxes, labels = _clip(moved.astype(np.float32), source.labels, size, settings)
    if rng.random() < 0.5:
        image = image[:, ::-1]
        boxes = np.stack([width - boxes[:, 2], boxes[:, 1], width - boxes[:, 0], boxes[:, 3]], axis=1)
    return image, boxes, labels


def _aim(
    source: LabelledImage, size: tuple[int, int], settings: CompositionSettings, rng: Generator
) -> tuple[float, FloatArray]:
    """Scale, and the place of the image that the part shows."""
    rows, columns = source.image.shape[:2]
    order = (Label.CYCLIST, Label.PEDESTRIAN, Label.STANDING, Label.OTHER)
    objects = next((found for k in order if len(found := np.flatnonzero(source.labels == k))), None)
    if objects is None or rng.random() >= settings.aimed:
        fitting = max(size[0] / rows, size[1] / columns)
        scale = fitting * float(np.exp(rng.uniform(np.log(0.6), np.log(3.0))))
        return scale, rng.uniform(0, 1, 2) * (columns, rows)
    box = source.boxes[int(rng.choice(objects))]
    low, high = np.log(settings.heights_px)
    wanted = float(np.exp(rng.uniform(low, high)))
    scale = min(wanted / max(float(box[3] - box[1]), 1.0), settings.enlarged)
    # A part that shows far more than the image would be mostly grey.
    scale = max(scale, 0.5 * min(size[0] / rows, size[1] / columns))
    return scale, (box[:2] + box[2:]) / 2


def _resample(image: Image, window: tuple[float, float, float, float], ground: Image) -> Image:
    """A window of an image, as large as the ground, which shows beyond the image."""
    left, top, right, bottom = window
    size = ground.shape[:2]
    rows, columns = image.shape[:2]
    inside = (
        max(int(left), 0),
        max(int(top), 0),
        min(int(np.ceil(right)), columns),
        min(int(np.ceil(bottom)), rows),
    )
    across, down = size[1] / (right - left), size[0] / (bottom - top)
    part = image[inside[1] : inside[3], inside[0] : inside[2]]
    if max(across, down) < 0.7:
        # Without the mean over areas small objects would be made of single pixels.
        smaller = max(1, round(part.shape[1] * across)), max(1, round(part.shape[0] * down))
        exact = smaller[0] / part.shape[1], smaller[1] / part.shape[0]
        part = cv2.resize(part, smaller, interpolation=cv2.INTER_AREA)
    else:
        exact = 1.0, 1.0
    matrix = np.array(
        [
            [across / exact[0], 0, (inside[0] - left) * across],
            [0, down / exact[1], (inside[1] - top) * down],
        ]
    )
    cv2.warpAffine(
        part, matrix, size[::-1], ground, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT
    )
    return ground


def _clip(
    boxes: FloatArray, labels: IntArray, size: tuple[int, int], settings: CompositionSettings
) -> tuple[FloatArray, IntArray]:
    """Cut boxes off at the border; what is mostly outside or tiny becomes neither right nor wrong."""
    clipped = np.clip(boxes, 0, np.array([size[1], size[0]] * 2, np.float32))
    area = np.prod(np.maximum(boxes[:, 2:] - boxes[:, :2], 1e-3), axis=1)
    inside = np.prod(np.maximum(clipped[:, 2:] - clipped[:, :2], 0), axis=1) / area
    tiny = clipped[:, 3] - clipped[:, 1] < settings.min_height_px
    doubtful = (labels < len(CLASS_NAMES)) & (tiny | (inside < settings.min_inside))
    shown = inside > 0
    return clipped[shown], np.where(doubtful, int(Label.IGNORED), labels)[shown]
