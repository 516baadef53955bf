"""Frames of footage without labels: pictures of folders, and pairs of neighbouring frames of videos."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np

from pipeline.setup.times import pattern_of
from pipeline.sources import TimePattern
from pipeline.sources.files import SourceFiles, find_sources
from pipeline.sources.images import read_image
from pipeline.sources.video import VideoReader, open_video
from tracking.arrays import Image
from workshop.adaptation.settings import TeachingSettings

LONGEST_PX = 640
"""Larger frames are shrunk to this: the detector sees no more of them."""
_GOLDEN = 0.6180339887498949
"""Steps of this share fill a row evenly, however many are taken."""


@dataclass(frozen=True, slots=True)
class Glimpse:
    """One frame of unlabelled footage.

    Attributes:
        name: Of its source, and its number or file within it.
        seconds: When, on the clock of its source; None where nothing tells.
        image: (H, W, 3) uint8 BGR, as the teachers see it.
    """

    name: str
    seconds: float | None
    image: Image


def find_footage(
    footage: Sequence[Path],
    left_out: Sequence[str] = (),
    most_pictures: int | None = None,
    within_s: float | None = None,
) -> list[SourceFiles]:
    """Videos and folders of pictures.

    Args:
        footage: Files or folders; a folder with ``images/`` stands for that.
        left_out: Beginnings of names of pictures and videos that are not looked at.
        most_pictures: At most so many pictures of all folders together; all where None.
        within_s: Farther apart two pictures confirm nothing: where names tell when, others come first.

    Raises:
        UsageError: There is none.
    """
    places = [place / "images" if (place / "images").is_dir() else place for place in footage]
    beginnings = tuple(left_out) or ("\0",)
    found = []
    for source in find_sources([str(place) for place in places], "--footage"):
        kept = tuple(image for image in source.images if not image.name.startswith(beginnings))
        if kept or (not source.images and not source.path.name.startswith(beginnings)):
            found.append(SourceFiles(source.name, source.path, kept))
    pictures = sum(len(source.images) for source in found)
    share = min(1.0, (most_pictures or pictures) / max(pictures, 1))
    return [
        replace(source, images=tuple(source.images[place] for place in _chosen(source, share, within_s)))
        for source in found
    ]


def _chosen(source: SourceFiles, share: float, within_s: float | None) -> list[int]:
    """Places of a share of the pictures of a folder, if possible of neighbours that confirm each other."""
    if within_s is not None and share < 1:
        moments = seconds_of([image.stem for image in source.images])
        firsts = [first for first, _, _ in neighbours(moments, within_s)]
        wanted = round(share * len(source.images))
        if 2 * len(firsts) >= wanted:
            return _spread(firsts, wanted)
    return pairs(len(source.images), share)


def _spread(firsts: Sequence[int], wanted: int) -> list[int]:
    """So many places, as pairs that begin at some of the given ones, spread evenly over them."""
    taken: set[int] = set()
    for number in range(len(firsts)):
        first = firsts[int(len(firsts) * ((number * _GOLDEN) % 1))]
        taken |= {first, first + 1}
        if len(taken) >= wanted:
            break
    return sorted(taken)


def pairs(pictures: int, share: float) -> list[int]:
    """Places of a share of so many pictures, as pairs of neighbours spread evenly; at least one pair."""
    if share >= 1:
        return list(range(pictures))
    firsts = np.linspace(0, max(pictures - 2, 0), max(round(share * pictures / 2), 1)).round()
    chosen = np.unique(np.concatenate([firsts, firsts + 1]).astype(int))
    return [int(place) for place in chosen if place < pictures]


def neighbours(moments: Sequence[float | None], within_s: float) -> Iterator[tuple[int, int, float]]:
    """Places of neighbouring frames and the seconds between them, of those that are near enough in time."""
    for place, (one, other) in enumerate(pairwise(moments)):
        if one is not None and other is not None and 0 < other - one <= within_s:
            yield place, place + 1, other - one


def glimpses(source: SourceFiles, step_s: float, settings: TeachingSettings) -> Iterator[Glimpse]:
    """Frames of one source in order of time.

    Args:
        source: A video, or pictures, all of which are taken.
        step_s: Seconds from one pair of frames of a video to the next.
        settings: Distance of the two frames of a pair.
    """
    yield from _of_folder(source) if source.images else _of_video(source, step_s, settings.gap_s)


def step_for(sources: Sequence[SourceFiles], settings: TeachingSettings) -> float:
    """Seconds between two pairs of frames, so that all videos together give no more than wanted."""
    seconds = sum(_duration(source.path) for source in sources if not source.images)
    return max(2 * settings.gap_s, 2 * seconds / settings.most_frames)


def _duration(path: Path) -> float:
    container, _ = open_video(path)
    with container:
        return (container.duration or 0) / av.time_base


def _of_folder(source: SourceFiles) -> Iterator[Glimpse]:
    moments = seconds_of([image.stem for image in source.images])
    for path, seconds in zip(source.images, moments, strict=True):
        image = read_image(path)
        if image is not None:
            yield Glimpse(f"{source.name}/{path.stem}", seconds, shown(image))


def seconds_of(stems: Sequence[str]) -> list[float | None]:
    """When pictures were taken, on one clock, as their names tell; None where they do not."""
    pattern = pattern_of(stems)
    if pattern is None:
        return [None] * len(stems)
    moments = [TimePattern(pattern).read(stem) for stem in stems]
    return [None if moment is None else moment.timestamp() for moment in moments]


def _of_video(source: SourceFiles, step_s: float, gap_s: float) -> Iterator[Glimpse]:
    due, first_of_pair = 0.0, True
    for picture in VideoReader(source.path):
        if picture.seconds is None or picture.seconds < due:
            continue
        image = picture.image()
        if image is None:
            continue
        yield Glimpse(f"{source.path.stem}/{picture.index:06d}", picture.seconds, shown(image))
        due = picture.seconds + (gap_s if first_of_pair else max(step_s - gap_s, gap_s)) - 1e-3
        first_of_pair = not first_of_pair


def shown(image: Image) -> Image:
    """The frame as teachers and detector see it: no longer than `LONGEST_PX`."""
    share = LONGEST_PX / max(image.shape[:2])
    if share >= 1:
        return image
    size = max(1, round(image.shape[1] * share)), max(1, round(image.shape[0] * share))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
