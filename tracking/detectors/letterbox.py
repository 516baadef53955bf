"""Fitting frames into a model's input, and boxes back into the frame."""

from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np

from tracking.arrays import FloatArray, Image

PADDING_GREY = 114
"""The grey that YOLO models were trained with around the picture."""


@dataclass(frozen=True, slots=True)
class Letterbox:
    """How one frame size is shrunk and padded to one input size, aspect ratio kept unless it is stretched.

    Rounding follows ultralytics, so that boxes agree with its own predictions.

    Attributes:
        frame_width: Pixels of the frame.
        frame_height: Pixels of the frame.
        scale: Input pixels per frame pixel, across.
        scale_down: The same from top to bottom; another one only where the frame is stretched.
        width: Width of the picture inside the input.
        height: Height of the picture inside the input.
        left: Padding left of it.
        top: Padding above it.
    """

    frame_width: int
    frame_height: int
    scale: float
    scale_down: float
    width: int
    height: int
    left: int
    top: int

    @classmethod
    def fit(cls, frame: tuple[int, int], model_input: tuple[int, int], centred: bool = True) -> Self:
        """Fit a frame of (height, width) into an input of (height, width)."""
        scale = min(model_input[0] / frame[0], model_input[1] / frame[1])
        return cls.scaled(frame, model_input, scale, centred)

    @classmethod
    def scaled(
        cls, frame: tuple[int, int], model_input: tuple[int, int], scale: float, centred: bool = True
    ) -> Self:
        """Put a frame of (height, width), shrunk by a scale, into an input that has room for it."""
        width, height = max(1, round(frame[1] * scale)), max(1, round(frame[0] * scale))
        left = round((model_input[1] - width) / 2 - 0.1) if centred else 0
        top = round((model_input[0] - height) / 2 - 0.1) if centred else 0
        return cls(frame[1], frame[0], scale, scale, width, height, left, top)

    @classmethod
    def stretched(cls, frame: tuple[int, int], model_input: tuple[int, int]) -> Self:
        """Fill an input of (height, width) with a frame of (height, width), whatever its shape."""
        height, width = model_input
        return cls(frame[1], frame[0], width / frame[1], height / frame[0], width, height, 0, 0)

    def fill(self, blob: FloatArray, image: Image, rgb: bool, factor: float) -> None:
        """Write a frame into one slot of a batch that already holds the padding.

        Args:
            blob: (3, h, w) float, changed in place.
            image: (H, W, 3) uint8 BGR.
            rgb: Whether the model wants red first.
            factor: What each value is multiplied with.
        """
        if (self.width, self.height) != (self.frame_width, self.frame_height):
            image = cv2.resize(image, (self.width, self.height), interpolation=cv2.INTER_LINEAR)
        planes = cv2.split(image)
        window = blob[:, self.top : self.top + self.height, self.left : self.left + self.width]
        for slot, plane in enumerate(reversed(planes) if rgb else planes):
            # Three dense planes are several times quicker than one strided transpose.
            np.multiply(plane, np.float32(factor), out=window[slot], casting="same_kind")

    def to_frame(self, xyxy: FloatArray) -> FloatArray:
        """Map boxes of the input to pixels of the frame, clipped to it.

        Args:
            xyxy: (N, 4) in input pixels.

        Returns:
            (N, 4) float32 in frame pixels.
        """
        scales = np.array([self.scale, self.scale_down] * 2, np.float32)
        boxes = (xyxy - np.array([self.left, self.top] * 2, np.float32)) / scales
        limit = np.array([self.frame_width, self.frame_height] * 2, np.float32)
        return np.asarray(np.clip(boxes, 0, limit), np.float32)
