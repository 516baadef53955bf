"""How right a classifier is about crops that it did not learn from."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from anonymize import Anonymizer, AnonymizeSettings
from tracking.arrays import BoolArray, FloatArray, Image
from tracking.riders import OnnxClassifier
from workshop.classifier.crops import LabelledCrop, Shown
from workshop.classifier.finish import USUAL_MARGIN
from workshop.encoder.pictures import shrunk


@dataclass(frozen=True, slots=True)
class Quality:
    """How right answers to single crops are, blurred as by default.

    Attributes:
        crops: How many.
        cyclists: Of them.
        found: Share of the cyclists that are more likely one than not.
        false: Share of all others that are taken for one.
        area: Area under the ROC curve: how often a cyclist is likelier one than another crop.
    """

    crops: int
    cyclists: int
    found: float
    false: float
    area: float


def measure(weights: Path, crops: Sequence[LabelledCrop]) -> dict[str, Quality]:
    """Measure a classifier, group by group: painted crops together, real ones by their folder.

    Args:
        weights: The .onnx file.
        crops: Held back.
    """
    classifier = OnnxClassifier(weights)
    blur = Anonymizer(AnonymizeSettings())
    odds: dict[str, list[float]] = defaultdict(list)
    rides: dict[str, list[bool]] = defaultdict(list)
    for crop in crops:
        group = "simulated" if crop.simulated else crop.source
        glance = classifier.look([blur.crop(shrunk(as_cut(crop)))])
        if glance is not None:
            odds[group].append(glance.odds)
            rides[group].append(crop.shown is Shown.CYCLIST)
    return {group: quality_of(np.array(odds[group]), np.array(rides[group])) for group in odds}


def quality_of(odds: FloatArray, rides: BoolArray) -> Quality:
    """Hold log-odds against the truth.

    Args:
        odds: (N,).
        rides: (N,) whether it is a cyclist.
    """
    yes, no = odds[rides], odds[~rides]
    likelier = (
        (yes[:, None] > no).mean() + 0.5 * (yes[:, None] == no).mean() if len(yes) and len(no) else np.nan
    )
    return Quality(
        crops=len(odds),
        cyclists=len(yes),
        found=float((yes > 0).mean()) if len(yes) else float("nan"),
        false=float((no > 0).mean()) if len(no) else float("nan"),
        area=float(likelier),
    )


def as_cut(crop: LabelledCrop) -> Image:
    """The box with the margin of a run."""
    height, width = crop.image.shape[:2]
    sides = np.array([crop.box[2] - crop.box[0], crop.box[3] - crop.box[1]])
    left, top = np.maximum(crop.box[:2] - USUAL_MARGIN * sides, 0).astype(int)
    right, bottom = np.minimum(np.ceil(crop.box[2:] + USUAL_MARGIN * sides), (width, height)).astype(int)
    return crop.image[top:bottom, left:right]
