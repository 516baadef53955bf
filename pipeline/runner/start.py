"""Start a run, go on with an interrupted one, or find that there is nothing to do."""

import time
from contextlib import ExitStack
from pathlib import Path

from flows.database import (
    CameraDescription,
    FlowStore,
    Footage,
    Publication,
    RunDescription,
    RunRecord,
    RunState,
)
from pipeline.configuration import Configuration
from pipeline.runner.camera_work import CameraWork
from pipeline.runner.fingerprint import fingerprint_of
from pipeline.runner.local import LocalRunner
from pipeline.runner.preparation import Preparation
from pipeline.runner.prepare import prepare
from pipeline.runner.summary import summarise
from pipeline.runner.tracks import TrackFolder
from pipeline.runner.works import expected_frames, open_works
from pipeline.telemetry import RunSummary, Stage, StageClock, open_progress
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
        cameras = [camera.id for camera in prepared.cameras]
        files = None if tracks is None else stack.enter_context(TrackFolder(tracks, cameras))
        with clock.measure(Stage.STORE):
            store = FlowStore.open(prepared.configuration.database)
            stack.callback(store.close)
            run = store.begin_run(_describe(prepared), replace=replace)
        if files is not None and run.state is not RunState.NEW:
            raise UsageError(
                f"--tracks: {store.database.name} holds this footage already, in whole or in part, and "
                "tracks are written while it is worked off; give --replace to begin anew"
            )
        works = _work_off(prepared, store, run, clock, files)
        return summarise(prepared, store, run, works, clock)


def _work_off(
    prepared: Preparation, store: FlowStore, run: RunRecord, clock: StageClock, tracks: TrackFolder | None
) -> list[CameraWork]:
    if run.state is RunState.COMPLETE:
        return []
    works = open_works(prepared, store, run.run_id, clock, tracks)
    matcher = prepared.linking.restored_matcher(store.open_sightings(run.run_id))
    runner = LocalRunner(run.run_id, works, store, matcher, prepared.linking.gallery_ttl_s, clock)
    with open_progress(expected_frames(works)) as progress:
        runner.run(progress)
    return works


def _describe(prepared: Preparation) -> RunDescription:
    statistics = prepared.configuration.statistics
    return RunDescription(
        site=prepared.configuration.site,
        timezone=prepared.configuration.timezone,
        cameras=tuple(
            CameraDescription(
                camera.id,
                camera.settings.location,
                tuple(Footage(name, digest) for name, digest in camera.footage),
            )
            for camera in prepared.cameras
        ),
        fingerprint=fingerprint_of(prepared),
        started=time.time(),
        gallery_ttl_s=prepared.linking.gallery_ttl_s,
        publication=Publication(
            statistics.min_count, statistics.interval.value, frozenset(statistics.model_fields_set)
        ),
    )
