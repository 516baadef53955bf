"""No more threads than there are cores for the worker."""

from reid.encoders.settings import EncoderSettings
from tracking.detectors import DetectorSettings
from tracking.processor import cores


def sparing_detector(settings: DetectorSettings) -> DetectorSettings:
    """The same detector for a worker with few cores."""
    if settings.threads is None:
        return settings
    return settings.model_copy(update={"threads": min(settings.threads, cores())})


def sparing_encoder(settings: EncoderSettings) -> EncoderSettings:
    """The same encoder for a worker with few cores."""
    return settings.model_copy(update={"threads": min(settings.threads or cores(), cores())})
