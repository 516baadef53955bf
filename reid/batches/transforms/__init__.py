"""Transforms of crops: blur, resize, random changes for training, normalisation. Needs PyTorch."""

from reid.data.transforms.erasing import RandomErasing
from reid.data.transforms.geometry import RandomAffine, RandomFlip
from reid.data.transforms.pipeline import CropTransform, blur_crop
from reid.data.transforms.rand_augment import OPERATIONS, RandAugment
from reid.data.transforms.settings import (
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
