"""Which images make a batch."""

from typing import Literal

import numpy as np
from pydantic import Field

from reid.batches.cross_camera import CrossCameraSampler
from reid.batches.identity_batches import IdentitySampler, SingleCameraSampler
from reid.batches.images import ImageSampler
from reid.batches.pairs import PairSampler
from reid.batches.sampler import Sampler
from reid.batches.triplets import TripletSampler
from tracking.arrays import IntArray
from tracking.settings import Settings


class SamplerSettings(Settings):
    """How batches are drawn."""

    kind: Literal["identities", "single_camera", "cross_camera", "pairs", "triplets", "images"] = Field(
        default="identities",
        description="identities: P×K; single_camera: P×K of one camera; cross_camera: P×K of linked riders, "
        "the K from different cameras; pairs: two images; "
        "triplets: anchor, positive from another camera, negative; images: each once, whoever it shows",
    )
    identities_per_batch: int = Field(default=16, ge=2, description="P of the first three")
    images_per_identity: int = Field(default=4, ge=2, description="K of the first three")
    pack: int = Field(
        default=8,
        ge=2,
        description="of cross_camera: riders of the same cameras who stay together",
    )
    steps_per_epoch: int | None = Field(
        default=None, ge=1, description="batches of an epoch; one pass over the data if not given"
    )
    breadth: int = Field(default=1000, ge=1, description="k of pairs: identity pairs of an epoch")
    depth: int = Field(default=4, ge=1, description="c of pairs: image pairs of each identity pair")
    same_share: float = Field(
        default=0.1, ge=0.0, le=1.0, description="of pairs: share of pairs that show one identity"
    )
    pairs_per_batch: int = Field(default=32, ge=1, description="of pairs: image pairs of a batch")
    triplets_per_batch: int = Field(default=32, ge=1, description="of triplets: triplets of a batch")
    images_per_batch: int = Field(default=32, ge=2, description="of images: images of a batch")
    hard_share: float = Field(
        default=0.3, ge=0.0, le=1.0, description="of triplets: share of hard negatives once they were mined"
    )


def build_sampler(
    settings: SamplerSettings,
    identities: IntArray,
    cameras: IntArray,
    seed: int,
    hard_negatives: list[IntArray] | None = None,
) -> Sampler:
    """Build the configured sampler.

    Args:
        settings: Which one.
        identities: (N,) identity of each image.
        cameras: (N,) camera of each image.
        seed: Seed of all random choices.
        hard_negatives: For triplets: the hard negatives of each image.

    Raises:
        UsageError: If the images do not allow such batches.
    """
    identities, cameras = np.asarray(identities), np.asarray(cameras)
    size = (settings.identities_per_batch, settings.images_per_identity, seed, settings.steps_per_epoch)
    match settings.kind:
        case "identities":
            return IdentitySampler(identities, *size)
        case "single_camera":
            return SingleCameraSampler(identities, cameras, *size)
        case "cross_camera":
            return CrossCameraSampler(identities, cameras, *size, settings.pack)
        case "pairs":
            pairs = (settings.breadth, settings.depth, settings.same_share, settings.pairs_per_batch)
            return PairSampler(identities, *pairs, seed)
        case "images":
            return ImageSampler(len(identities), settings.images_per_batch, seed, settings.steps_per_epoch)
        case "triplets":
            count, share = settings.triplets_per_batch, settings.hard_share
            return TripletSampler(
                identities, cameras, count, seed, hard_negatives, share, settings.steps_per_epoch
            )
