"""Working off the footage of a run that the database knows."""

from collections.abc import Mapping

from flows.database import FlowStore
from pipeline.reasons import ReasonsFile
from pipeline.runner.beginnings import Beginning
from pipeline.runner.engines import work_off_elsewhere
from pipeline.runner.local import LocalRunner
from pipeline.runner.preparation import Preparation
from pipeline.runner.saving import Keeper
from pipeline.runner.summary import CameraTally
from pipeline.runner.tracks import TrackFolder
from pipeline.runner.works import expected_frames, open_works
from pipeline.telemetry import StageClock, open_progress


def work_off(
    prepared: Preparation,
    store: FlowStore,
    run_id: str,
    clock: StageClock,
    tracks: TrackFolder | None,
    beginnings: Mapping[str, Beginning] | None = None,
    reasons: ReasonsFile | None = None,
) -> dict[str, CameraTally]:
    """Read the footage of a run to its end.

    Args:
        prepared: With the footage of this run only.
        store: Where results go.
        run_id: Of the database.
        clock: Where the time goes.
        tracks: Where passages are written to as boxes, or None.
        beginnings: Camera id → what its footage goes on from, where it does.
        reasons: Where it is written why something is not counted or not linked, or None.

    Returns:
        Camera id → what was read of it.
    """
    observe = None
    if reasons is not None:
        reasons.begin(run_id)
        observe = reasons.observer()
    matcher = prepared.linking.restored_matcher(store, run_id, observe)
    ttl_s = prepared.linking.gallery_ttl_s
    if prepared.configuration.runtime.engine != "local":
        keeper = Keeper(run_id, store, matcher, ttl_s, clock)
        return work_off_elsewhere(prepared, store, run_id, clock, keeper, beginnings, reasons)
    works = open_works(prepared, store, run_id, clock, tracks, beginnings, reasons)
    runner = LocalRunner(run_id, works, store, matcher, ttl_s, clock)
    with open_progress(expected_frames(works)) as progress:
        runner.run(progress)
    return {work.camera: CameraTally.of(work) for work in works}
