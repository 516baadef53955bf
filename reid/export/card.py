"""The card beside an exported network: what it expects, and how good it is."""

from pathlib import Path

from pydantic import Field, ValidationError

from reid.encoders.card import ModelCard
from reid.encoders.settings import Share
from reid.export.onnx import ExportedModel
from reid.training.checkpoint import write_atomically
from reid.training.trained import TrainedModel
from tracking.errors import UsageError
from tracking.match_curve import MatchCurve
from tracking.model_card import card_path
from tracking.settings import Settings

CALIBRATION = "calibration.json"


class ThresholdRecord(Settings):
    """A threshold and what it is worth on riders it was not chosen on."""

    threshold: float = Field(gt=0.0, le=2.0, description="distance below which two tracklets match")
    precision: Share = Field(description="pairwise precision on other riders")
    recall: Share = Field(description="pairwise recall on other riders")
    data: str = Field(min_length=1, description="name of the data")
    riders: int = Field(ge=1, description="riders it was chosen on")
    report_riders: int = Field(ge=1, description="riders it was measured on")
    calibration: MatchCurve | None = Field(
        default=None, description="distance of a match to the probability that it is right"
    )


def write_threshold(folder: Path, record: ThresholdRecord) -> Path:
    """Keep the threshold of a trained network beside its weights."""
    path = folder / CALIBRATION
    write_atomically(path, (record.model_dump_json(indent=2) + "\n").encode())
    return path


def read_threshold(folder: Path) -> ThresholdRecord:
    """Read the threshold of a trained network.

    Raises:
        UsageError: If the network was not calibrated, or the file is damaged.
    """
    path = folder / CALIBRATION
    try:
        return ThresholdRecord.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise UsageError(
            f"{path} is missing, so no threshold is known; run `pipeline reid calibrate {folder} …` first, "
            "or export with --uncalibrated"
        ) from None
    except ValidationError as error:
        raise UsageError(f"{path}: is damaged; run `pipeline reid calibrate` again") from error


def write_card(exported: ExportedModel, about: TrainedModel, record: ThresholdRecord, licence: str) -> Path:
    """Write the card beside the network.

    Args:
        exported: The network.
        about: What it was trained on.
        record: Its threshold.
        licence: Terms of the weights.

    Returns:
        The card's file.
    """
    card = ModelCard(
        name=exported.path.stem,
        task="encoder",
        runtime="onnx" if exported.path.suffix == ".onnx" else "torch",
        input_size=about.transforms.size,
        mean=about.transforms.mean,
        std=about.transforms.std,
        metric="euclidean",
        threshold=round(record.threshold, 4),
        precision=round(record.precision, 4),
        recall=round(record.recall, 4),
        calibration=record.calibration,
        training_data=(
            f"{about.images} images of {about.identities} identities of {Path(about.data).name}; threshold "
            f"calibrated on {record.riders} riders of {record.data}, precision and recall measured on "
            f"{record.report_riders} others"
        ),
        licence=licence,
        sha256=exported.sha256,
    )
    path = card_path(exported.path)
    write_atomically(path, (card.model_dump_json(indent=2, exclude_unset=True) + "\n").encode())
    return path
