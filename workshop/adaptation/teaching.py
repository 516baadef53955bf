"""Footage through the eyes of teachers: frames with what they are sure of."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.sources.files import SourceFiles
from tracking.detectors import Detector
from workshop.adaptation.footage import Glimpse, find_footage, glimpses, step_for
from workshop.adaptation.labels import labelled, without_cyclists
from workshop.adaptation.memory import TeachersMemory
from workshop.adaptation.opinions import opinion_of
from workshop.adaptation.settings import TeachingSettings
from workshop.adaptation.standing import without_furniture
from workshop.detector.learning.samples import Label, LabelledImage
from workshop.detector.train import Report, Stage


@dataclass(frozen=True, slots=True)
class Taught:
    """What the teachers made of the footage.

    Attributes:
        frames: Frames that were looked at.
        cyclists: Boxes that are taught as cyclists.
        pedestrians: As pedestrians.
        others: As neither.
        doubted: Boxes that are neither right nor wrong.
    """

    frames: int
    cyclists: int
    pedestrians: int
    others: int
    doubted: int


def teach(
    footage: Sequence[Path],
    no_cyclists: Sequence[Path],
    left_out: Sequence[str],
    settings: TeachingSettings,
    memory: TeachersMemory,
    on_progress: Report = lambda _: None,
    learner: Detector | None = None,
) -> list[LabelledImage]:
    """Frames of the footage with what the teachers are sure of, and what they doubt.

    Args:
        footage: Videos, folders of videos or of pictures.
        no_cyclists: The same in which, as is known, nobody cycles.
        left_out: Beginnings of names of pictures and videos that are not looked at.
        settings: How many frames, and what is believed.
        memory: The teachers.
        on_progress: Told what is done.
        learner: Who is to learn; what it answers at one place of a camera all the time is taught as nobody.

    Raises:
        UsageError: There is no footage where some is named.
        FootageError: A video cannot be opened.
    """
    images: list[LabelledImage] = []
    for places, known in ((footage, False), (no_cyclists, True)):
        sources = (
            find_footage(places, left_out, settings.most_frames, settings.confirming_s) if places else []
        )
        step_s = step_for(sources, settings)
        for source in sources:
            seen = _taught(source, step_s, memory, settings, on_progress, learner)
            images += without_cyclists(seen) if known else seen
            memory.keep()
    return images


def _taught(
    source: SourceFiles,
    step_s: float,
    memory: TeachersMemory,
    settings: TeachingSettings,
    on_progress: Report,
    learner: Detector | None,
) -> list[LabelledImage]:
    seen: list[Glimpse] = []
    opinions = []
    for glimpse in glimpses(source, step_s, settings):
        seen.append(glimpse)
        opinions.append(opinion_of(memory.of(glimpse)))
        on_progress(Stage("looking", len(seen), max(len(seen), len(source.images)), source.name))
    images = labelled(seen, opinions, settings)
    if learner is None:
        return images
    return settled(images, learner, [one.seconds for one in seen], settings, by_people=False)


def settled(
    images: Sequence[LabelledImage],
    learner: Detector,
    moments: Sequence[float | None],
    settings: TeachingSettings,
    *,
    by_people: bool,
) -> list[LabelledImage]:
    """The same frames of one fixed camera, in which what stands there is nobody.

    Args:
        images: With what is known of them.
        learner: Who is to learn.
        moments: When each was taken, seconds on one clock; None where nothing tells.
        settings: What stands.
        by_people: Whether people labelled these frames, or teachers.
    """
    answers = [np.asarray(learner.detect([image.image])[0].xyxy, np.float32) for image in images]
    return without_furniture(images, answers, moments, settings.standing, by_people=by_people)


def count(images: Sequence[LabelledImage]) -> Taught:
    """How much there is to learn from."""
    labels = np.concatenate([np.zeros(0, np.int64), *(image.labels for image in images)])
    neither, doubt = (Label.OTHER, Label.STANDING), (Label.IGNORED, Label.NOT_CYCLING)
    kinds = ((Label.CYCLIST,), (Label.PEDESTRIAN,), neither, doubt)
    return Taught(len(images), *(int(np.isin(labels, kind).sum()) for kind in kinds))
