"""From a configuration to everything a run needs, so that what is wrong shows before work begins."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from anonymize import Anonymizer
from flows.matching import (
    CalibrationSettings,
    EventTimeMatcher,
    LinkNetwork,
    Location,
    MatchingSettings,
    links_from_settings,
)
from pipeline.configuration import CameraSettings, Configuration, effective_values
from pipeline.registry import resolve_detector, resolve_weights
from pipeline.registry.checksums import sha256_of
from pipeline.registry.download import cached_file
from pipeline.registry.entries import card_path, find_model
from pipeline.sources import CameraSource, FrameSource, fingerprint
from pipeline.stages import CameraChain, ChainSettings, CropSampler
from pipeline.telemetry import StageClock
from reid.encoders import Encoder, build_encoder, needs_weights
from tracking.detectors import Detector, DetectorSettings, build_detector
from tracking.errors import WeightsError


@dataclass(frozen=True, slots=True)
class Preparation:
    """A checked configuration with its models loaded and its sources opened.

    Attributes:
        configuration: What was asked for.
        sources: Camera id → its footage.
        detectors: Camera id → its detector; cameras with equal settings share one, unless it
            remembers earlier frames.
        encoder: Crops to embeddings, for all cameras.
        network: Which camera can follow which.
        matching: Settings with the commit lag, and the model card's calibration, filled in.
        threshold: Distance below which two sightings may be one rider.
        footage: Camera id → (name, digest) of every source.
        samplers: Camera id → what keeps crops of its riders, where they are not cut from pixels.
        weights: Camera id → checksum of its detector's weights, where a name led to them.
    """

    configuration: Configuration
    sources: Mapping[str, FrameSource]
    detectors: Mapping[str, Detector]
    encoder: Encoder
    network: LinkNetwork
    matching: MatchingSettings
    threshold: float
    footage: Mapping[str, tuple[tuple[str, str], ...]]
    samplers: Mapping[str, CropSampler] = field(default_factory=dict)
    weights: Mapping[str, str] = field(default_factory=dict)

    @property
    def gallery_ttl_s(self) -> float:
        """Event time for which an embedding may be needed behind the watermark."""
        return self.matching.commit_lag_s or self.network.longest_s

    @property
    def fingerprint(self) -> str:
        """Digest of all that decides the result."""
        digest = sha256()
        digest.update(_deciding_values(self.configuration).encode())
        digest.update(f"|{self.encoder.model_id}|{self.threshold}".encode())
        if self.configuration.matching.calibration is None and self.matching.calibration is not None:
            digest.update(f"|{self.matching.calibration}".encode())
        for camera, detector in self.detectors.items():
            starts = [planned.start for planned in self.sources[camera].sources]
            digest.update(f"|{camera}|{detector.name}|{self.footage[camera]}|{starts}".encode())
            if camera in self.weights:
                digest.update(f"|{self.weights[camera]}".encode())
        return digest.hexdigest()

    def new_matcher(self) -> EventTimeMatcher:
        """A matcher that has seen nothing."""
        return EventTimeMatcher(self.network, self.matching, self.threshold)

    def new_chain(self, camera_id: str, anonymizer: Anonymizer, clock: StageClock) -> CameraChain:
        """The chain of one camera at the beginning of its footage."""
        camera = self.configuration.camera(camera_id)
        frame_size = self.sources[camera_id].frame_size
        settings = ChainSettings(
            camera=camera_id,
            frame_size=frame_size,
            region=self.configuration.region(camera_id, frame_size),
            counting_line=camera.counting_line,
            rider=camera.rider,
            tracker=camera.tracker,
            crops_per_tracklet=self.configuration.encoder.crops_per_tracklet,
        )
        return CameraChain(settings, anonymizer.crop, clock, self.samplers.get(camera_id))


def prepare(configuration: Configuration) -> Preparation:
    """Open every source, load every model and check that all of it goes together.

    Raises:
        UsageError: Configuration, weights, device or footage are not usable.
        FootageError: A camera has no decodable frame.
    """
    cameras = configuration.cameras
    sources = {camera.id: CameraSource(configuration.footage(camera.id)) for camera in cameras}
    prepared = assemble(configuration, sources, _detectors(cameras), _encoder(configuration))
    return replace(prepared, weights=_named_weights(cameras))


def assemble(
    configuration: Configuration,
    sources: Mapping[str, FrameSource],
    detectors: Mapping[str, Detector],
    encoder: Encoder,
    samplers: Mapping[str, CropSampler] | None = None,
) -> Preparation:
    """Put the parts of a run together and check that they fit.

    Args:
        configuration: Of the site.
        sources: Camera id → where its frames come from.
        detectors: Camera id → its detector.
        encoder: For all cameras.
        samplers: Camera id → what keeps crops of its riders; None cuts them from the frames.

    Raises:
        UsageError: Regions, links, threshold or commit lag do not fit, or a face model cannot be used.
    """
    network = _network(configuration)
    for camera in configuration.cameras:
        configuration.region(camera.id, sources[camera.id].frame_size)
    prepared = Preparation(
        configuration=configuration,
        sources=sources,
        detectors=detectors,
        encoder=encoder,
        network=network,
        matching=_calibrated(_bounded(configuration.matching, network), encoder),
        threshold=configuration.matching.threshold_for(encoder.model_id, encoder.threshold),
        footage={
            name: tuple(
                (planned.name, fingerprint(planned.files.path, planned.files.images))
                for planned in source.sources
            )
            for name, source in sources.items()
        },
        samplers=samplers or {},
    )
    # What cannot be built is to be known before the database holds a run of it.
    prepared.new_matcher()
    for camera in configuration.cameras:
        prepared.new_chain(camera.id, Anonymizer(camera.anonymize), StageClock())
    return prepared


def _deciding_values(configuration: Configuration) -> str:
    """The configuration without what changes no result, and without the folders that files lie in."""
    values = effective_values(configuration)
    for section in ("database", "statistics", "runtime"):
        values.pop(section)
    for camera in values["cameras"]:
        camera.pop("source")
    return json.dumps([_by_content(values), configuration.runtime.max_fps], sort_keys=True)


def _by_content(value: Any) -> Any:
    """Put checksums in the place of paths: new weights under an old name count, a moved folder does not."""
    if isinstance(value, dict):
        return {key: _by_content(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_by_content(inner) for inner in value]
    if not (isinstance(value, str) and Path(value).is_absolute() and Path(value).is_file()):
        return value
    beside = (Path(value), card_path(Path(value)))
    return [sha256_of(path) for path in beside if path.is_file()]


def _network(configuration: Configuration) -> LinkNetwork:
    locations = {
        camera.id: Location(*camera.location) if camera.location else None for camera in configuration.cameras
    }
    return links_from_settings(locations, configuration.links, configuration.matching)


def _bounded(settings: MatchingSettings, network: LinkNetwork) -> MatchingSettings:
    """Decide early enough that embeddings are gone after 20 minutes, unless links allow longer travel.

    A lag of just one window would solve never-ending traffic anew for nearly every sighting.
    """
    if settings.commit_lag_s is not None:
        return settings
    longest_s = network.longest_s
    lag_s = min(2 * longest_s, max(1.25 * longest_s, settings.max_travel_s))
    return settings.model_copy(update={"commit_lag_s": lag_s})


def _calibrated(settings: MatchingSettings, encoder: Encoder) -> MatchingSettings:
    """Take the probability of a match from the model card where the site says nothing of it."""
    if settings.calibration is not None or encoder.calibration is None:
        return settings
    try:
        curve: CalibrationSettings = TypeAdapter(CalibrationSettings).validate_python(
            encoder.calibration.model_dump()
        )
    except ValidationError as error:
        raise WeightsError(
            f"{encoder.model_id}: calibration in its model card: {error.errors()[0]['msg']}; "
            "correct the card, or set matching.calibration"
        ) from error
    return settings.model_copy(update={"calibration": curve})


def _encoder(configuration: Configuration) -> Encoder:
    settings = configuration.encoder
    weights = settings.weights
    if needs_weights(settings) and weights is None:
        weights = resolve_weights(settings.name, "encoder")
    return build_encoder(settings, weights)


def _detectors(cameras: tuple[CameraSettings, ...]) -> dict[str, Detector]:
    shared: list[tuple[DetectorSettings, Detector]] = []
    detectors: dict[str, Detector] = {}
    for camera in cameras:
        found = next((one for settings, one in shared if settings == camera.detector), None)
        if found is None:
            found = build_detector(resolve_detector(camera.detector))
            if not found.stateful:
                shared.append((camera.detector, found))
        detectors[camera.id] = found
    return detectors


def _named_weights(cameras: tuple[CameraSettings, ...]) -> dict[str, str]:
    """Checksums of weights that a name of the registry stands for: an update may bring new ones.

    Those given as a file are known by the content of that file already.
    """
    return {
        camera.id: sha256_of(path)
        for camera in cameras
        if (entry := find_model(camera.detector.name)) and (path := cached_file(entry))
    }
