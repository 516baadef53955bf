"""What an adaptation can do before the detector that learns on is there: paint, and let the teachers look."""

from pathlib import Path

from workshop.adaptation.description import AdaptationDescription
from workshop.adaptation.material import ask, base_of, memory_of
from workshop.adaptation.plan import AdaptationPlan
from workshop.adaptation.teaching import Taught, count, teach
from workshop.detector.learning.datasets import read_folder
from workshop.detector.train import Report, empty_streets, paint, paint_held_back


def look_ahead(
    plan: AdaptationPlan, description: AdaptationDescription, on_progress: Report = lambda _: None
) -> Taught:
    """Paint, and let the teachers look; `adapt` to the same finds all of it in `plan.output`.

    Args:
        plan: Footage and teachers; its start need not be there yet.
        description: What is believed.
        on_progress: Told what is done.

    Returns:
        What the footage would teach, before the learner's own answers are taken off.

    Raises:
        UsageError: There is no footage, or a labelled folder is missing.
        WeightsError: A teacher is missing.
        FootageError: A video cannot be opened.
    """
    data = plan.data or Path()
    base, memory = base_of(description, plan.data), memory_of(plan, description.teaching)
    paint(base, empty_streets(base, data), plan.output, on_progress)
    paint_held_back(base, plan.output, on_progress)
    seen = teach(plan.footage, plan.no_cyclists, plan.left_out, description.teaching, memory, on_progress)
    for folder in base.real:
        if folder.folder in description.asked:
            ask(read_folder(folder, data), folder.folder, description, memory, on_progress)
    return count(seen)
