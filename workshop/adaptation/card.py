"""The card of a detector that learned on from footage without labels."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tracking.files import sha256_of
from tracking.model_card import Measurement
from workshop.adaptation.adapting import Adapted
from workshop.adaptation.description import AdaptationDescription
from workshop.adaptation.plan import AdaptationPlan
from workshop.detector.card import ABOUT, LIMITS, write_facts

GUESSED = "Its labels are guesses of other detectors; whom these overlook it may overlook."


def write_adapted_card(
    adapted: Adapted, plan: AdaptationPlan, description: AdaptationDescription, licence: str
) -> Path:
    """Write the card beside a detector that learned on from unlabelled footage, as `write_detector_card`.

    Args:
        adapted: The detector, and what it and its start reach.
        plan: Footage and teachers.
        description: What was believed, and how long was learned.
        licence: Of the weights.
    """
    taught, optimisation = adapted.taught, description.optimisation
    teachers = ", ".join(Path(name).stem for name in plan.teachers)
    places = ", ".join(place.name for place in plan.footage + plan.no_cyclists)
    mixed = "simulated frames" if plan.data is None else "simulated frames and labelled images"
    if plan.data is not None and description.asked:
        mixed += f" (pedestrians filled in by them in {', '.join(description.asked)})"
    facts = {
        "name": adapted.path.stem,
        "task": "detector",
        "runtime": "onnx",
        "licence": licence,
        "date": datetime.now(UTC).date().isoformat(),
        "description": ABOUT,
        "training_data": f"unlabelled footage ({places}: {taught.frames} frames) labelled by {teachers}: "
        f"{taught.cyclists} cyclists, {taught.pedestrians} pedestrians, {taught.others} others, "
        f"{taught.doubted} in doubt; {mixed} against forgetting",
        "initial_weights": f"{adapted.start.name}, sha256 {sha256_of(adapted.start)}",
        "seeds": [optimisation.seed],
        "command": _command(plan, description),
        "input_size": list(adapted.input_size),
        "classes": ["cyclist", "pedestrian"],
        "threshold": adapted.score_threshold,
        "quality": [one.model_dump(mode="json") for one in _before_and_after(adapted)],
        "limits": [*LIMITS, GUESSED],
    }
    return write_facts(facts, adapted.path)


def _command(plan: AdaptationPlan, description: AdaptationDescription) -> str:
    changed = _changes(description.model_dump(mode="json"), AdaptationDescription().model_dump(mode="json"))
    options = [
        *(f"--footage {place.name}" for place in plan.footage),
        *(f"--no-cyclists {place.name}" for place in plan.no_cyclists),
        *(f"--teacher {Path(name).name}" for name in plan.teachers),
        f"--from {Path(plan.start).name}",
        *(["--data DIR"] if plan.data else []),
        *(f"--leave-out {beginning}" for beginning in plan.left_out),
        *(f"--set {key}={json.dumps(value)}" for key, value in changed if key != "optimisation.threads"),
    ]
    return f"pipeline adapt {' '.join(options)}"


def _changes(
    given: Mapping[str, Any], usual: Mapping[str, Any], above: str = ""
) -> Iterator[tuple[str, Any]]:
    """Dotted keys and values of what is not as usual."""
    for key, value in given.items():
        if isinstance(value, Mapping) and isinstance(usual[key], Mapping):
            yield from _changes(value, usual[key], f"{above}{key}.")
        elif value != usual[key]:
            yield f"{above}{key}", value


def _before_and_after(adapted: Adapted) -> Iterator[Measurement]:
    for name, after in adapted.after.items():
        before = adapted.before[name]
        for kind in ("cyclist", "pedestrian"):
            old, new = getattr(before, kind), getattr(after, kind)
            if new.objects:
                yield Measurement(
                    measure=f"AP50 of {kind}s, {name}",
                    value=round(new.value, 4),
                    data=f"{new.objects} of them in {after.images} held-back images; {old.value:.4f} before",
                )
