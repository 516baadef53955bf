"""Which opinions become labels: what is sure, what is in doubt, and what a neighbouring frame confirms."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tracking.arrays import BoolArray
from workshop.adaptation.footage import Glimpse, neighbours
from workshop.adaptation.movement import alike, steps, ways_between
from workshop.adaptation.opinions import Opinion
from workshop.adaptation.settings import TeachingSettings
from workshop.detector.learning.samples import CLASS_NAMES, Label, LabelledImage

_SLACK = 0.5
"""Play of a box between two frames, in own heights."""


def labelled(
    glimpses: Sequence[Glimpse], opinions: Sequence[Opinion], settings: TeachingSettings
) -> list[LabelledImage]:
    """Make labels of what the teachers think of the frames of one source, in order of time.

    Args:
        glimpses: The frames.
        opinions: Of each.
        settings: What is believed.
    """
    near: list[list[tuple[float, Opinion]]] = [[] for _ in glimpses]
    riding = [np.zeros(len(opinion), bool) for opinion in opinions]
    moments = [glimpse.seconds for glimpse in glimpses]
    for first, second, seconds in neighbours(moments, settings.confirming_s):
        near[first].append((seconds, opinions[second]))
        near[second].append((seconds, opinions[first]))
        ridden = _riding(opinions[first], opinions[second], seconds, settings)
        riding[first] |= ridden[0]
        riding[second] |= ridden[1]
    return [_labelled(*told, settings) for told in zip(glimpses, opinions, near, riding, strict=True)]


def _riding(
    first: Opinion, second: Opinion, seconds: float, settings: TeachingSettings
) -> tuple[BoolArray, BoolArray]:
    """Who in two frames moves faster than walkers of the same height, and sits on something in either."""
    ridden = np.zeros(len(first), bool), np.zeros(len(second), bool)
    for step in steps(first, second, seconds, settings.fastest):
        sure = max(
            float(one.scores[row]) if one.wheels[row] else 0.0
            for one, row in ((first, step.first), (second, step.second))
        )
        if step.pace >= settings.pace and sure >= settings.accepted_riding:
            ridden[0][step.first], ridden[1][step.second] = True, True
    return ridden


def without_cyclists(images: Sequence[LabelledImage]) -> list[LabelledImage]:
    """The same frames where it is known that nobody cycles in any of them.

    Whoever seemed to, and whoever is in doubt, is no cyclist; whether a pedestrian, nobody knows.
    """
    known = []
    for image in images:
        unsure = np.isin(image.labels, (Label.CYCLIST, Label.IGNORED))
        labels = np.where(unsure, int(Label.NOT_CYCLING), image.labels)
        background = image.background.copy()
        background[Label.CYCLIST] = 1.0
        known.append(replace(image, labels=labels, background=background))
    return known


def _labelled(
    glimpse: Glimpse,
    opinion: Opinion,
    near: Sequence[tuple[float, Opinion]],
    riding: BoolArray,
    settings: TeachingSettings,
) -> LabelledImage:
    limit = settings.accepted if near else settings.accepted_alone
    confirmed = np.full(len(opinion), not near)
    for seconds, other in near:
        confirmed |= _seen_again(opinion, other, seconds, settings)
    cycling = riding & (opinion.scores >= settings.accepted_riding) & (opinion.labels != Label.OTHER)
    told = (opinion.scores >= limit) & confirmed
    # Teachers see wheels in every bag that a small walker carries.
    told &= (opinion.labels != Label.CYCLIST) | (opinion.wheels >= settings.clear_wheels)
    kept = told | cycling | (opinion.scores >= settings.doubted)
    labels = np.where(told, opinion.labels, int(Label.IGNORED))
    labels = np.where(cycling, int(Label.CYCLIST), labels)[kept]
    background = np.full(len(CLASS_NAMES), settings.complete, np.float32)
    return LabelledImage(glimpse.name, glimpse.image, opinion.boxes[kept], labels, background)


def _seen_again(opinion: Opinion, other: Opinion, seconds: float, settings: TeachingSettings) -> BoolArray:
    """(N,) whether a neighbouring frame shows something alike that can have come so far in the time."""
    if not len(opinion) or not len(other):
        return np.zeros(len(opinion), bool)
    speed = np.where(opinion.labels == Label.PEDESTRIAN, settings.walking, settings.riding)
    near = ways_between(opinion.boxes, other.boxes) <= _SLACK + speed[:, None] * seconds
    # Whose bicycle the other frame hides seems a walker there, or nothing; no rider proves a walker.
    walks = opinion.labels[:, None] == Label.PEDESTRIAN
    same = (opinion.labels[:, None] == other.labels) | (~walks & (other.labels != Label.OTHER))
    enough = other.scores >= settings.doubted
    return np.asarray((near & alike(opinion.boxes, other.boxes) & same & enough[None]).any(axis=1))
