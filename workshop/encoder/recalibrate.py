"""Chooses the threshold and the curve of a trained encoder anew: after the matcher changed, say.

python -m workshop.encoder.recalibrate ENCODER.onnx --data FOLDER [--scale full|reduced]
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import get_args

from reid.encoders import EncoderSettings, build_encoder
from reid.encoders.card import checksum, load_card
from tracking.errors import UsageError
from tracking.model_card import card_path
from workshop.encoder.card import recalibrated
from workshop.encoder.recipe import Scale, load_recipe
from workshop.encoder.train import EncoderTraining


def recalibrate(weights: Path, data: Path | None, scale: Scale, say: Callable[[str], None]) -> Path:
    """Write what was chosen and measured into the card beside the network.

    Args:
        weights: An encoder with a card.
        data: Folder of photographs, or one that holds ``motorcycles_2cam``; None for none.
        scale: Recipe that says which riders choose and which measure.
        say: Told in words how far it is.

    Returns:
        The card's file.

    Raises:
        UsageError: There is no card.
        WeightsError: The network cannot be read, or the card belongs to another one.
    """
    card = load_card(weights, checksum(weights))
    if card is None:
        raise UsageError(f"{weights}: has no card; train it, or export it with one, first")
    recipe = load_recipe(scale)
    training = EncoderTraining(weights.parent, data, scale, None, say)
    encoder = build_encoder(EncoderSettings(name=str(weights)))
    threshold, curve = training.calibrate(recipe, encoder)
    changed = recalibrated(card, recipe, threshold, curve, training.measure(recipe, encoder, threshold))
    path = card_path(weights)
    path.write_text(changed.model_dump_json(indent=2, exclude_none=True) + "\n", encoding="utf-8")
    return path


def main() -> None:
    """Ask for files, recalibrate, say where the card is."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("weights", type=Path)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--scale", choices=get_args(Scale), default="full")
    asked = parser.parse_args()
    print(recalibrate(asked.weights, asked.data, asked.scale, print))


if __name__ == "__main__":
    main()
