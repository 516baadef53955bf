"""Encoders: crops to embeddings, by a network or, with no weights at all, by colour stripes."""

from reid.encoders.averaging import average_embeddings, embedding_quality
from reid.encoders.base import Encoder
from reid.encoders.build import build_encoder, needs_weights
from reid.encoders.card import ModelCard, load_card
from reid.encoders.colour_stripes import ColourStripes
from reid.encoders.onnx import OnnxEncoder
from reid.encoders.settings import EncoderSettings

__all__ = [
    "ColourStripes",
    "Encoder",
    "EncoderSettings",
    "ModelCard",
    "OnnxEncoder",
    "average_embeddings",
    "build_encoder",
    "embedding_quality",
    "load_card",
    "needs_weights",
]
