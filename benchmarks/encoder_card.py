"""What several trainings of the encoder's recipe say, in the card of the one that ships."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.encoder_tables import FoldResult, IngredientResult
from reid.encoders.card import ModelCard
from tracking.model_card import Measurement

FOLDS, REDUCED = "five folds", "reduced budget"
_SCRIPT = "python -m benchmarks.encoder_quality OUT --data DATA"
_ABOUT_FOLDS = (
    "trainings of the full recipe, each without a fifth of the 322 photographed riders, measured on that "
    "fifth, threshold chosen on simulated riders; spread over folds"
)
_ABOUT_REDUCED = (
    "trained with fewer passes, once for each of these seeds: {seeds}; measured on the last 50 photographed "
    "riders"
)
_COLUMNS = {
    "rank-1": "rank1",
    "mAP": "mean_average_precision",
    "F1 of pairs at the threshold": "f1",
}


def add_to_card(file: Path, folds: Sequence[FoldResult], reduced: Sequence[IngredientResult]) -> None:
    """Renew the rows of a card that speak of other trainings; its own stay.

    Args:
        file: Card as JSON.
        folds: Of the cross-validation.
        reduced: The whole recipe at the reduced budget, one of each seed.
    """
    card = ModelCard.model_validate_json(file.read_bytes())
    own = [one for one in card.quality if not one.measure.endswith((f", {FOLDS}", f", {REDUCED}"))]
    seeds = ", ".join(str(one.seed) for one in reduced)
    rows = [
        *_rows(FOLDS, folds, f"{len(folds)} {_ABOUT_FOLDS}", f"{_SCRIPT} --folds"),
        *_rows(
            REDUCED,
            reduced,
            _ABOUT_REDUCED.format(seeds=seeds),
            f"{_SCRIPT} --scale reduced --ingredients",
        ),
    ]
    renewed = card.model_copy(update={"quality": (*own, *rows)})
    file.write_text(renewed.model_dump_json(indent=2, exclude_none=True) + "\n", encoding="utf-8")


def _rows(
    kind: str, results: Sequence[FoldResult] | Sequence[IngredientResult], data: str, command: str
) -> list[Measurement]:
    if not results:
        return []
    columns = {name: np.array([getattr(one, key) for one in results]) for name, key in _COLUMNS.items()}
    return [
        Measurement(
            measure=f"{name}, {kind}",
            value=round(float(values.mean()), 4),
            spread=round(float(values.std(ddof=1)), 4) if len(values) > 1 else None,
            data=data,
            command=command,
        )
        for name, values in columns.items()
    ]
