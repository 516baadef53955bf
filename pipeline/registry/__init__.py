"""The model registry: names, checksums, cards, and how a name becomes a verified file."""

from pipeline.models.download import Progress, fetch_model
from pipeline.models.entries import ModelCard, ModelEntry, find_model, known_models, read_card
from pipeline.models.resolve import resolve_detector, resolve_weights

__all__ = [
    "ModelCard",
    "ModelEntry",
    "Progress",
    "fetch_model",
    "find_model",
    "known_models",
    "read_card",
    "resolve_detector",
    "resolve_weights",
]
