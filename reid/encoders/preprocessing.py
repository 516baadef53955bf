"""Crops to network input, the same for every runtime."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from reid.encoders.card import ModelCard
from reid.encoders.settings import IMAGENET_MEAN, IMAGENET_STD, EncoderSettings
from tracking.arrays import FloatArray, Image


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """How crops become network input.

    Attributes:
        height: Rows of the input.
        width: Columns of the input.
        mean: Mean of R, G, B in 0..1.
        std: Deviation of R, G, B in 0..1.
    """

    height: int
    width: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]

    def apply(self, crops: Sequence[Image]) -> FloatArray:
        """Resize, turn BGR to RGB, normalise.

        Args:
            crops: (h, w, 3) uint8 BGR, any size but empty.

        Returns:
            (N, 3, height, width) float32.
        """
        batch = np.empty((len(crops), self.height, self.width, 3), np.float32)
        for i, crop in enumerate(crops):
            # Shrinking by plain interpolation would skip pixels and alias.
            shrinks = crop.shape[0] > self.height
            batch[i] = cv2.resize(
                crop, (self.width, self.height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
            )[:, :, ::-1]
        batch /= 255.0
        batch -= np.asarray(self.mean, np.float32)
        batch /= np.asarray(self.std, np.float32)
        return np.ascontiguousarray(batch.transpose(0, 3, 1, 2))


def choose_preprocessing(
    settings: EncoderSettings, card: ModelCard | None, network_size: tuple[int, int] | None
) -> Preprocessing | None:
    """Take each value from the settings, else the card, else the network, else ImageNet's habit.

    Args:
        settings: The encoder's settings.
        card: The model's card, if it has one.
        network_size: Height and width fixed in the network, if they are.

    Returns:
        The preprocessing, or None where nothing says how large the input is.
    """
    size = settings.input_size or (card.input_size if card else None) or network_size
    if size is None:
        return None
    mean = settings.mean or (card.mean if card else IMAGENET_MEAN)
    std = settings.std or (card.std if card else IMAGENET_STD)
    return Preprocessing(size[0], size[1], mean, std)


def to_unit_rows(vectors: FloatArray) -> FloatArray:
    """Scale rows to unit Euclidean norm; rows of zeros stay zero.

    Args:
        vectors: (N, D).

    Returns:
        (N, D) float32.
    """
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, np.finfo(np.float32).tiny), np.float32)
