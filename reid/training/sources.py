"""Which images a training sees: data set, sampler and transforms of a description."""

import numpy as np

from reid.batches import build_sampler
from reid.batches.transforms import CropTransform
from reid.datasets import PUBLISHED, Part, ReidDataset, read_part, read_two_cameras
from reid.training.batches import BatchSource, CropBatches, label_arrays
from reid.training.description import DataSettings, TrainingDescription
from reid.training.masks import MaskBatches, MaskSet, read_masks
from tracking.arrays import IntArray
from tracking.errors import UsageError


def read_data(settings: DataSettings) -> ReidDataset | MaskSet:
    """Read training images.

    Raises:
        UsageError: If the folder is missing or is no such data set.
    """
    match settings.layout:
        case "masks":
            return read_masks(settings.folder)
        case "own":
            dataset = read_part(settings.folder, Part.TRAIN)
        case "two_cameras":
            dataset = read_two_cameras(settings.folder, settings.kind)
        case published:
            dataset = PUBLISHED[published].read(settings.folder).train
    if settings.identities is None:
        return dataset
    chosen = dataset.identities[slice(*settings.identities)]
    if not chosen:
        raise UsageError(
            f"data.identities: {list(settings.identities)} leaves none of "
            f"{len(dataset.identities)} identities"
        )
    return dataset.with_identities(chosen)


def build_batches(
    description: TrainingDescription,
    dataset: ReidDataset | MaskSet,
    hard_negatives: list[IntArray] | None,
) -> BatchSource:
    """Build what gives the batches of a training.

    Args:
        description: Sampler, transforms and how images are loaded.
        dataset: The images.
        hard_negatives: Of each image, for triplets.

    Raises:
        UsageError: If the images do not allow such batches.
    """
    settings, transforms = description.training, description.transforms
    if isinstance(dataset, MaskSet):
        nobody = np.zeros(len(dataset), np.int64)
        sampler = build_sampler(description.sampler, nobody, nobody, settings.seed)
        return MaskBatches(dataset, sampler, transforms, settings.seed, settings.workers)
    sampler = build_sampler(description.sampler, *label_arrays(dataset), settings.seed, hard_negatives)
    transform = CropTransform(transforms, training=True)
    memory = settings.keep_images_in_memory
    return CropBatches(dataset, sampler, transform, settings.seed, settings.workers, memory)
