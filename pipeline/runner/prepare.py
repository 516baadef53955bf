"""From a configuration to everything a run needs, so that what is wrong shows before work begins."""

from dataclasses import replace

from pipeline.cameras import PreparedCamera, open_camera, prepare_cameras
from pipeline.configuration import Configuration
from pipeline.registry import resolve_weights
from pipeline.runner.linking import prepare_linking
from pipeline.runner.preparation import Preparation
from pipeline.telemetry import StageClock
from reid.encoders import Encoder, build_encoder, needs_weights
from reid.encoders.settings import EncoderSettings


def prepare(configuration: Configuration) -> Preparation:
    """Open every source, load every model and check that all of it goes together.

    A camera without readable footage is left out and noted.

    Raises:
        UsageError: Configuration, weights, device or footage are not usable.
        FootageError: No camera has a decodable frame.
    """
    troubles: dict[str, str] = {}
    cameras = prepare_cameras(configuration, troubles=troubles)
    return replace(assemble(configuration, cameras, load_encoder(configuration)), troubles=troubles)


def assemble(
    configuration: Configuration, cameras: tuple[PreparedCamera, ...], encoder: Encoder
) -> Preparation:
    """Put the parts of a run together and check that they fit.

    Args:
        configuration: Of the site.
        cameras: All of the site file.
        encoder: For all cameras.

    Raises:
        UsageError: Links, threshold or commit lag do not fit, or a face model cannot be used.
    """
    linking = prepare_linking(configuration, encoder)
    for camera in cameras:
        # What cannot be opened is to be known before the database holds a run of it.
        open_camera(camera, configuration.runtime, StageClock())
    return Preparation(configuration, cameras, encoder, linking)


def load_encoder(configuration: Configuration) -> Encoder:
    """Load the encoder of a site.

    Raises:
        UsageError: Settings or device do not fit the model.
        WeightsError: The weights are missing or damaged.
    """
    return open_encoder(configuration.encoder)


def open_encoder(settings: EncoderSettings) -> Encoder:
    """Load an encoder by its settings; see `load_encoder`."""
    weights = settings.weights
    if needs_weights(settings) and weights is None:
        weights = resolve_weights(settings.name, "encoder")
    return build_encoder(settings, weights)
