"""Start a run, go on with an interrupted one, or find that there is nothing to do."""

import math
import time
from contextlib import ExitStack
from pathlib import Path

from anonymize import Anonymizer
from flows.database import CameraDescription, FlowStore, Footage, RunDescription, RunState, tally_run
from flows.matching import EventTimeMatcher
from pipeline.configuration import Configuration
from pipeline.runner.camera_work import CameraWork
from pipeline.runner.checkpoint import Checkpoint
from pipeline.runner.feeder import Feeder
from pipeline.runner.local import LocalRunner
from pipeline.runner.prepare import Preparation, prepare
from pipeline.runner.tracks import TrackFolder
from pipeline.sources import SourcePosition
from pipeline.stages import SightingMaker
from pipeline.telemetry import CameraSummary, RunSummary, Stage, StageClock, open_progress
from tracking.errors import UsageError


def run_site(
    configuration: Configuration, *, replace: bool = False, tracks: Path | None = None
) -> RunSummary:
    """Process all footage of a site into its database.

    Args:
        configuration: Of the site.
        replace: Delete what the database holds of this footage first.
        tracks: Folder for the boxes of every counted passage, or None.

    Raises:
        FietsflowError: One sentence about what is wrong; the database keeps what was saved before.
    """
    clock = StageClock()
    return run_prepared(prepare(configuration), clock, replace=replace, tracks=tracks)


def run_prepared(
    prepared: Preparation, clock: StageClock, *, replace: bool = False, tracks: Path | None = None
) -> RunSummary:
    """Process what was prepared; see `run_site`."""
    with ExitStack() as stack:
        # Before the database holds a run of it: a folder that cannot be written must leave none behind.
        files = None if tracks is None else stack.enter_context(TrackFolder(tracks, prepared.sources))
        with clock.measure(Stage.STORE):
            store = FlowStore.open(prepared.configuration.database)
            stack.callback(store.close)
            run = store.begin_run(_describe(prepared), replace=replace)
        if files is not None and run.state is not RunState.NEW:
            raise UsageError(
                f"--tracks: {store.database.name} holds this footage already, in whole or in part, and "
                "tracks are written while it is worked off; give --replace to begin anew"
            )
        works: list[CameraWork] = []
        if run.state is not RunState.COMPLETE:
            works = _open_cameras(prepared, store, run.run_id, clock, files)
            matcher = _restored_matcher(prepared, store, run.run_id)
            runner = LocalRunner(run.run_id, works, store, matcher, prepared.gallery_ttl_s, clock)
            with open_progress(_expected_frames(prepared, works)) as progress:
                runner.run(progress)
        return _summarise(prepared, store, run.run_id, works, run.state is RunState.COMPLETE, clock)


def _describe(prepared: Preparation) -> RunDescription:
    configuration = prepared.configuration
    return RunDescription(
        site=configuration.site,
        timezone=configuration.timezone,
        cameras=tuple(
            CameraDescription(
                camera.id,
                camera.location,
                tuple(Footage(name, digest) for name, digest in prepared.footage[camera.id]),
            )
            for camera in configuration.cameras
        ),
        fingerprint=prepared.fingerprint,
        started=time.time(),
        gallery_ttl_s=prepared.gallery_ttl_s,
    )


def _open_cameras(
    prepared: Preparation, store: FlowStore, run_id: str, clock: StageClock, tracks: TrackFolder | None
) -> list[CameraWork]:
    """One work per camera whose footage is not finished, at the place where it stopped."""
    maker = SightingMaker(
        run_id, prepared.encoder, clock, prepared.configuration.encoder.normalise_before_mean
    )
    saved = {camera: Checkpoint.from_text(text) for camera, text in store.progress(run_id).items()}
    works = []
    for camera in prepared.configuration.cameras:
        checkpoint = saved.get(camera.id, Checkpoint())
        if checkpoint.finished:
            continue
        detector = prepared.detectors[camera.id]
        anonymizer = Anonymizer(camera.anonymize)
        feeder = Feeder(
            prepared.sources[camera.id],
            _position(checkpoint) if not detector.stateful else None,
            prepared.configuration.runtime.frames_per_chunk,
            prepared.configuration.runtime.queued_chunks,
            detector if detector.stateful else None,
            Anonymizer(camera.anonymize).frame if camera.anonymize.when == "source" else None,
            clock,
        )
        works.append(
            CameraWork(
                prepared.sources[camera.id],
                feeder,
                prepared.new_chain(camera.id, anonymizer, clock),
                maker,
                detector,
                checkpoint,
                not detector.stateful,
                clock,
                None if tracks is None else tracks.of(camera.id),
            )
        )
    return works


def _position(checkpoint: Checkpoint) -> SourcePosition | None:
    if not checkpoint.source:
        return None
    last_time = -math.inf if checkpoint.last_time is None else checkpoint.last_time
    return SourcePosition(checkpoint.source, checkpoint.frame, last_time)


def _restored_matcher(prepared: Preparation, store: FlowStore, run_id: str) -> EventTimeMatcher:
    state = store.open_sightings(run_id)
    if state.watermark is None:
        matcher = prepared.new_matcher()
        matcher.add(state.sightings)
        return matcher
    return EventTimeMatcher.restore(
        prepared.network,
        prepared.matching,
        prepared.threshold,
        sightings=state.sightings,
        matches=state.matches,
        watermark=state.watermark,
    )


def _expected_frames(prepared: Preparation, works: list[CameraWork]) -> dict[str, int | None]:
    """Frames that the headers promise, for the progress bar; None where one of them does not say."""
    expected: dict[str, int | None] = {}
    for work in works:
        headers = [source.header for source in work.source.sources if source.header]
        counts = [header.frames for header in headers]
        known = [count for count in counts if count is not None]
        expected[work.camera] = sum(known) if known and len(known) == len(counts) else None
    return expected


def _summarise(
    prepared: Preparation,
    store: FlowStore,
    run_id: str,
    works: list[CameraWork],
    already_done: bool,
    clock: StageClock,
) -> RunSummary:
    tally = tally_run(store.database, run_id)
    reports = {work.camera: work.source.reports() for work in works}
    frames = {work.camera: work.frames_read for work in works}
    cameras = tuple(
        CameraSummary(
            camera=camera.id,
            frames_read=frames.get(camera.id, 0),
            frames_skipped=sum(
                report.frames_decoded - report.frames_delivered for report in reports.get(camera.id, ())
            ),
            observed_s=tally.observed_s.get(camera.id, 0.0),
            cyclists=tally.sightings.get(camera.id, 0),
            problems=tuple(
                f"{report.source}: {problem}"
                for report in reports.get(camera.id, ())
                for problem in report.problems
            ),
        )
        for camera in prepared.configuration.cameras
    )
    return RunSummary(
        site=prepared.configuration.site,
        database=store.database.name,
        detector=", ".join(dict.fromkeys(detector.name for detector in prepared.detectors.values())),
        encoder=prepared.encoder.model_id,
        wall_s=clock.wall_s,
        stage_s=clock.seconds,
        cameras=cameras,
        journeys=tally.journeys,
        linked_journeys=tally.linked_journeys,
        detects_beside_decoding=all(detector.stateful for detector in prepared.detectors.values()),
        already_done=already_done,
    )
