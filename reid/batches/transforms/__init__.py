"""Transforms of crops: blur, resize, random changes for training, normalisation. Needs PyTorch."""

from reid.batches.transforms.erasing import RandomErasing
from reid.batches.transforms.geometry import RandomAffine, RandomFlip
from reid.batches.transforms.pipeline import CropTransform, blur_crop
from reid.batches.transforms.rand_augment import OPERATIONS, RandAugment
from reid.batches.transforms.settings import (
    AffineSettings,
    BlurSettings,
    ErasingSettings,
    RandAugmentSettings,
    TransformSettings,
)

__all__ = [
    "OPERATIONS",
    "AffineSettings",
    "BlurSettings",
    "CropTransform",
    "ErasingSettings",
    "RandAugment",
    "RandAugmentSettings",
    "RandomAffine",
    "RandomErasing",
    "RandomFlip",
    "TransformSettings",
    "blur_crop",
]
