"""Start a run, go on with an interrupted one, or find that there is nothing to do."""

from contextlib import ExitStack
from functools import partial
from pathlib import Path

from flows.database import FlowStore, OpenRun, runs_of, site_lock
from pipeline.configuration import Configuration
from pipeline.ledger import Fate, Sweep, Wishes, parts_of
from pipeline.reasons import ReasonsFile
from pipeline.runner.beginnings import find_beginnings
from pipeline.runner.closing import close_unfinished, resumable
from pipeline.runner.describing import completed, describe, fresh_fingerprint
from pipeline.runner.engine import work_off
from pipeline.runner.preparation import Preparation
from pipeline.runner.prepare import prepare
from pipeline.runner.showing import show_prepared
from pipeline.runner.summary import Done, summarise
from pipeline.runner.sweep import counted_of, limited, plan_sweep, resumed
from pipeline.runner.tracks import TrackFolder
from pipeline.runner.works import remembered_until, stopping_places
from pipeline.telemetry import RunSummary, Stage, StageClock
from tracking.errors import UsageError


def run_site(
    configuration: Configuration,
    *,
    wishes: Wishes | None = None,
    tracks: Path | None = None,
    explain: Path | None = None,
    clock: StageClock | None = None,
) -> RunSummary:
    """Process all footage of a site that was not counted yet into its database.

    Args:
        configuration: Of the site.
        wishes: What is to be read again; None for nothing.
        tracks: Folder for the boxes of every counted passage, or None.
        explain: File for every track that is not counted and every sighting that is not linked, or None.
        clock: Takes the times, and shows on its board how the run is; None for one of its own.

    Raises:
        FietsflowError: One sentence about what is wrong; the database keeps what was saved before.
    """
    clock = clock or StageClock()
    return run_prepared(prepare(configuration), clock, wishes=wishes, tracks=tracks, explain=explain)


def run_prepared(
    prepared: Preparation,
    clock: StageClock,
    *,
    wishes: Wishes | None = None,
    tracks: Path | None = None,
    explain: Path | None = None,
) -> RunSummary:
    """Process what was prepared; see `run_site`."""
    engine = prepared.configuration.runtime.engine
    if tracks is not None and engine != "local":
        raise UsageError(
            f"--tracks: boxes are written by the engine local only, not by {engine}; give --engine local"
        )
    wishes = completed(wishes or Wishes(), prepared)
    show_prepared(prepared, clock.board)
    with ExitStack() as stack:
        # Before the database holds a run of it: a folder that cannot be written must leave none behind.
        cameras = [camera.id for camera in prepared.cameras]
        files = None if tracks is None else stack.enter_context(TrackFolder(tracks, cameras))
        zone = prepared.configuration.zone
        reasons = None if explain is None else stack.enter_context(ReasonsFile.at(explain, zone))
        with clock.measure(Stage.STORE):
            store = FlowStore.open(prepared.configuration.database)
            stack.callback(store.close)
            clock.board.watch(store.database)
            stack.enter_context(site_lock(store.database, prepared.configuration.site))
        return _run(prepared, store, clock, wishes, files, reasons)


def _run(
    prepared: Preparation,
    store: FlowStore,
    clock: StageClock,
    wishes: Wishes,
    tracks: TrackFolder | None,
    reasons: ReasonsFile | None,
) -> RunSummary:
    """Close what cannot go on, go on with what was interrupted, then read what is new."""
    site = prepared.configuration.site
    done = Done()
    open_run = None if wishes.replace else resumable(store.ledger(site), wishes.settings)
    sweep = plan_sweep(prepared, store.ledger(site), wishes)
    _check(sweep, store, tracks is not None, open_run is not None)
    if reasons is not None:
        reasons.keep(_going_on(store, site, wishes, open_run))
    close_unfinished(prepared, store, open_run)
    if open_run is not None:
        places = stopping_places(store, open_run.run_id)
        own = resumed(prepared, store.ledger(site), open_run.run_id, places)
        run = store.begin_run(describe(prepared, own, wishes, open_run.fingerprint))
        done = done.with_run(run, work_off(own, store, run.run_id, clock, None, None, reasons))
        sweep = plan_sweep(prepared, store.ledger(site), wishes)
    parts = parts_of(sweep, counted_of(store.ledger(site)), prepared.linking.gallery_ttl_s)
    for part in parts:
        if not part.is_empty:
            done = _read(part, prepared, store, clock, wishes, done, tracks, reasons)
    if sweep.is_empty and open_run is None:
        done = done.with_publication(store.note_site(describe(prepared, prepared, wishes, "")))
    if reasons is not None:
        reasons.tell_unlinked(store.database, prepared.linking.network)
    return summarise(prepared, store, done, sweep, parts, clock)


def _read(
    sweep: Sweep,
    prepared: Preparation,
    store: FlowStore,
    clock: StageClock,
    wishes: Wishes,
    done: Done,
    tracks: TrackFolder | None,
    reasons: ReasonsFile | None,
) -> Done:
    """Read what a sweep says, as one run."""
    ledger = store.ledger(prepared.configuration.site)
    stateful = frozenset(camera.id for camera in prepared.cameras if camera.detector.stateful)
    before = find_beginnings(sweep, ledger, wishes.settings, stateful, partial(remembered_until, store))
    some = limited(prepared, sweep, ledger, before)
    with clock.measure(Stage.STORE):
        run = store.begin_run(describe(prepared, some, wishes, fresh_fingerprint(some), sweep))
    return done.with_run(run, work_off(some, store, run.run_id, clock, tracks, before, reasons))


def _going_on(store: FlowStore, site: str, wishes: Wishes, open_run: OpenRun | None) -> set[str]:
    """Runs whose reasons an interrupted command may have noted, and this one is to tell."""
    if wishes.replace:
        return set()
    left = {one.run_id for one in store.ledger(site).open_runs}
    complete = set(runs_of(store.database, site)) - left
    return complete if open_run is None else {*complete, open_run.run_id}


def _check(sweep: Sweep, store: FlowStore, tracks: bool, goes_on: bool) -> None:
    """Refuse what cannot be meant.

    Raises:
        UsageError: All footage was counted before under other names, or tracks of old footage are wanted.
    """
    if sweep.is_refused:
        raise UsageError("\n".join(one.sentence for one in sweep.decisions))
    held = goes_on or any(one.fate is not Fate.NEW for one in sweep.decisions)
    if tracks and held:
        raise UsageError(
            f"--tracks: {store.database.name} holds this footage already, in whole or in part, and "
            "tracks are written while it is worked off; give --replace to begin anew"
        )
