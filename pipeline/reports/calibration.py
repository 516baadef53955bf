"""Calibrates an encoder, and writes down what a site file or a model card needs of it."""

import json
from pathlib import Path

import numpy as np
import yaml
from pydantic import ValidationError
from rich.console import Console

from flows.matching.settings import MatchingSettings
from pipeline.reports.words import share
from pipeline.screen import new_table
from reid.encoders import ModelCard
from reid.retrieval import Calibration, EmbeddingSet, PairScores, pick_identities
from tracking.errors import UsageError


def riders_part(found: EmbeddingSet, part: str, option: str) -> EmbeddingSet:
    """The averaged tracklets of a part of the riders; who asks and who is searched is forgotten.

    Args:
        found: Embeddings with their truth.
        part: See `reid.retrieval.pick_identities`.
        option: Name of the option, for the message.

    Raises:
        UsageError: It is no part, or holds nobody.
    """
    averaged = found.averaged()
    everyone = EmbeddingSet(averaged.embedding, averaged.identity, averaged.camera, averaged.tracklet)
    return everyone.of_identities(pick_identities(everyone, part, option))


def matching_section(found: Calibration) -> str:
    """The section ``matching:`` of a site file, checked by the settings it is made for."""
    values = {
        "threshold": round(found.threshold, 4),
        "calibration": found.curve.model_dump(mode="json"),
    }
    MatchingSettings.model_validate(values)
    return yaml.safe_dump({"matching": values}, sort_keys=False, default_flow_style=None)


def updated_card(path: Path, found: Calibration, source: str) -> str:
    """A model card with the new threshold and curve, and what they are worth on the riders of the report.

    Args:
        path: The card, which must be there: it holds facts that nobody can measure.
        found: The calibration.
        source: Name of the data, to be added to what the model was trained and calibrated on.

    Raises:
        UsageError: There is no card, or it is damaged.
    """
    try:
        card = ModelCard.model_validate_json(path.read_bytes())
    except OSError as error:
        raise UsageError(
            f"--card: {path} cannot be read ({error.strerror}); name the model card beside the weights"
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "the file"
        raise UsageError(f"--card: {path}: {key}: {first['msg']}; correct the model card") from error
    told = card.training_data.partition("; threshold calibrated on")[0]
    values = card.model_dump(mode="json", exclude_unset=True) | {
        "threshold": round(found.threshold, 4),
        "precision": round(found.reported_on.precision, 4),
        "recall": round(found.reported_on.recall, 4),
        "calibration": found.curve.model_dump(mode="json"),
        "training_data": f"{told}; threshold calibrated on {found.riders} riders of {source}, precision and "
        f"recall measured on {found.report_riders} others",
    }
    ModelCard.model_validate(values)
    return json.dumps(values, indent=2, ensure_ascii=False) + "\n"


def print_calibration(found: Calibration, console: Console) -> None:
    """Print the threshold, what it is worth on other riders, and how far probabilities can be believed."""
    columns = ("number", "threshold", "precision", "recall", "F1", "false")
    table = new_table(["riders"], columns, "Pairs nearer than the threshold")
    table.add_row("it was chosen on", str(found.riders), *_cells(found.chosen_on))
    table.add_row("others", str(found.report_riders), *_cells(found.reported_on))
    table.add_row("others, their own best", str(found.report_riders), *_cells(found.oracle))
    console.print(table)
    quality = found.quality
    console.print(
        f"Matched one to one among others, {share(found.match_precision)} of the matches of the other riders "
        f"are right and {share(found.match_recall)} of the possible ones are made. Their mean probability is "
        f"{share(quality.believed)} where {share(quality.right)} are right; the probabilities are off by "
        f"{share(quality.calibration_error)} on average (Brier score {quality.brier:.3f})."
    )


def _cells(pairs: PairScores) -> tuple[str, ...]:
    shares = (pairs.precision, pairs.recall, pairs.f1, pairs.false_positive_rate)
    return (f"{pairs.threshold:.3f}", *(share(float(np.clip(value, 0, 1))) for value in shares))
