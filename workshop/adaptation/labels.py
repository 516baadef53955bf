"""Which opinions become labels: what is sure, what is in doubt, and what a neighbouring frame confirms."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tracking.arrays import BoolArray
from workshop.adaptation.footage import Glimpse
from workshop.adaptation.opinions import Opinion
from workshop.adaptation.settings import TeachingSettings
from workshop.detector.learning.samples import CLASS_NAMES, Label, LabelledImage

_SLACK = 0.5
"""Play of a box between two frames, in own heights."""
_GROWTH = 1.5
"""Heights of one person in neighbouring frames differ by less than this factor."""


def labelled(
    glimpses: Sequence[Glimpse], opinions: Sequence[Opinion], settings: TeachingSettings
) -> list[LabelledImage]:
    """Make labels of what the teachers think of the frames of one source, in order of time.

    Args:
        glimpses: The frames.
        opinions: Of each.
        settings: What is believed.
    """
    images = []
    for number, (glimpse, opinion) in enumerate(zip(glimpses, opinions, strict=True)):
        neighbours = [
            (abs(other.seconds - glimpse.seconds), opinions[place])
            for place in (number - 1, number + 1)
            if 0 <= place < len(glimpses)
            and (other := glimpses[place]).seconds is not None
            and glimpse.seconds is not None
            and abs(other.seconds - glimpse.seconds) <= settings.confirming_s
        ]
        images.append(_labelled(glimpse, opinion, neighbours, settings))
    return images


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
    neighbours: Sequence[tuple[float, Opinion]],
    settings: TeachingSettings,
) -> LabelledImage:
    limit = settings.accepted if neighbours else settings.accepted_alone
    confirmed = np.full(len(opinion), not neighbours)
    for seconds, other in neighbours:
        confirmed |= _seen_again(opinion, other, seconds, settings)
    sure = (opinion.scores >= limit) & confirmed
    kept = sure | (opinion.scores >= settings.doubted)
    labels = np.where(sure, opinion.labels, int(Label.IGNORED))[kept]
    background = np.full(len(CLASS_NAMES), settings.complete, np.float32)
    return LabelledImage(glimpse.name, glimpse.image, opinion.boxes[kept], labels, background)


def _seen_again(opinion: Opinion, other: Opinion, seconds: float, settings: TeachingSettings) -> BoolArray:
    """(N,) whether a neighbouring frame shows something alike that can have come so far in the time."""
    if not len(opinion) or not len(other):
        return np.zeros(len(opinion), bool)
    heights, others = (np.maximum(one.boxes[:, 3] - one.boxes[:, 1], 1.0) for one in (opinion, other))
    middles, elsewhere = ((one.boxes[:, :2] + one.boxes[:, 2:]) / 2 for one in (opinion, other))
    moved = np.linalg.norm(middles[:, None] - elsewhere[None], axis=2) / heights[:, None]
    speed = np.where(opinion.labels == Label.PEDESTRIAN, settings.walking, settings.riding)
    near = moved <= _SLACK + speed[:, None] * seconds
    alike = np.maximum(heights[:, None], others) <= _GROWTH * np.minimum(heights[:, None], others)
    # Whose bicycle the other frame hides seems a walker there, or nothing; no rider proves a walker.
    walks = opinion.labels[:, None] == Label.PEDESTRIAN
    same = (opinion.labels[:, None] == other.labels) | (~walks & (other.labels != Label.OTHER))
    enough = other.scores >= settings.doubted
    return np.asarray((near & alike & same & enough[None]).any(axis=1))
