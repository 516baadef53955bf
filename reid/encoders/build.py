"""From settings to a ready encoder."""

from pathlib import Path

from reid.encoders.base import Encoder
from reid.encoders.colour_stripes import ColourStripes
from reid.encoders.onnx import OnnxEncoder
from reid.encoders.settings import EncoderSettings
from tracking.errors import UsageError

COLOUR_STRIPES = "colour_stripes"


def needs_weights(settings: EncoderSettings) -> bool:
    """Tell whether the settings name a network, whose weights must be found first."""
    return settings.name != COLOUR_STRIPES


def build_encoder(settings: EncoderSettings, weights: Path | None = None) -> Encoder:
    """Build the configured encoder.

    Args:
        settings: Which encoder, on which runtime and device.
        weights: Weights file that the name was resolved to; `settings.weights`, or the name itself
            read as a path, where None.

    Returns:
        The encoder, loaded and ready.

    Raises:
        UsageError: If settings contradict each other.
        WeightsError: If weights or model card are missing, damaged, or not an encoder.
        DeviceError: If the device or runtime is not available.
    """
    if not needs_weights(settings):
        if settings.device != "cpu":
            raise UsageError(
                f"encoder.device: {COLOUR_STRIPES} runs on the CPU only, not on {settings.device}; "
                "set device: cpu or name a network"
            )
        return ColourStripes()
    path = weights or settings.weights or Path(settings.name)
    if settings.runtime == "torch":
        from reid.encoders.torch import TorchEncoder

        return TorchEncoder(path, settings)
    return OnnxEncoder(path, settings)
