"""The cameras whose footage is not finished, each at the place where it stopped."""

import math

from flows.database import FlowStore
from pipeline.cameras import open_camera, promised_frames
from pipeline.runner.camera_work import CameraWork
from pipeline.runner.checkpoint import Checkpoint
from pipeline.runner.preparation import Preparation
from pipeline.runner.tracks import TrackFolder
from pipeline.sources import SourcePosition
from pipeline.stages import SightingMaker
from pipeline.telemetry import StageClock


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
    configuration = prepared.configuration
    maker = SightingMaker(run_id, prepared.encoder, clock)
    saved = {camera: Checkpoint.from_text(text) for camera, text in store.progress(run_id).items()}
    works = []
    for camera in prepared.cameras:
        checkpoint = saved.get(camera.id, Checkpoint())
        if checkpoint.finished:
            continue
        works.append(
            CameraWork(
                camera,
                open_camera(camera, configuration.runtime, clock, _position(checkpoint)),
                maker,
                checkpoint,
                clock,
                None if tracks is None else tracks.of(camera.id),
            )
        )
    return works


def expected_frames(works: list[CameraWork]) -> dict[str, int | None]:
    """Frames that the headers promise, for the progress bar; None where one of them does not say."""
    return {work.camera: promised_frames(work.source.sources) for work in works}


def _position(checkpoint: Checkpoint) -> SourcePosition | None:
    if not checkpoint.source:
        return None
    last_time = -math.inf if checkpoint.last_time is None else checkpoint.last_time
    return SourcePosition(checkpoint.source, checkpoint.frame, last_time)
