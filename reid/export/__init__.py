"""From a trained network to an encoder that the pipeline runs: ONNX or PyTorch file, and its card."""

from reid.export.card import ThresholdRecord, read_threshold, write_card, write_threshold
from reid.export.encoder import LaboratoryEncoder
from reid.export.onnx import ExportedModel, ExportError, export_network, exported_before

__all__ = [
    "ExportError",
    "ExportedModel",
    "LaboratoryEncoder",
    "ThresholdRecord",
    "export_network",
    "exported_before",
    "read_threshold",
    "write_card",
    "write_threshold",
]
