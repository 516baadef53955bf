"""The model registry: names, checksums, cards, and how a name becomes a verified file."""

from pipeline.registry.download import Progress, fetch_model
from pipeline.registry.entries import ModelCard, ModelEntry, find_model, known_models, read_card
from pipeline.registry.resolve import resolve_detector, resolve_weights

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
