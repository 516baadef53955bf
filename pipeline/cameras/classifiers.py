"""The classifiers of crops of a site: cameras with equal settings share one."""

from functools import cache
from pathlib import Path

from pipeline.registry import resolve_weights
from tracking.files import sha256_of
from tracking.riders import OnnxClassifier, RiderSettings


def classifier_for(settings: RiderSettings) -> OnnxClassifier | None:
    """What looks at the crops of a camera's passages; None where nobody does.

    Raises:
        UsageError: A name that stands for nothing, or for a model of another task.
        WeightsError: The weights are missing, damaged, or no classifier.
    """
    weights = _weights_of(settings)
    return None if weights is None else _opened(weights, sha256_of(weights))


def classifier_checksum(settings: RiderSettings) -> str | None:
    """Checksum of the classifier of a camera: another one counts otherwise.

    Raises:
        UsageError: See `classifier_for`.
        WeightsError: The weights are missing.
    """
    weights = _weights_of(settings)
    return None if weights is None else sha256_of(weights)


def _weights_of(settings: RiderSettings) -> Path | None:
    name = settings.asked_classifier
    return None if name is None else resolve_weights(name, "classifier")


@cache
def _opened(weights: Path, checksum: str) -> OnnxClassifier:
    """The network of a file with these bytes."""
    return OnnxClassifier(weights)
