"""A look at the pictures of a whole passage: does somebody ride a bicycle there?

The detector looks at one frame, where a rider is one small thing of many. The classifier looks at the few
crops that were kept of a passage, each as large as it was seen, and says what they show.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import cv2
import numpy as np

from tracking.arrays import FloatArray, Image
from tracking.errors import WeightsError

Kind = Literal["cyclist", "on_foot", "motor", "other"]
KINDS: tuple[Kind, ...] = ("cyclist", "on_foot", "motor", "other")
"""What a crop may show, in the order of the network's answers."""
PADDING = 114
"""Grey beside a crop that is no square; 0 to 255."""
MOST_ODDS = 6.0
"""Log-odds beyond which a look tells nothing more: networks are surer than they are right."""


@dataclass(frozen=True, slots=True)
class Glance:
    """What the crops of a passage show.

    Attributes:
        odds: Mean log-odds, natural, that they show somebody riding a bicycle; within ±`MOST_ODDS`.
        otherwise: What they show if not.
        not_motor: Mean log-odds of a bicycle rather than a motor vehicle, within ±`MOST_ODDS`.
    """

    odds: float
    otherwise: Kind
    not_motor: float


class CropClassifier(Protocol):
    """Says what the crops of one passage show."""

    def look(self, crops: Sequence[Image]) -> Glance | None:
        """Look at crops.

        Args:
            crops: (h, w, 3) uint8 BGR of one passage, anonymised.

        Returns:
            None where there is no crop to look at.
        """
        ...


class OnnxClassifier:
    """A network with one input (N, 3, S, S) of squares, RGB 0..1, and one answer (N, 4) to them.

    Args:
        weights: The .onnx file.
        threads: Of the processor.

    Raises:
        WeightsError: It is no such network.
    """

    def __init__(self, weights: Path, threads: int = 1) -> None:
        from tracking.detectors.onnx import open_session

        self._session = open_session(weights, threads=threads)
        (image, *more), outputs = self._session.get_inputs(), self._session.get_outputs()
        shape, answer = list(image.shape), list(outputs[0].shape)
        square = len(shape) == 4 and shape[1] == 3 and isinstance(shape[2], int) and shape[2] == shape[3]
        if more or not square or len(answer) != 2 or answer[1] != len(KINDS):
            raise WeightsError(
                f"{weights}: input {shape} and output {answer} are not those of a classifier of crops; "
                f"expected (N, 3, S, S) and (N, {len(KINDS)}): {', '.join(KINDS)}"
            )
        self._input, self._side = image.name, int(shape[2])

    def look(self, crops: Sequence[Image]) -> Glance | None:
        """See `CropClassifier`."""
        if not crops:
            return None
        (answer,) = self._session.run(None, {self._input: squares(crops, self._side)})
        return glance_at(np.asarray(answer, np.float64))


def glance_at(answer: FloatArray) -> Glance:
    """Join the answers to the crops of a passage.

    Args:
        answer: (N, 4) log-probabilities of `KINDS`, up to a constant each.
    """
    others = answer[:, 1:]
    highest = others.max(axis=1, keepdims=True)
    either = highest[:, 0] + np.log(np.exp(others - highest).sum(axis=1))
    odds = np.clip(answer[:, 0] - either, -MOST_ODDS, MOST_ODDS)
    motor = answer[:, KINDS.index("motor")]
    not_motor = np.clip(answer[:, 0] - motor, -MOST_ODDS, MOST_ODDS)
    return Glance(float(odds.mean()), KINDS[1 + int(others.mean(axis=0).argmax())], float(not_motor.mean()))


def squares(crops: Sequence[Image], side: int) -> FloatArray:
    """Put crops in the middle of squares, as large as they fit.

    Args:
        crops: (h, w, 3) uint8 BGR, any size but empty.
        side: Of the squares, pixels.

    Returns:
        (N, 3, side, side) float32, RGB 0..1.
    """
    batch = np.full((len(crops), side, side, 3), PADDING, np.uint8)
    for square, crop in zip(batch, crops, strict=True):
        scale = side / max(crop.shape[:2])
        height, width = (max(1, round(length * scale)) for length in crop.shape[:2])
        how = cv2.INTER_LINEAR if scale > 1 else cv2.INTER_AREA
        top, left = (side - height) // 2, (side - width) // 2
        square[top : top + height, left : left + width] = cv2.resize(crop, (width, height), interpolation=how)
    return np.ascontiguousarray(batch[..., ::-1].transpose(0, 3, 1, 2), np.float32) / 255.0
