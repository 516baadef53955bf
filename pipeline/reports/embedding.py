"""From crops on disk to embeddings with their truth, blurred on the way like everything else."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from anonymize import Anonymizer, AnonymizeSettings
from pipeline.registry import resolve_weights
from reid.encoders import Encoder, EncoderSettings, build_encoder, needs_weights
from reid.retrieval import EmbeddingSet, LabelledCrop, find_crops, load_embeddings, pick_identities
from tracking.errors import UsageError

_AT_ONCE = 64


def open_encoder(name: str, device: str = "cpu") -> Encoder:
    """Load an encoder by its name, its file, or its name in the model registry.

    Raises:
        UsageError: There is no such encoder.
        WeightsError: Its weights are missing or damaged.
        DeviceError: The device is not there.
    """
    settings = EncoderSettings.model_validate({"name": name, "device": device})
    weights = resolve_weights(name, "encoder") if needs_weights(settings) else None
    return build_encoder(settings, weights)


def read_embeddings(
    source: Path, encoder: Encoder | None, query_camera: str | None = None, blurred: bool = False
) -> EmbeddingSet:
    """Read embeddings from an .npz file, or make them from a folder of crops.

    Args:
        source: File or folder.
        encoder: Embeds crops; not needed for a file.
        query_camera: Crops of this camera ask, all others are searched.
        blurred: The crops are anonymised already; else they are blurred before they are embedded.

    Raises:
        UsageError: The source cannot be used, or crops come without an encoder.
    """
    if source.suffix == ".npz":
        found = load_embeddings(source)
        return found if query_camera is None else _asking_from(found, query_camera)
    crops = find_crops(source, query_camera)
    if encoder is None:
        raise UsageError(
            "--encoder: crops need an encoder; name one, such as colour_stripes, or a .onnx file"
        )
    return embed_crops(crops, encoder, None if blurred else Anonymizer(AnonymizeSettings()))


def embed_crops(
    crops: Sequence[LabelledCrop], encoder: Encoder, anonymizer: Anonymizer | None
) -> EmbeddingSet:
    """Embed crops, a few at a time.

    Args:
        crops: Images with their truth.
        encoder: What embeds them.
        anonymizer: Blurs them first; None for crops that are anonymised already.

    Raises:
        UsageError: A crop cannot be read.
    """
    parts = []
    for start in range(0, len(crops), _AT_ONCE):
        images = []
        for crop in crops[start : start + _AT_ONCE]:
            image = cv2.imread(str(crop.path), cv2.IMREAD_COLOR)
            if image is None:
                raise UsageError(f"{crop.path}: is no readable image; remove it or write it again")
            images.append(np.asarray(image, np.uint8))
        parts.append(
            encoder.encode([image if anonymizer is None else anonymizer.crop(image) for image in images])
        )
    return EmbeddingSet.of(
        np.concatenate(parts),
        np.array([crop.identity for crop in crops]),
        np.array([crop.camera for crop in crops]),
        query=None if crops[0].query is None else np.array([crop.query for crop in crops]),
    )


def _asking_from(found: EmbeddingSet, camera: str) -> EmbeddingSet:
    cameras = sorted(set(found.camera.tolist()))
    if camera not in cameras:
        raise UsageError(f"--query-camera: there is no camera {camera}; there are {', '.join(cameras)}")
    return EmbeddingSet(found.embedding, found.identity, found.camera, found.tracklet, found.camera == camera)


def read_part(
    source: Path, encoder: str | None, query_camera: str | None, blurred: bool, identities: str
) -> EmbeddingSet:
    """Read a part of the riders, and the distractors with them.

    Args:
        source: File or folder, see `read_embeddings`.
        encoder: Name of the encoder, for crops.
        query_camera: Crops of this camera ask, all others are searched.
        blurred: The crops are anonymised already.
        identities: See `reid.retrieval.pick_identities`.

    Raises:
        UsageError: Anything of it cannot be used.
    """
    opened = None if encoder is None else open_encoder(encoder)
    found = read_embeddings(source, opened, query_camera, blurred)
    if identities == "0:":
        return found
    return found.of_identities(np.append(pick_identities(found, identities, "--identities"), "0"))
