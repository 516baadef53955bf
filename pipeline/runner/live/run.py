"""Start watching a site, go on with what was interrupted, and tell what was done."""

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from flows.database import FlowStore, Ledger, OpenRun, RunRecord, site_lock
from pipeline.configuration import Configuration
from pipeline.ledger import Sweep, Wishes
from pipeline.runner.closing import close_run
from pipeline.runner.describing import completed, describe, fresh_fingerprint
from pipeline.runner.live.rig import Rig
from pipeline.runner.live.session import LiveSession
from pipeline.runner.live.site_file import SiteFile
from pipeline.runner.live.telling import tallies_of
from pipeline.runner.showing import show_prepared
from pipeline.runner.summary import Done, summarise
from pipeline.telemetry import RunSummary, StageClock
from pipeline.telemetry.lines import tell_on_stderr
from tracking.errors import UsageError


def run_live(
    configuration: Configuration,
    stop: threading.Event,
    *,
    reload: threading.Event | None = None,
    load: Callable[[], Configuration] | None = None,
    say: Callable[[str], None] = tell_on_stderr,
    watched: Callable[[LiveSession], None] | None = None,
    clock: StageClock | None = None,
) -> RunSummary:
    """Watch the streams of a site until somebody says stop.

    A run that was killed goes on; one that was stopped is finished, and all embeddings of it are deleted.

    Args:
        configuration: Of the site.
        stop: Ends the call within moments; who is in view is counted.
        reload: Set when the site file is to be read again, as it is where somebody has written it.
        load: Reads the site file again; None for never.
        say: Takes one line for people.
        watched: Given the session when it begins, for whoever tells its `states`.
        clock: Where the time goes, with the board that is shown; None for one of its own.

    Returns:
        The account of what was seen since the call.

    Raises:
        FietsflowError: One sentence about what is wrong; the database keeps what was saved before.
    """
    rig, clock = Rig(configuration), clock or StageClock()
    rig.warm_up()
    with ExitStack() as stack:
        store = FlowStore.open(configuration.database)
        stack.callback(store.close)
        stack.enter_context(site_lock(store.database, configuration.site))
        run, going_on = _begin(rig, store)
        matcher = rig.linking.restored_matcher(store, run.run_id)
        session = LiveSession(run.run_id, rig, store, matcher, clock, say)
        show_prepared(rig.preparation, clock.board)
        clock.board.watch(store.database)
        clock.board.ask(session.states)
        stack.callback(session.abandon)
        if watched is not None:
            watched(session)
        cameras = len(configuration.cameras)
        say(f"{configuration.site}: watching {cameras} streams; Ctrl-C or SIGTERM stops")
        if going_on:
            say("going on with the run that was interrupted")
        session.begin(store.progress(run.run_id), time.time())
        asked = _asked(reload or threading.Event(), SiteFile(Path(configuration.file)))
        session.watch(stop, asked, lambda: _take_up(rig, session, load, say))
        session.close()
        return _told(rig, store, run, session, clock)


def _asked(reload: threading.Event, file: SiteFile) -> Callable[[], bool]:
    """Whether somebody asks for the site file to be read again, or has written it."""

    def asked() -> bool:
        if reload.is_set():
            reload.clear()
            file.forget()
            return True
        return file.has_changed()

    return asked


def _begin(rig: Rig, store: FlowStore) -> tuple[RunRecord, bool]:
    """Go on with the interrupted live run of the same settings, or begin one; all others are closed."""
    prepared = rig.preparation
    wishes = completed(Wishes(), prepared)
    ledger = store.ledger(rig.configuration.site)
    open_run = _resumable(ledger, wishes.settings)
    for one in ledger.live_runs:
        if one.purged:
            store.discard_run(one.run_id)
        elif open_run is None or one.run_id != open_run.run_id:
            close_run(prepared.linking, store, one.run_id)
    fingerprint = fresh_fingerprint(prepared) if open_run is None else open_run.fingerprint
    description = replace(describe(prepared, prepared, wishes, fingerprint), live=True)
    return store.begin_run(description), open_run is not None


def _resumable(ledger: Ledger, settings: str | None) -> OpenRun | None:
    same = [one for one in ledger.live_runs if one.settings == settings and not one.purged]
    return same[-1] if same else None


def _take_up(
    rig: Rig,
    session: LiveSession,
    load: Callable[[], Configuration] | None,
    say: Callable[[str], None],
) -> None:
    """Let the cameras whose settings changed begin anew; the others are not disturbed."""
    if load is None:
        return
    try:
        wanted = load()
        cameras, rest = rig.changed(wanted)
        for camera in sorted(cameras):
            rig.take_up(wanted.camera(camera))
            session.begin_anew([camera])
            say(f"camera {camera}: begins anew with other settings")
    except UsageError as error:
        say(f"the site file is not taken up: {error}")
        return
    if rest:
        say("what is not of one camera has changed too; it counts from the next start on")
    elif not cameras:
        say("the site file was read again, and nothing has changed")


def _told(rig: Rig, store: FlowStore, run: RunRecord, session: LiveSession, clock: StageClock) -> RunSummary:
    done = Done((run.run_id,), tallies_of(session), run.publication_changed)
    summary = summarise(rig.preparation, store, done, Sweep(()), (), clock)
    late = f"{session.late} riders took too long to pass a camera, and are counted without being linked"
    notes = (*summary.notes, *([late] if session.late else ()))
    return replace(summary, detector=rig.detector_names, notes=notes)
