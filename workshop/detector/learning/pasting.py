"""People cut from one image and pasted into another, so that they are not known by their background.

Source of the idea: Dwibedi et al. 2017, "Cut, Paste and Learn", arXiv:1708.01642. There are no masks here,
so that a soft ellipse takes the place of the outline.
"""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.random import Generator

from tracking.arrays import FloatArray, Image
from workshop.detector.learning.parts import CompositionSettings, Picture, Source
from workshop.detector.learning.samples import CLASS_NAMES, LabelledImage

_MOST = 4
_TRIES = 6
_DRAWN = 4
_LOOKED_AT = 50
"""Images of a source that tell whether it shows people at all."""
_ROOM = 1.12
"""Width and height that are cut, in sides of the box: the ellipse leaves out its corners."""


def paste(
    picture: Picture, sources: Sequence[Source], settings: CompositionSettings, rng: Generator
) -> Picture:
    """Paste up to four people where nobody is yet.

    Args:
        picture: Stays as it is.
        sources: Images with people.
        settings: How high people are pasted, and how far they may be enlarged.
        rng: Decides.
    """
    peopled = [source for source in sources if any(map(_people, source.images[:_LOOKED_AT]))]
    if not peopled:
        return picture
    image, boxes, labels = picture.image.copy(), list(picture.boxes), list(picture.labels)
    for _ in range(int(rng.integers(1, _MOST + 1))):
        source = peopled[int(rng.integers(len(peopled)))]
        drawn = [source.images[int(number)] for number in rng.integers(len(source.images), size=_DRAWN)]
        chosen = next((image for image in drawn if _people(image)), drawn[0])
        people = _people(chosen)
        if not people:
            continue
        index = people[int(rng.integers(len(people)))]
        place = _find_place(chosen.boxes[index], boxes, image, settings, rng)
        if place is not None:
            _blend(image, chosen.image, chosen.boxes[index], place, flip=bool(rng.random() < 0.5))
            boxes.append(place)
            labels.append(chosen.labels[index])
    return replace(
        picture,
        image=image,
        boxes=np.asarray(boxes, np.float32).reshape(-1, 4),
        labels=np.asarray(labels, np.int64),
    )


def _people(image: LabelledImage) -> list[int]:
    return [int(index) for index in np.flatnonzero(image.labels < len(CLASS_NAMES))]


def _find_place(
    box: FloatArray, taken: Sequence[FloatArray], image: Image, settings: CompositionSettings, rng: Generator
) -> FloatArray | None:
    """A box for the pasted person that touches no other, or None where there was no room."""
    high = float(np.exp(rng.uniform(*np.log(settings.pasted_px))))
    high = min(high, settings.enlarged * float(box[3] - box[1]))
    wide = high * float(box[2] - box[0]) / max(float(box[3] - box[1]), 1.0)
    rows, columns = image.shape[:2]
    if high < settings.min_height_px or high * _ROOM >= rows or wide * _ROOM >= columns or wide < 4:
        return None
    for _ in range(_TRIES):
        left = float(rng.uniform(0, columns - wide * _ROOM)) + wide * (_ROOM - 1) / 2
        top = float(rng.uniform(0, rows - high * _ROOM)) + high * (_ROOM - 1) / 2
        place = np.array([left, top, left + wide, top + high], np.float32)
        if all((np.minimum(place[2:], b[2:]) <= np.maximum(place[:2], b[:2])).any() for b in taken):
            return place
    return None


def _blend(image: Image, source: Image, box: FloatArray, place: FloatArray, *, flip: bool) -> None:
    """Copy the surroundings of a box into a place of another size, soft at the edge; in place."""
    middle, half = (box[:2] + box[2:]) / 2, (box[2:] - box[:2]) / 2 * _ROOM
    left, top = np.maximum(np.floor(middle - half), 0).astype(int)
    right, bottom = np.ceil(middle + half).astype(int)
    part = source[top:bottom, left:right]
    scale = (place[2:] - place[:2]) / np.maximum(box[2:] - box[:2], 1.0)
    size = np.maximum(np.rint(np.array(part.shape[1::-1]) * scale), 2).astype(int)
    shrinks = scale.max() < 1
    part = cv2.resize(
        part, (int(size[0]), int(size[1])), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    )
    at = np.rint(place[:2] - (box[:2] - (left, top)) * scale).astype(int)
    at = np.clip(at, 0, np.array(image.shape[1::-1]) - 2)
    room = np.minimum(size, np.array(image.shape[1::-1]) - at)
    part = (part[:, ::-1] if flip else part)[: room[1], : room[0]]
    alpha = _ellipse(int(size[0]), int(size[1]))[: room[1], : room[0], None]
    window = image[at[1] : at[1] + room[1], at[0] : at[0] + room[0]]
    window[:] = (alpha * part + (1 - alpha) * window).astype(np.uint8)


def _ellipse(width: int, height: int) -> FloatArray:
    """(H, W) from 1 inside to 0 at the border, round as a superellipse that keeps heads and wheels."""
    x, y = np.linspace(-1, 1, width), np.linspace(-1, 1, height)
    distance = np.abs(x)[None, :] ** 4 + np.abs(y)[:, None] ** 4
    return np.asarray(np.clip((1.15 - distance) / 0.35, 0, 1), np.float32)
