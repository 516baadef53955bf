"""What training pictures are put together from, and how."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from pydantic import Field

from tracking.arrays import FloatArray, Image, IntArray
from tracking.settings import Settings
from workshop.detector.learning.samples import Label, LabelledImage

_LEAST = (0.55, 0.30, 0.0)
"""Least shares of the draws from a data set that show cyclists, and pedestrians only, where it has them."""


class CompositionSettings(Settings):
    """How training pictures are put together."""

    size: tuple[int, int] = Field(default=(256, 384), description="height and width, multiples of 64, pixels")
    heights_px: tuple[float, float] = Field(
        default=(12.0, 170.0), description="least and greatest height at which a chosen object is shown"
    )
    enlarged: float = Field(default=4.0, ge=1, description="most by which an image is enlarged")
    halves: float = Field(default=0.25, ge=0, le=1, description="share of pictures of two parts")
    quarters: float = Field(default=0.25, ge=0, le=1, description="share of pictures of four parts")
    filled: float = Field(
        default=0.75, ge=0, le=1, description="share of pictures with an empty street around small parts"
    )
    pasted: float = Field(
        default=0.4, ge=0, le=1, description="share of pictures into which further people are pasted"
    )
    pasted_px: tuple[float, float] = Field(
        default=(14.0, 110.0), description="least and greatest height at which people are pasted"
    )
    aimed: float = Field(default=0.85, ge=0, le=1, description="share of parts that show a labelled object")
    min_inside: float = Field(
        default=0.45, ge=0, le=1, description="objects of which less is inside are neither right nor wrong"
    )
    min_height_px: float = Field(default=8.0, ge=0, description="lower objects are neither right nor wrong")


@dataclass(frozen=True, slots=True)
class Picture:
    """A training picture.

    Attributes:
        image: (H, W, 3) uint8 BGR.
        boxes: (N, 4) float32 xyxy pixels.
        labels: (N,) of `Label`.
        background: (2, H/4, W/4) what an answer costs where nothing is labelled.
    """

    image: Image
    boxes: FloatArray
    labels: IntArray
    background: FloatArray


@dataclass(frozen=True, slots=True)
class Source:
    """Images that are drawn alike.

    Attributes:
        images: At least one.
        weight: How often, relative to other sources.
    """

    images: Sequence[LabelledImage]
    weight: float

    @classmethod
    def split(cls, images: Sequence[LabelledImage], weight: float) -> list[Self]:
        """Images with cyclists, with pedestrians only and with neither as sources of their own.

        So the few people come often, in data sets of many empty streets as in others; no image
        makes no source.
        """
        if not images:
            return []
        groups: tuple[list[LabelledImage], ...] = ([], [], [])
        for image in images:
            people = [label for label in (Label.CYCLIST, Label.PEDESTRIAN) if (image.labels == label).any()]
            groups[people[0] if people else 2].append(image)
        shares = [
            max(least, len(group) / len(images)) * bool(group)
            for least, group in zip(_LEAST, groups, strict=True)
        ]
        return [
            cls(group, weight * share / sum(shares))
            for group, share in zip(groups, shares, strict=True)
            if group
        ]


def told_apart(sources: Sequence[Source]) -> str:
    """A digest of what is learned from: names, boxes and labels of images, and how often they are drawn."""
    digest = hashlib.sha256()
    for source in sources:
        digest.update(f"{source.weight:.6f}".encode())
        for image in source.images:
            digest.update(image.name.encode() + image.boxes.tobytes() + image.labels.tobytes())
    return digest.hexdigest()
