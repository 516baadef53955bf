"""Model cards: what a network expects, how well it does, and what it must hash to."""

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from reid.encoders.settings import Deviation, Positive, Share
from tracking.errors import WeightsError
from tracking.files import sha256_of
from tracking.match_curve import MatchCurve
from tracking.model_card import ModelFacts, card_path


class ModelCard(ModelFacts):
    """The facts that travel with weights, as JSON beside them under the same stem."""

    task: Literal["encoder"] = Field(default="encoder", description="what the model does")
    input_size: tuple[Positive, Positive] = Field(description="height and width of the input, pixels")
    mean: tuple[Share, Share, Share] = Field(description="mean of R, G, B in 0..1")
    std: tuple[Deviation, Deviation, Deviation] = Field(description="deviation of R, G, B in 0..1")
    metric: Literal["euclidean"] = Field(default="euclidean", description="distance of unit embeddings")
    threshold: float = Field(gt=0.0, le=2.0, description="distance below which two tracklets match")
    precision: Share = Field(description="pairwise precision at the threshold, on held-out data")
    recall: Share = Field(description="pairwise recall at the threshold, on held-out data")
    calibration: MatchCurve | None = Field(
        default=None, description="distance of a match to the probability that it is right"
    )
    training_data: str = Field(min_length=1, description="what it was trained and calibrated on")
    licence: str = Field(min_length=1, description="terms of the weights")


def checksum(path: Path) -> str:
    """SHA-256 of a file.

    Raises:
        WeightsError: If the file cannot be read.
    """
    try:
        return sha256_of(path)
    except OSError as error:
        raise WeightsError(
            f"encoder.weights: {path} cannot be read ({error.strerror}); give an existing weights file"
        ) from error


def load_card(weights: Path, digest: str) -> ModelCard | None:
    """Read the card beside a weights file and hold the file to its checksum.

    Args:
        weights: The weights file.
        digest: Its SHA-256.

    Returns:
        The card, or None where there is none.

    Raises:
        WeightsError: If the card is damaged or belongs to other weights.
    """
    path = card_path(weights)
    if not path.exists():
        return None
    try:
        card = ModelCard.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "the file"
        what = first["msg"].removeprefix("Value error, ")
        raise WeightsError(f"{path}: {key}: {what}; correct the model card") from error
    except OSError as error:
        raise WeightsError(f"{path}: the model card cannot be read ({error.strerror})") from error
    if card.sha256 != digest:
        raise WeightsError(
            f"{weights}: its sha256 is {digest[:12]}…, but its card {path.name} says {card.sha256[:12]}…; "
            "fetch the weights again, or the card that belongs to them"
        )
    return card
