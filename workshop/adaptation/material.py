"""What an adaptation learns from beside the footage: simulated frames, and folders that people labelled."""

from collections.abc import Sequence
from pathlib import Path

from pipeline.registry import resolve_weights
from workshop.adaptation.description import AdaptationDescription
from workshop.adaptation.filling import glimpses_of
from workshop.adaptation.footage import pairs
from workshop.adaptation.looks import open_teachers
from workshop.adaptation.memory import TeachersMemory
from workshop.adaptation.opinions import Opinion, opinion_of
from workshop.adaptation.plan import AdaptationPlan
from workshop.adaptation.settings import TeachingSettings
from workshop.detector.description import DetectorDescription, load_description
from workshop.detector.learning.samples import LabelledImage
from workshop.detector.train import Report, Stage

_HELD_BACK_WORLDS = 1
"""Held-back worlds of each scenario on which is measured whether anything was forgotten."""


def memory_of(plan: AdaptationPlan, settings: TeachingSettings) -> TeachersMemory:
    """The teachers, and what they saw before.

    Raises:
        WeightsError: A file is missing.
    """
    files = [resolve_weights(name, "detector") for name in plan.teachers]
    teachers = open_teachers([str(file) for file in files], settings, plan.threads)
    return TeachersMemory(plan.output, teachers, files, settings)


def base_of(description: AdaptationDescription, data: Path | None) -> DetectorDescription:
    """The shipped detector's description with few simulated frames; without data no real streets."""
    shipped = load_description()
    changes: dict[str, object] = {"seeds": shipped.simulated.seeds[: description.worlds]}
    painted = shipped.simulated.model_copy(update=changes | ({} if data else {"real_share": 0.0}))
    seeds = shipped.held_back.seeds[:_HELD_BACK_WORLDS]
    held_back = shipped.held_back.model_copy(update={"seeds": seeds})
    labelled = shipped.real if description.labelled is None else description.labelled
    real = labelled if data else ()
    with_data = {} if data else {"streets": None, "measured": ()}
    pictures = {
        name: chosen
        for name in ("composition", "augmentation")
        if (chosen := getattr(description, name)) is not None
    }
    training = shipped.training.model_copy(update=pictures)
    update: dict[str, object] = {
        "simulated": painted, "held_back": held_back, "real": real, "training": training, **with_data
    }  # fmt: skip
    return shipped.model_copy(update=update)


def ask(
    images: Sequence[LabelledImage],
    folder: str,
    description: AdaptationDescription,
    memory: TeachersMemory,
    on_progress: Report,
) -> tuple[list[int], list[LabelledImage], list[Opinion]]:
    """Let the teachers look at some images of a labelled folder.

    Returns:
        Places of those that they looked at, these images, and what the teachers think of each.
    """
    asked = pairs(len(images), description.asked_most / len(images))
    looked_at = [images[place] for place in asked]
    opinions: list[Opinion] = []
    for glimpse in glimpses_of(looked_at):
        opinions.append(opinion_of(memory.of(glimpse)))
        on_progress(Stage("asking", len(opinions), len(asked), folder))
    memory.keep()
    return asked, looked_at, opinions
