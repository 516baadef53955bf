"""Everything about a camera that can be known, and can be wrong, before its footage is worked off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

from pipeline.cameras.blind import BlindDetector
from pipeline.cameras.classifiers import classifier_for
from pipeline.cameras.detectors import DetectorShelf
from pipeline.cameras.looking import Foresight
from pipeline.configuration import CameraSettings, Configuration
from pipeline.sources import AttentiveSource, CameraSource, FrameSource, fingerprint, refuse_conflicts
from pipeline.stages import ChainSettings, CropSampler
from tracking.attention import AttentionSettings, small_size
from tracking.detectors import Detector
from tracking.detectors.base import PartDetector
from tracking.errors import FietsflowError, FootageError, NoFootageError, UntimedFootageError
from tracking.riders import CropClassifier


@dataclass(frozen=True, slots=True)
class PreparedCamera:
    """A camera whose settings were checked, whose footage was found and whose detector is loaded.

    Attributes:
        settings: Of the site file.
        source: Its footage.
        detector: Finds the boxes; cameras with equal settings share one, unless it remembers frames.
        chain: What its chain needs to know.
        weights: Checksum of the detector's weights where a name led to them, else None.
        sampler: Keeps crops of its riders; None cuts them from the frames.
        digests: Name of a source → digest of its bytes, where that is known already.
        lead: Source that is looked at only to know who is in view when the others begin; empty for none.
        trail: Source that is looked at only to see those leave who are in view when the others end; empty
            for none.
        counts_until: What begins from this moment on is not counted, seconds since the epoch.
        foresight: Knows what others have found in some of its frames; None for nothing.
        classifier: Looks at the crops of its passages; None where nobody does.
    """

    settings: CameraSettings
    source: FrameSource
    detector: Detector
    chain: ChainSettings
    weights: str | None = None
    sampler: CropSampler | None = None
    digests: Mapping[str, str] = field(default_factory=dict)
    lead: str = ""
    trail: str = ""
    counts_until: float = inf
    foresight: Foresight | None = None
    classifier: CropClassifier | None = None

    @property
    def id(self) -> str:
        """Camera id."""
        return self.settings.id

    @property
    def footage(self) -> tuple[tuple[str, str], ...]:
        """Name and digest of every source that is counted."""
        return tuple(
            (
                planned.name,
                self.digests.get(planned.name) or fingerprint(planned.files.path, planned.files.images),
            )
            for planned in self.source.sources
            if planned.name not in (self.lead, self.trail)
        )


def prepare_cameras(
    configuration: Configuration,
    *,
    detect: bool = True,
    crops_per_tracklet: int | None = None,
    keep_crop_size: bool = False,
    troubles: dict[str, str] | None = None,
) -> tuple[PreparedCamera, ...]:
    """Open the footage of every camera, load the detectors and check that regions fit the frames.

    Args:
        configuration: Of the site.
        detect: Load the detectors; False where the riders are known from elsewhere.
        crops_per_tracklet: Most crops kept of one passage; None for the encoder's setting.
        keep_crop_size: Crops stay as large as they are in the frame.
        troubles: Takes the sentence about each camera without readable footage, which is then left out;
            None where all of them are needed.

    Raises:
        UsageError: Configuration, weights, device or footage are not usable.
        FootageError: A camera has no decodable frame; with `troubles`, no camera has one.
    """
    sources = open_sources(configuration, troubles)
    shelf = DetectorShelf(len(sources))
    return tuple(
        prepare_camera(
            configuration,
            source,
            shelf if detect else None,
            crops_per_tracklet=crops_per_tracklet,
            keep_crop_size=keep_crop_size,
        )
        for source in sources
    )


def prepare_camera(
    configuration: Configuration,
    source: AttentiveSource,
    shelf: DetectorShelf | None,
    *,
    crops_per_tracklet: int | None = None,
    keep_crop_size: bool = False,
) -> PreparedCamera:
    """Give the footage of a camera its detector, and check that its region fits the frames.

    Args:
        configuration: Of the site.
        source: The footage; it is told which of its frames are worth a look.
        shelf: Has the detectors; None where the riders are known from elsewhere.
        crops_per_tracklet: Most crops kept of one passage; None for the encoder's setting.
        keep_crop_size: Crops stay as large as they are in the frame.

    Raises:
        UsageError: Weights, device or region are not usable.
    """
    camera = configuration.camera(source.camera)
    detector = shelf.take(camera.detector, camera.id) if shelf else BlindDetector()
    chain = chain_settings(
        configuration,
        camera,
        source,
        crops_per_tracklet=crops_per_tracklet,
        keep_crop_size=keep_crop_size,
    )
    source.attend(
        attention_for(camera.attention, detector), chain.region.mask(*small_size(*source.frame_size))
    )
    weights = shelf.checksum(camera.detector) if shelf else None
    classifier = classifier_for(camera.rider) if shelf else None
    return PreparedCamera(camera, source, detector, chain, weights, classifier=classifier)


def attention_for(settings: AttentionSettings, detector: Detector) -> AttentionSettings:
    """What of the attention asked for suits a detector.

    One that remembers earlier frames has to see them all; one that takes pictures of one size only gains
    nothing by a part of them.
    """
    if detector.stateful or isinstance(detector, BlindDetector):
        return settings.model_copy(update={"every_frame": True})
    any_size = isinstance(detector, PartDetector) and detector.any_size
    return settings if any_size else settings.model_copy(update={"parts": False})


def open_sources(
    configuration: Configuration, troubles: dict[str, str] | None = None
) -> Sequence[CameraSource]:
    """Find the footage of every camera.

    Args:
        configuration: Of the site.
        troubles: As for `prepare_cameras`.

    Raises:
        UsageError: There is none, nobody says when it begins, or two cameras read the same.
        FootageError: A camera has no decodable frame; with `troubles`, no camera has one.
    """
    sources: list[CameraSource] = []
    failures: list[FietsflowError] = []
    for camera in configuration.cameras:
        try:
            sources.append(CameraSource(configuration.footage(camera.id)))
        except (FootageError, NoFootageError, UntimedFootageError) as error:
            if troubles is None:
                raise
            troubles[camera.id] = str(error)
            failures.append(error)
    if not sources:
        raise type(failures[0])("\n".join(str(error) for error in failures))
    refuse_conflicts(
        {source.camera: source.sources for source in sources},
        {source.camera: configuration.footage(source.camera).key for source in sources},
    )
    return sources


def chain_settings(
    configuration: Configuration,
    camera: CameraSettings,
    source: FrameSource,
    *,
    crops_per_tracklet: int | None = None,
    keep_crop_size: bool = False,
) -> ChainSettings:
    """Place a camera's region and settings in its real frames; see `prepare_cameras`.

    Raises:
        UsageError: Region, exclusion or counting line do not fit the frame.
    """
    return ChainSettings(
        camera=camera.id,
        frame_size=source.frame_size,
        region=configuration.region(camera.id, source.frame_size),
        counting_line=camera.counting_line,
        rider=camera.rider,
        tracker=camera.tracker,
        crops_per_tracklet=crops_per_tracklet or configuration.encoder.crops_per_tracklet,
        keep_crop_size=keep_crop_size,
    )
