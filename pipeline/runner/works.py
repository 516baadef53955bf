"""The cameras whose footage is not finished, each at the place where it stopped."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from flows.database import FlowStore
from pipeline.cameras import PreparedCamera, open_camera, promised_frames
from pipeline.configuration import RuntimeSettings
from pipeline.reasons import ReasonsFile
from pipeline.runner.beginnings import SAME_MOMENT_S, Beginning
from pipeline.runner.camera_work import CameraWork
from pipeline.runner.checkpoint import Checkpoint
from pipeline.runner.preparation import Preparation
from pipeline.runner.tracks import CameraTracks, TrackFolder
from pipeline.stages import SightingMaker
from pipeline.telemetry import StageClock
from reid.encoders import Encoder
from tracking.memory import UnreadableMemoryError
from tracking.riders import JudgedPassage
from tracking.tracklets import ShortTrack


@dataclass(frozen=True, slots=True)
class Start:
    """A camera with footage left, and the place to begin at.

    Attributes:
        camera: What was prepared of it.
        checkpoint: Of the run, of the run that it goes on from, or a fresh one.
    """

    camera: PreparedCamera
    checkpoint: Checkpoint


def open_works(
    prepared: Preparation,
    store: FlowStore,
    run_id: str,
    clock: StageClock,
    tracks: TrackFolder | None,
    beginnings: Mapping[str, Beginning] | None = None,
    reasons: ReasonsFile | None = None,
    *,
    anew: bool = False,
) -> list[CameraWork]:
    """One work for each camera with footage left.

    Args:
        prepared: What to work off.
        store: Knows how far the run came.
        run_id: Of the database.
        clock: Where the time goes.
        tracks: Where passages are written to as boxes, or None.
        beginnings: Camera id → what its footage goes on from, where it does.
        reasons: Where what is not counted is written to, or None.
        anew: What the run remembers of these cameras does not count; it has gone beyond.
    """
    runtime = prepared.configuration.runtime
    works = []
    for start in find_starts(prepared, store, run_id, beginnings, anew=anew):
        camera = start.camera
        file = None if tracks is None else tracks.of(camera.id)
        refused = None if reasons is None else reasons.of(run_id, camera.id, camera.chain.frame_size)
        works.append(open_work(start, run_id, prepared.encoder, runtime, clock, file, refused))
    return works


def find_starts(
    prepared: Preparation,
    store: FlowStore,
    run_id: str,
    beginnings: Mapping[str, Beginning] | None = None,
    *,
    anew: bool = False,
) -> list[Start]:
    """Find the place at which each camera with footage left begins; see `open_works`."""
    watermark = store.open_sightings(run_id).watermark
    texts = {} if anew else store.progress(run_id)
    starts = []
    for camera in prepared.cameras:
        text = texts.get(camera.id)
        if text is None:
            before = (beginnings or {}).get(camera.id)
            checkpoint = Checkpoint() if before is None else _carried_over(store, camera, before)
        else:
            checkpoint = Checkpoint.from_text(text, settled_until=watermark)
        if not checkpoint.finished:
            starts.append(Start(camera, checkpoint))
    return starts


def _carried_over(store: FlowStore, camera: PreparedCamera, before: Beginning) -> Checkpoint:
    """Go on from the end of an earlier run, as far as it remembers what was in view there.

    Without a memory a source that grew is looked at from its beginning, and what the earlier run counted
    of it is left out; other footage begins anew.
    """
    text = store.progress(before.run_id).get(camera.id) if before.run_id else None
    if text is None:
        return Checkpoint(since=before.since, led=bool(before.lead))
    ended = Checkpoint.from_text(text)
    last_time = None if ended.memory is None else ended.memory.last_time
    fits = last_time is not None and abs(before.since - last_time) <= SAME_MOMENT_S
    fits = fits and ended.memory is not None and ended.memory.fits(camera.source.frame_size)
    sources = {planned.name for planned in camera.source.sources}
    begin = ended.carried_over(before.run_id, before.since, sources)
    if fits and not camera.detector.stateful:
        return begin
    first = camera.source.sources[0]
    if first.start < before.since - SAME_MOMENT_S:
        return begin.model_copy(update={"memory": None})
    return Checkpoint()


def open_work(
    start: Start,
    run_id: str,
    encoder: Encoder,
    runtime: RuntimeSettings,
    clock: StageClock,
    tracks: CameraTracks | None = None,
    refused: Callable[[JudgedPassage | ShortTrack], None] | None = None,
) -> CameraWork:
    """Go on from the memory of a checkpoint, or from its own place where that cannot be read.

    Args:
        start: What to work off, and from where.
        run_id: Of the database.
        encoder: Crops to embeddings.
        runtime: Sizes of chunks and queues.
        clock: Where the time goes.
        tracks: Where passages are written to as boxes, or None.
        refused: Told of every track that is not counted.
    """
    camera, checkpoint = start.camera, start.checkpoint
    origin, known_as = checkpoint.origin or run_id, checkpoint.origin_camera or camera.id
    checkpoint = checkpoint.model_copy(update={"origin": origin, "origin_camera": known_as})
    maker = SightingMaker(origin, encoder, clock, known_as)
    opened = None
    if checkpoint.memory is not None and not checkpoint.memory.fits(camera.source.frame_size):
        checkpoint = checkpoint.model_copy(update={"memory": None})
    if checkpoint.memory is not None:
        place = checkpoint.memory.position
        try:
            opened = open_camera(camera, runtime, clock, place, checkpoint.memory.recollect(), refused)
        except UnreadableMemoryError:
            checkpoint = checkpoint.model_copy(update={"memory": None})
    if opened is None:
        opened = open_camera(camera, runtime, clock, checkpoint.position, None, refused)
    return CameraWork(camera, opened, maker, checkpoint, clock, tracks)


def remembered_until(store: FlowStore, run_id: str, camera: str) -> float | None:
    """Moment at which a run remembers what was in view of a camera; None where it remembers nothing."""
    text = store.progress(run_id).get(camera)
    memory = None if text is None else Checkpoint.from_text(text).memory
    return None if memory is None else memory.last_time


def stopping_places(store: FlowStore, run_id: str) -> dict[str, str]:
    """Camera id → name of the source in which an interrupted run would go on."""
    places = {}
    for camera, text in store.progress(run_id).items():
        checkpoint = Checkpoint.from_text(text)
        places[camera] = (checkpoint.memory or checkpoint).source
    return places


def expected_frames(cameras: Iterable[CameraWork | PreparedCamera]) -> dict[str, int | None]:
    """Frames that the headers promise, for the progress bar; None where one of them does not say."""
    return {one.source.camera: promised_frames(one.source.sources) for one in cameras}
