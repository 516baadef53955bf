"""What a training batch is made of: which images (samplers), and what happens to them (transforms).

Samplers need NumPy only; `reid.data.transforms` needs PyTorch and is imported on its own.
"""

from reid.data.cross_camera import CrossCameraSampler
from reid.data.identity_batches import IdentitySampler, SingleCameraSampler
from reid.data.images import ImageSampler
from reid.data.pairs import Pairs, PairSampler
from reid.data.sampler import Purpose, Sampler, generator
from reid.data.settings import SamplerSettings, build_sampler
from reid.data.triplets import TripletSampler

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
