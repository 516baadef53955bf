"""What several trainings of the encoder's recipe say, in the card of the one that ships."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.encoder_tables import FoldResult
from reid.encoders.card import ModelCard
from tracking.model_card import Measurement

FOLDS, RETRAINED = "five folds", "trained again"
_FOLDS_COMMAND = "python -m benchmarks.encoder_quality OUT --data DATA --folds"
_ABOUT_FOLDS = (
    "trainings of the full recipe, each without a fifth of the 322 photographed riders, measured on that "
    "fifth, threshold chosen on simulated riders; spread over folds"
)
_ABOUT_RETRAINED = (
    "the same command with other random choices, seeds {seeds}: within an hour on two cores; spread over "
    "these and the shipped training"
)
_COLUMNS = {
    "rank-1": "rank1",
    "mAP": "mean_average_precision",
    "F1 of pairs at the threshold": "f1",
}
_AGAIN = (*_COLUMNS, "F1 of links", "F1 of links, rush_hour")


def add_to_card(file: Path, folds: Sequence[FoldResult], again: Sequence[ModelCard]) -> None:
    """Renew the rows of a card that speak of other trainings; its own stay.

    Args:
        file: Card as JSON.
        folds: Of the cross-validation.
        again: Cards of further trainings of the same recipe.
    """
    card = ModelCard.model_validate_json(file.read_bytes())
    own = [one for one in card.quality if not one.measure.endswith((f", {FOLDS}", f", {RETRAINED}"))]
    rows = [*own, *_of_folds(folds), *_of_cards(own, again)]
    renewed = card.model_copy(update={"quality": tuple(rows)})
    file.write_text(renewed.model_dump_json(indent=2, exclude_none=True) + "\n", encoding="utf-8")


def _of_folds(folds: Sequence[FoldResult]) -> list[Measurement]:
    columns = {name: [getattr(one, key) for one in folds] for name, key in _COLUMNS.items()}
    return [
        Measurement(
            measure=f"{name}, {FOLDS}",
            value=round(float(np.mean(values)), 4),
            spread=_spread(values),
            data=f"{len(folds)} {_ABOUT_FOLDS}",
            command=_FOLDS_COMMAND,
        )
        for name, values in columns.items()
        if values
    ]


def _of_cards(own: Sequence[Measurement], again: Sequence[ModelCard]) -> list[Measurement]:
    shipped = {one.measure: one for one in own}
    others = [{one.measure: one.value for one in card.quality} for card in again]
    seeds = ", ".join(str(card.seeds[0]) for card in again if card.seeds)
    return [
        Measurement(
            measure=f"{name}, {RETRAINED}",
            value=round(float(np.mean([other[name] for other in others])), 4),
            spread=_spread([shipped[name].value, *(other[name] for other in others)]),
            data=_ABOUT_RETRAINED.format(seeds=seeds),
            command=again[0].command,
        )
        for name in _AGAIN
        if others and name in shipped
    ]


def _spread(values: Sequence[float]) -> float | None:
    return round(float(np.std(values, ddof=1)), 4) if len(values) > 1 else None
