"""A detector that learns on from footage that nobody labelled, and forgets nothing on the way."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.registry import resolve_weights
from tracking.arrays import Image
from tracking.detectors import Detector
from tracking.errors import UsageError
from tracking.files import sha256_of
from workshop.adaptation.description import AdaptationDescription
from workshop.adaptation.filling import filled, glimpses_of
from workshop.adaptation.material import ask, base_of, memory_of
from workshop.adaptation.memory import TeachersMemory
from workshop.adaptation.plan import AdaptationPlan
from workshop.adaptation.recorder import some_recorded
from workshop.adaptation.scale import at_the_size_of
from workshop.adaptation.teaching import Taught, count, settled, teach
from workshop.detector.description import DetectorDescription
from workshop.detector.learning.batches import Batches
from workshop.detector.learning.continuing import continued, mixed_with
from workshop.detector.learning.datasets import read_folder
from workshop.detector.learning.export import export_detector
from workshop.detector.learning.parts import Source, told_apart
from workshop.detector.learning.samples import LabelledImage
from workshop.detector.learning.trainer import Trainer
from workshop.detector.measure import Quality, open_detector
from workshop.detector.train import FILE, Report, Stage, empty_streets, measure_detector, paint


@dataclass(frozen=True, slots=True)
class Adapted:
    """What came out.

    Attributes:
        path: The .onnx file.
        start: The file that it learned on from.
        taught: What the footage taught.
        before: AP50 of the detector it started from, on simulated frames and labelled images held back.
        after: Its own, on the same.
        input_size: Height and width of its usual input.
        score_threshold: Boxes below this score were left out when it was measured.
    """

    path: Path
    start: Path
    taught: Taught
    before: dict[str, Quality]
    after: dict[str, Quality]
    input_size: tuple[int, int]
    score_threshold: float


@dataclass(frozen=True, slots=True)
class _Eyes:
    """Who looks at the pictures: the teachers, each once, and the detector that is to learn."""

    memory: TeachersMemory
    learner: Detector


def adapt(
    plan: AdaptationPlan, description: AdaptationDescription, on_progress: Report = lambda _: None
) -> Adapted:
    """Let teachers label footage, learn on from it, and measure; interrupted, the same call goes on.

    Args:
        plan: Footage, teachers, start.
        description: What is believed, and how long is learned.
        on_progress: Told what is done.

    Raises:
        UsageError: There is no footage or no teacher, nobody is seen in it, or `output` belongs to another
            adaptation.
        WeightsError: A file is missing, or the start is no detector that was trained here.
        FootageError: A video cannot be opened.
        TrainingError: The training diverged.
    """
    path, taught = learn_on(plan, description, on_progress)
    start, base = resolve_weights(plan.start, "detector"), base_of(description, plan.data)
    before, after = (
        measure_detector(file, base, plan.data or Path(), plan.output, on_progress) for file in (start, path)
    )
    return Adapted(path, start, taught, before, after, base.input_size, base.score_threshold)


def learn_on(
    plan: AdaptationPlan, description: AdaptationDescription, on_progress: Report = lambda _: None
) -> tuple[Path, Taught]:
    """The adaptation without the measuring; see `adapt`.

    Returns:
        The .onnx file, and what the footage taught.
    """
    start = resolve_weights(plan.start, "detector")
    base = base_of(description, plan.data)
    network = continued(start, base.training.network.frozen_blocks)
    eyes = _Eyes(
        memory_of(plan, description.teaching), open_detector(start, base.score_threshold, plan.threads)
    )
    images = teach(
        plan.footage,
        plan.no_cyclists,
        plan.left_out,
        description.teaching,
        eyes.memory,
        on_progress,
        eyes.learner,
    )
    taught = count(images)
    if plan.footage and taught.cyclists + taught.pedestrians == 0:
        raise UsageError(
            f"--footage: the teachers are sure of nobody in {taught.frames} frames; give other footage or "
            "teachers, or believe more with --set teaching.accepted_alone=0.2"
        )
    if description.at_their_size:
        base = _at_the_size_of(images, base)
    batches, sources = _batches(base, plan, description, images, eyes, on_progress)
    material = sha256_of(start) + told_apart(sources) + str(description.recorded)
    material += base.training.model_dump_json(exclude={"optimisation"})
    trainer = Trainer(network, batches, description.optimisation, plan.output, material)
    trained = trainer.run(
        lambda p: on_progress(
            Stage("steps", p.step, p.steps, f"scores {p.score_cost:.3f}, boxes {p.box_cost:.3f}")
        )
    )
    mixed = mixed_with(trained, continued(start), description.kept)
    return export_detector(mixed, plan.output / FILE, base.input_size), taught


def _at_the_size_of(images: Sequence[LabelledImage], base: DetectorDescription) -> DetectorDescription:
    composition = at_the_size_of(images, base.training.composition, base.input_size)
    training = base.training.model_copy(update={"composition": composition})
    return base.model_copy(update={"training": training})


def _batches(
    base: DetectorDescription,
    plan: AdaptationPlan,
    description: AdaptationDescription,
    images: Sequence[LabelledImage],
    eyes: _Eyes,
    on_progress: Report,
) -> tuple[Batches, list[Source]]:
    """What is learned from: simulated frames, the footage, and what people labelled."""
    streets = empty_streets(base, plan.data or Path())
    painted = paint(base, streets, plan.output, on_progress)
    sources = Source.split(painted, base.simulated_weight)
    sources += Source.split(images, description.footage_weight)
    sources += _labelled(base, plan, description, eyes, on_progress)
    batches = Batches(
        sources,
        streets + _empty(images),
        base.training.composition,
        base.training.augmentation,
        size=description.optimisation.batch,
        seed=description.optimisation.seed,
        finish=lambda image, rng: some_recorded(image, description.recorded, rng),
    )
    return batches, sources


def _empty(images: Sequence[LabelledImage]) -> list[Image]:
    """Streets in which the teachers saw nobody at all."""
    return [image.image for image in images if not len(image.labels)]


def _labelled(
    base: DetectorDescription,
    plan: AdaptationPlan,
    description: AdaptationDescription,
    eyes: _Eyes,
    on_progress: Report,
) -> list[Source]:
    """What people labelled, and against what they left out the teachers' pedestrians."""
    sources = []
    for folder in base.real:
        images = read_folder(folder, plan.data or Path())
        if folder.folder in description.fixed:
            moments = [one.seconds for one in glimpses_of(images)]
            images = settled(images, eyes.learner, moments, description.teaching, by_people=True)
        if folder.folder in description.asked:
            asked, looked_at, opinions = ask(images, folder.folder, description, eyes.memory, on_progress)
            complete = description.asked_complete
            for place, image in zip(
                asked, filled(looked_at, opinions, description.teaching, complete), strict=True
            ):
                images[place] = image
        sources += Source.split(images, folder.weight)
    return sources
