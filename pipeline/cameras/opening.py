"""Opening a camera: the same for a run, for a data set, and for every engine."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from anonymize import Anonymizer
from anonymize.settings import AnonymizeSettings
from pipeline.cameras.feeder import Feeder
from pipeline.cameras.prepared import PreparedCamera
from pipeline.configuration import RuntimeSettings
from pipeline.sources import SourcePosition
from pipeline.stages import CameraChain
from pipeline.telemetry import StageClock
from tracking.arrays import Image
from tracking.memory import State
from tracking.riders import JudgedPassage
from tracking.tracklets import ShortTrack
from tracking.values import Frame


@dataclass(frozen=True, slots=True)
class OpenCamera:
    """A camera at work.

    Attributes:
        feeder: Decodes its footage; not started yet.
        chain: Boxes to passages, at its beginning.
    """

    feeder: Feeder
    chain: CameraChain


def open_camera(
    camera: PreparedCamera,
    runtime: RuntimeSettings,
    clock: StageClock,
    start_at: SourcePosition | None = None,
    memory: State | None = None,
    refused: Callable[[JudgedPassage | ShortTrack], None] | None = None,
) -> OpenCamera:
    """Put footage, detector, blur and chain of a camera together.

    Pixels are blurred once: whole frames before anything looks at them (``anonymize.when: source``), or
    each crop before it is kept.

    Args:
        camera: What was prepared.
        runtime: Sizes of chunks and queues.
        clock: Where the time goes.
        start_at: Where to begin; None for the beginning. A detector that remembers earlier frames always
            begins there.
        memory: Of the chain at that place; None for a chain that has seen nothing.
        refused: Told of every track that is not counted.

    Raises:
        UnreadableMemoryError: The memory is not of such a chain.
        WeightsError: The face model cannot be loaded.
    """
    settings, detector = camera.settings.anonymize, camera.detector
    chain = CameraChain(camera.chain, crop_blur(settings), clock, camera.sampler, refused, camera.classifier)
    if memory is not None and start_at is not None and not detector.stateful:
        chain.restore(memory)
        start_at = replace(start_at, again=chain.wanted)
    # Frames that are looked at once more reach the chain from the decoding thread, but before the other one
    # has anything to do.
    return OpenCamera(
        open_feeder(camera, runtime, clock, None if detector.stateful else start_at, chain.recall), chain
    )


def open_feeder(
    camera: PreparedCamera,
    runtime: RuntimeSettings,
    clock: StageClock,
    start_at: SourcePosition | None = None,
    recall: Callable[[Frame], None] | None = None,
) -> Feeder:
    """Put footage, detector and blur of a camera together, for a chain that is there already.

    Args:
        camera: What was prepared.
        runtime: Sizes of chunks and queues.
        clock: Where the time goes.
        start_at: Where to begin; None for the beginning.
        recall: Takes the frames that `start_at` wants again.

    Raises:
        WeightsError: The face model cannot be loaded.
    """
    settings, detector = camera.settings.anonymize, camera.detector
    # One instance for each of the two threads: a face model is not to be shared.
    return Feeder(
        camera.source,
        start_at,
        runtime.frames_per_chunk,
        runtime.queued_chunks,
        detector,
        Anonymizer(settings).frame if settings.when == "source" else None,
        clock,
        recall,
        camera.foresight,
    )


def crop_blur(settings: AnonymizeSettings) -> Callable[[Image], Image]:
    """What makes a crop anonymous that was cut from a camera's frames.

    Raises:
        WeightsError: The face model cannot be loaded.
    """
    return _blurred_already if settings.when == "source" else Anonymizer(settings).crop


def _blurred_already(image: Image) -> Image:
    return image
