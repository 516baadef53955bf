"""The cameras whose footage is not finished, each at the place where it stopped."""

from flows.database import FlowStore
from pipeline.cameras import PreparedCamera, open_camera, promised_frames
from pipeline.runner.camera_work import CameraWork
from pipeline.runner.checkpoint import Checkpoint
from pipeline.runner.preparation import Preparation
from pipeline.runner.tracks import CameraTracks, TrackFolder
from pipeline.stages import SightingMaker
from pipeline.telemetry import StageClock
from tracking.memory import UnreadableMemoryError


def open_works(
    prepared: Preparation, store: FlowStore, run_id: str, clock: StageClock, tracks: TrackFolder | None
) -> list[CameraWork]:
    """One work for each camera with footage left.

    Args:
        prepared: What to work off.
        store: Knows how far the run came.
        run_id: Of the database.
        clock: Where the time goes.
        tracks: Where passages are written to as boxes, or None.
    """
    watermark = store.open_sightings(run_id).watermark
    texts = store.progress(run_id)
    works = []
    for camera in prepared.cameras:
        text = texts.get(camera.id)
        checkpoint = Checkpoint() if text is None else Checkpoint.from_text(text, settled_until=watermark)
        if not checkpoint.finished:
            file = None if tracks is None else tracks.of(camera.id)
            works.append(_open_work(prepared, camera, checkpoint, run_id, clock, file))
    return works


def _open_work(
    prepared: Preparation,
    camera: PreparedCamera,
    checkpoint: Checkpoint,
    run_id: str,
    clock: StageClock,
    tracks: CameraTracks | None,
) -> CameraWork:
    """Go on from the memory of a checkpoint, or from its own place where that cannot be read."""
    configuration = prepared.configuration
    checkpoint = checkpoint.model_copy(update={"origin": checkpoint.origin or run_id})
    maker = SightingMaker(checkpoint.origin, prepared.encoder, clock)
    opened = None
    if checkpoint.memory is not None:
        place, runtime = checkpoint.memory.position, configuration.runtime
        try:
            opened = open_camera(camera, runtime, clock, place, checkpoint.memory.recollect())
        except UnreadableMemoryError:
            checkpoint = checkpoint.model_copy(update={"memory": None})
    if opened is None:
        opened = open_camera(camera, configuration.runtime, clock, checkpoint.position)
    return CameraWork(camera, opened, maker, checkpoint, clock, tracks)


def expected_frames(works: list[CameraWork]) -> dict[str, int | None]:
    """Frames that the headers promise, for the progress bar; None where one of them does not say."""
    return {work.camera: promised_frames(work.source.sources) for work in works}
