"""All that a run needs, as data: a checked configuration with its models loaded and its sources opened."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.cameras import PreparedCamera
from pipeline.configuration import Configuration
from pipeline.runner.linking import Linking
from reid.encoders import Encoder


@dataclass(frozen=True, slots=True)
class Preparation:
    """What an engine works off.

    Attributes:
        configuration: What was asked for.
        cameras: Those with readable footage, in the order of the site file.
        encoder: Crops to embeddings, for all cameras.
        linking: How sightings become journeys.
        troubles: Camera id → why nothing of it can be read; such cameras are left out.
    """

    configuration: Configuration
    cameras: tuple[PreparedCamera, ...]
    encoder: Encoder
    linking: Linking
    troubles: Mapping[str, str] = field(default_factory=dict)
