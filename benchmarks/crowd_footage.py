"""Streets full of real pedestrians and without a cyclist, made in memory of films in which nobody cycles.

Teachers find the pedestrians of a film; each is cut out along the way, where the picture differs from
the empty street, and walks again at another moment, beside the own way or mirrored, as large and as fast.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator

from pipeline.sources.video import VideoReader
from tracking.arrays import FloatArray, Image, IntArray
from tracking.detectors import Detector
from tracking.tracklets import FrameStamp, TrackerSettings, build_tracker
from tracking.values import Detections, ObjectClass
from workshop.adaptation.looks import look
from workshop.adaptation.opinions import Opinion, opinion_of
from workshop.adaptation.settings import TeachingSettings
from workshop.detector.learning.samples import Label

_ASKED_S = 0.24
"""Time from one look of the teachers to the next."""
_SURE, _SURE_ON = 0.25, 0.1
"""Score from which somebody is a pedestrian, and goes on to be one."""
_LEAST_S, _LEAST_PX = 0.8, 12.0
"""Least time in view and least height of those who are cut out."""
_DIFFERENT = 10.0, 30.0
"""Grey levels from the empty street from which a pixel belongs to somebody in part, and wholly."""
_MARGIN, _SOFT = 0.1, 0.15
"""By how much more than the box is cut, and over how much of it the cut fades, shares of its sides."""
_BESIDE_PX = 40.0


@dataclass(frozen=True, slots=True)
class Film:
    """Footage without a cyclist, in memory.

    Attributes:
        name: What to call it.
        pictures: (T, H, W, 3) uint8 BGR.
        fps: Pictures per second.
    """

    name: str
    pictures: Image
    fps: float

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.pictures) / self.fps

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, pixels."""
        return self.pictures.shape[2], self.pictures.shape[1]

    @property
    def mirrored(self) -> "Film":
        """Left is right."""
        return replace(self, pictures=self.pictures[:, :, ::-1])

    def nearer(self, factor: float) -> "Film":
        """The lower middle of the pictures, so many times larger."""
        width, height = self.size
        wide, high = round(width / factor), round(height / factor)
        left = (width - wide) // 2
        part = self.pictures[:, height - high :, left : left + wide]
        return replace(self, pictures=np.stack([cv2.resize(one, self.size) for one in part]))


@dataclass(frozen=True, slots=True)
class Walker:
    """A pedestrian's way through a film.

    Attributes:
        first: Number of the first picture.
        boxes: (F, 4) xyxy pixels, picture by picture.
    """

    first: int
    boxes: FloatArray


def read_film(name: str, file: Path, seconds: float = np.inf) -> Film:
    """Read a film, or its first seconds.

    Raises:
        FootageError: It cannot be read.
    """
    pictures, times = [], []
    for picture in VideoReader(file):
        if picture.seconds is not None and picture.seconds >= seconds:
            break
        image = picture.image()
        if image is not None and picture.seconds is not None:
            pictures.append(image)
            times.append(picture.seconds)
    return Film(name, np.stack(pictures), round((len(times) - 1) / (times[-1] - times[0]), 3))


def find_walkers(film: Film, teachers: Sequence[Detector]) -> list[Walker]:
    """Pedestrians whom teachers see for long enough to cut them out."""
    settings, step = TeachingSettings.model_validate({}), max(1, round(_ASKED_S * film.fps))
    tracker = build_tracker(
        film.name, TrackerSettings(min_score=_SURE, extend_score=_SURE_ON, stationary_window_s=0), film.size
    )
    ended = []
    for number in range(0, len(film.pictures), step):
        opinion = opinion_of(look(np.ascontiguousarray(film.pictures[number]), teachers, settings))
        stamp = FrameStamp(film.name, number, number / film.fps)
        ended += tracker.update(stamp, _pedestrians(opinion)).ended
    ended += tracker.finish().ended
    found = []
    for track in ended:
        high = np.median(track.boxes[:, 3] - track.boxes[:, 1])
        if np.ptp(track.times) >= _LEAST_S and high >= _LEAST_PX:
            found.append(_every_picture(np.round(track.times * film.fps).astype(int), track.boxes))
    return found


def crowd(film: Film, walkers: Sequence[Walker], at_once: float, seconds: float, rng: Generator) -> Film:
    """The film's empty street with so many of its pedestrians at once, on the average.

    Args:
        film: Where they walk.
        walkers: Who walks, again and again; at least one.
        at_once: How many.
        seconds: How long.
        rng: Who, when and where.
    """
    count = round(seconds * film.fps)
    street = np.asarray(np.median(film.pictures[::5], axis=0), np.uint8)
    pictures = np.repeat(street[None], count, axis=0)
    cut = [_cut_out(film, street, walker) for walker in walkers]
    lengths = np.array([len(walker.boxes) for walker in walkers])
    starts = round(at_once * (count + lengths.mean()) / lengths.mean())
    visits = [
        _Visit(
            int(one), int(rng.integers(-lengths[one], count)), bool(rng.random() < 0.5), rng.uniform(-1, 1, 2)
        )
        for one in rng.integers(0, len(walkers), starts)
    ]
    for number in range(count):
        _paint(pictures[number], number, walkers, cut, visits)
    return replace(film, pictures=pictures)


@dataclass(frozen=True, slots=True)
class _Visit:
    """Somebody who walks again: who, from which picture on, mirrored or not, and where beside the own way."""

    walker: int
    start: int
    mirrored: bool
    beside: FloatArray


@dataclass(frozen=True, slots=True)
class _Piece:
    """What is pasted: (h, w, 3) colours and (h, w, 1) how far they cover, 0 to 1; place in the picture."""

    colours: FloatArray
    cover: FloatArray
    left: int
    top: int


def _pedestrians(opinion: Opinion) -> Detections:
    walking = opinion.labels == int(Label.PEDESTRIAN)
    count = int(walking.sum())
    return Detections(
        opinion.boxes[walking], opinion.scores[walking], np.full(count, int(ObjectClass.PERSON))
    )


def _every_picture(numbers: IntArray, boxes: FloatArray) -> Walker:
    every = np.arange(numbers[0], numbers[-1] + 1)
    columns = [np.interp(every, numbers, boxes[:, side].astype(np.float64)) for side in range(4)]
    return Walker(int(numbers[0]), np.stack(columns, axis=1))


def _cut_out(film: Film, street: Image, walker: Walker) -> list[_Piece]:
    pieces = []
    for number, box in enumerate(walker.boxes):
        picture = film.pictures[walker.first + number]
        reach = _MARGIN * (box[2:] - box[:2])
        left, top = np.maximum(np.floor(box[:2] - reach), 0).astype(int)
        right, bottom = np.minimum(np.ceil(box[2:] + reach), film.size).astype(int)
        part = picture[top:bottom, left:right].astype(np.float64)
        differs = np.abs(part - street[top:bottom, left:right]).max(axis=2)
        differs = np.clip((cv2.GaussianBlur(differs, (3, 3), 0) - _DIFFERENT[0]) / np.ptp(_DIFFERENT), 0, 1)
        cover = cv2.GaussianBlur(differs, (3, 3), 0) * _fading(*differs.shape)
        pieces.append(_Piece(part, cover[:, :, None], int(left), int(top)))
    return pieces


def _fading(height: int, width: int) -> FloatArray:
    """(height, width) 1 in the middle, falling to 0 at the edges."""
    sides = [np.minimum(np.arange(n) + 0.5, n - 0.5 - np.arange(n)) / (_SOFT * n) for n in (height, width)]
    return np.asarray(np.minimum(sides[0], 1.0)[:, None] * np.minimum(sides[1], 1.0)[None, :])


def _paint(
    picture: Image,
    number: int,
    walkers: Sequence[Walker],
    cut: Sequence[list[_Piece]],
    visits: Sequence[_Visit],
) -> None:
    """Paste whoever walks now, those who stand farther down over the others."""
    there = [one for one in visits if 0 <= number - one.start < len(walkers[one.walker].boxes)]
    feet = {id(one): walkers[one.walker].boxes[number - one.start, 3] + 3 * one.beside[1] for one in there}
    for one in sorted(there, key=lambda visit: feet[id(visit)]):
        piece = cut[one.walker][number - one.start]
        colours, cover, left = piece.colours, piece.cover, piece.left
        if one.mirrored:
            colours, cover = colours[:, ::-1], cover[:, ::-1]
            left = picture.shape[1] - left - colours.shape[1]
        _blend(
            picture,
            colours,
            cover,
            left + round(_BESIDE_PX * one.beside[0]),
            piece.top + round(3 * one.beside[1]),
        )


def _blend(picture: Image, colours: FloatArray, cover: FloatArray, left: int, top: int) -> None:
    """Paste what lies within the picture."""
    height, width = picture.shape[:2]
    from_x, from_y = max(0, -left), max(0, -top)
    to_x, to_y = min(colours.shape[1], width - left), min(colours.shape[0], height - top)
    if from_x >= to_x or from_y >= to_y:
        return
    under = picture[top + from_y : top + to_y, left + from_x : left + to_x]
    part = cover[from_y:to_y, from_x:to_x]
    under[:] = np.round(under * (1 - part) + colours[from_y:to_y, from_x:to_x] * part).astype(np.uint8)


def looked_at(film: Film, step_s: float) -> Iterator[tuple[int, float, Image]]:
    """Number, time and picture of each look, so many seconds apart at most."""
    for number in range(0, len(film.pictures), max(1, int(step_s * film.fps + 1e-6))):
        yield number, number / film.fps, np.ascontiguousarray(film.pictures[number])
