"""What a training batch is made of: which images (samplers), and what happens to them (transforms).

Samplers need NumPy only; `reid.batches.transforms` needs PyTorch and is imported on its own.
"""

from reid.batches.cross_camera import CrossCameraSampler
from reid.batches.identity_batches import IdentitySampler, SingleCameraSampler
from reid.batches.images import ImageSampler
from reid.batches.pairs import Pairs, PairSampler
from reid.batches.sampler import Purpose, Sampler, generator
from reid.batches.settings import SamplerSettings, build_sampler
from reid.batches.triplets import TripletSampler

__all__ = [
    "CrossCameraSampler",
    "IdentitySampler",
    "ImageSampler",
    "PairSampler",
    "Pairs",
    "Purpose",
    "Sampler",
    "SamplerSettings",
    "SingleCameraSampler",
    "TripletSampler",
    "build_sampler",
    "generator",
]
