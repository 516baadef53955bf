"""The account of a run, from what the database holds and what the cameras have read."""

from collections.abc import Sequence

from flows.database import FlowStore, RunRecord, RunState, tally_run
from pipeline.runner.camera_work import CameraWork
from pipeline.runner.preparation import Preparation
from pipeline.sources import SourceReport
from pipeline.telemetry import CameraSummary, RunSummary, StageClock


def summarise(
    prepared: Preparation,
    store: FlowStore,
    run: RunRecord,
    works: Sequence[CameraWork],
    clock: StageClock,
) -> RunSummary:
    """Tell what a run did.

    Args:
        prepared: What was asked for.
        store: What it left.
        run: What the database knew of it at the start.
        works: The cameras that were worked off this time.
        clock: Where the time went.
    """
    tally = tally_run(store.database, run.run_id)
    reports = {work.camera: work.source.reports() for work in works}
    problems = {work.camera: work.problems for work in works}
    frames = {work.camera: work.frames_read for work in works}
    cameras = tuple(
        CameraSummary(
            camera=camera.id,
            frames_read=frames.get(camera.id, 0),
            frames_skipped=_skipped(reports.get(camera.id, ())),
            observed_s=tally.observed_s.get(camera.id, 0.0),
            cyclists=tally.sightings.get(camera.id, 0),
            problems=(*_problems(reports.get(camera.id, ())), *problems.get(camera.id, ())),
        )
        for camera in prepared.cameras
    )
    detectors = [camera.detector for camera in prepared.cameras]
    return RunSummary(
        site=prepared.configuration.site,
        database=store.database.name,
        detector=", ".join(dict.fromkeys(detector.name for detector in detectors)),
        encoder=prepared.encoder.model_id,
        wall_s=clock.wall_s,
        stage_s=clock.seconds,
        cameras=cameras,
        journeys=tally.journeys,
        linked_journeys=tally.linked_journeys,
        detects_beside_decoding=all(detector.stateful for detector in detectors),
        already_done=run.state is RunState.COMPLETE,
        publication_changed=run.publication_changed,
    )


def _skipped(reports: Sequence[SourceReport]) -> int:
    return sum(report.frames_decoded - report.frames_delivered for report in reports)


def _problems(reports: Sequence[SourceReport]) -> tuple[str, ...]:
    return tuple(f"{report.source}: {problem}" for report in reports for problem in report.problems)
