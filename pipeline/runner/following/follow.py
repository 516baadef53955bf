"""The loop of ``pipeline run --follow``: look, plan what has come, read it, wait."""

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from flows.database import FlowStore, OpenRun, site_lock
from pipeline.configuration import Configuration
from pipeline.ledger import Decision, Fate, Sweep, Wishes, parts_of
from pipeline.runner.camera_work import CameraWork
from pipeline.runner.closing import close_unfinished, resumable
from pipeline.runner.describing import completed, describe
from pipeline.runner.following.folders import CUT_FACTOR, UNTOLD_FACTOR, FolderWatch, Look
from pipeline.runner.following.patience import Patience
from pipeline.runner.following.planner import Planner
from pipeline.runner.following.session import OpenSession
from pipeline.runner.showing import show_prepared
from pipeline.runner.summary import Done, summarise
from pipeline.runner.sweep import counted_of, plan_sweep
from pipeline.sources.memo import Signature
from pipeline.telemetry import RunSummary, StageClock
from pipeline.telemetry.lines import tell_on_stderr

ALIVE_EVERY_S = 60.0
"""Wall time after which the database is told that a run without progress waits for footage."""
_MOST_RUNS = 50


def follow_site(
    configuration: Configuration,
    stop: threading.Event,
    say: Callable[[str], None] = tell_on_stderr,
    clock: Callable[[], float] = time.monotonic,
    stages: StageClock | None = None,
) -> RunSummary:
    """Count footage as it comes, until somebody says stop; the same call goes on afterwards.

    Args:
        configuration: Of the site.
        stop: Ends the call within moments; all that was counted is saved.
        say: Takes one line for people.
        clock: Tells how long something rests or is waited for; never set back; seconds.
        stages: Takes the times; its board shows how the run is. None for one of its own.

    Returns:
        The account of what was read since the call.

    Raises:
        FietsflowError: One sentence about what is wrong; the database keeps what was saved before.
    """
    planner = Planner(configuration)
    with ExitStack() as stack:
        store = FlowStore.open(configuration.database)
        stack.callback(store.close)
        stack.enter_context(site_lock(store.database, configuration.site))
        (stages := stages or StageClock()).board.watch(store.database)
        return Follow(configuration, planner, store, stop, say, clock, stages).run()


class Follow:
    """What is in hand while a site is followed.

    Args:
        configuration: Of the site.
        planner: Plans its footage.
        store: Open; nobody else writes the site.
        stop: Says when to end.
        say: Takes one line for people.
        clock: As for `follow_site`, and so are the stages.

    Attributes:
        watch: Says which files are complete.
        patience: Says which cameras are waited for.
    """

    def __init__(
        self,
        configuration: Configuration,
        planner: Planner,
        store: FlowStore,
        stop: threading.Event,
        say: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
        stages: StageClock | None = None,
    ) -> None:
        self._configuration, self._planner, self._store = configuration, planner, store
        self._stop, self._say, self._now = stop, say, clock
        self._clock = stages or StageClock()
        cameras = [camera.id for camera in configuration.cameras]
        settings = configuration.runtime
        footage = {camera: configuration.footage(camera) for camera in cameras}
        self.watch = FolderWatch(footage, settings.settle_s, clock)
        self.patience = Patience(cameras, settings.patience_s, clock)
        self._prepared = planner.without_footage
        self._wishes = completed(Wishes(), self._prepared)
        self._session: OpenSession | None = None
        self._open_run: OpenRun | None = None
        self._done = Done()
        self._sweep = Sweep(())
        self._known: tuple[Decision, ...] | None = None
        self._planned: Mapping[str, Mapping[Path, Signature]] = {}
        self._said: dict[str, str] = {}
        self._said_last: dict[str, str] = {}
        self._is_behind = False
        self._late: frozenset[str] = frozenset()
        self._late_since = self._late_changed = 0.0
        self._alive = clock()

    def run(self) -> RunSummary:
        """Follow until it is time to stop."""
        site = self._configuration.site
        prepared = self._prepared
        if not self._planner.is_stateful:
            self._open_run = resumable(self._store.ledger(site), self._wishes.settings)
        close_unfinished(prepared, self._store, self._open_run)
        changed = self._store.note_site(describe(prepared, prepared, self._wishes, ""))
        self._done = self._done.with_publication(changed)
        self._say(f"{site}: following {len(self._configuration.cameras)} cameras; Ctrl-C or SIGTERM stops")
        while not self._stop.is_set():
            self._clock.board.beat()
            self._look()
            self._rest()
            if not self._is_behind:
                self._stop.wait(self._configuration.runtime.poll_s)
        known = tuple(one for one in self._sweep.decisions if one.fate is Fate.DOUBLE)
        told = replace(self._sweep, decisions=(*(self._known or ()), *known))
        return summarise(self._prepared, self._store, self._done, told, (), self._clock)

    def _look(self) -> None:
        """Look at the folders once, and read what is new."""
        look = self.watch.look()
        self.patience.heard(look.signs)
        self._say_troubles(look.troubles)
        if look.complete == self._planned and not self._is_behind and not self._late:
            return
        try:
            self._plan(look)
        except OSError as error:
            # Moved away between two looks; what is there then is planned anew.
            self._say(f"{error.filename}: {error.strerror}; looked at again")
            return
        if not self._prepared.cameras:
            return
        if self._open_run is not None:
            self._resume(self._open_run)
        if not self._stop.is_set():
            self._take()

    def _plan(self, look: Look) -> None:
        self._prepared, sentences = self._planner.plan(look.complete)
        show_prepared(self._prepared, self._clock.board)
        self._is_behind = False
        self._planned = look.complete
        for sentence in sentences:
            self._say(f"left aside: {sentence}")
        self._say_troubles(self._prepared.troubles if any(look.complete.values()) else {})
        self.patience.learn(
            {
                camera.id: camera.source.sources[-1].end - camera.source.sources[-1].start
                for camera in self._prepared.cameras
            }
        )

    def _take(self) -> None:
        """Read what was not counted yet, in the open run where that can be."""
        ledger = self._store.ledger(self._configuration.site)
        added = plan_sweep(self._prepared, ledger, replace(self._wishes, relink_s=None))
        self._remember(added)
        if added.is_empty:
            return
        session = self._session
        late = session.late(self._prepared, added, self._wishes, ledger) if session else frozenset()
        if late:
            if not self._is_calm(late):
                return
            self._say("footage of a time that was matched already has come: what is open is finished first")
            self._finish()
            session = None
        if session is None:
            sweep = self._in_a_new_run(added)
            session = OpenSession.begin(
                self._prepared, sweep, self._wishes, self._store, self._clock, self.patience, self._say
            )
            self._session = session
            self._done = replace(self._done, run_ids=(*self._done.run_ids, session.run_id)[-_MOST_RUNS:])
        else:
            sweep = self._slice(added)
        for one in sweep.decisions:
            if one.is_read:
                self._say(f"camera {one.source.camera}: {one.source.name} is read")
        self._read(session.add(self._prepared, sweep, self._wishes, self._store))

    def _is_calm(self, late: frozenset[str]) -> bool:
        """Whether late files are to be read now, and not together with others that are on their way."""
        now, settle_s = self._now(), self._configuration.runtime.settle_s
        if not self._late:
            self._late_since = now
        if late != self._late:
            self._late, self._late_changed = late, now
        rest_s, whole_s = now - self._late_changed, now - self._late_since
        calm = rest_s >= UNTOLD_FACTOR * settle_s or whole_s >= CUT_FACTOR * settle_s
        if calm:
            self._late = frozenset()
        return calm

    def _in_a_new_run(self, added: Sweep) -> Sweep:
        """What a new run begins with: late footage comes with its neighbours in time."""
        ledger = self._store.ledger(self._configuration.site)
        sweep = plan_sweep(self._prepared, ledger, self._wishes)
        for note in sweep.notes:
            self._say_once(note, "")
        ends: dict[str, float] = {}
        for source in ledger.sources:
            ends[source.camera] = max(ends.get(source.camera, 0.0), source.end or 0.0)
        late = any(one.begin < ends.get(one.source.camera, 0.0) for one in sweep.decisions if one.is_read)
        if not late and not sweep.removed:
            return self._slice(sweep)
        # What follows other counted footage is for a run of its own, which comes next.
        parts = parts_of(sweep, counted_of(ledger), self._session_s)
        self._is_behind = len(parts) > 1
        return parts[0]

    def _slice(self, sweep: Sweep) -> Sweep:
        """The earliest part of it, so that the folders are looked at now and then in a long backlog."""
        until = min(one.begin for one in sweep.decisions if one.is_read) + self._session_s
        kept = tuple(one for one in sweep.decisions if not one.is_read or one.begin <= until)
        self._is_behind = len(kept) < len(sweep.decisions)
        return replace(sweep, decisions=kept)

    @property
    def _session_s(self) -> float:
        return self._prepared.linking.gallery_ttl_s

    def _resume(self, open_run: OpenRun) -> None:
        """Go on where the last process stopped."""
        self._open_run = None
        session, works = OpenSession.resume(
            self._prepared, self._wishes, open_run, self._store, self._clock, self.patience, self._say
        )
        self._session = session
        self._done = replace(self._done, run_ids=(*self._done.run_ids, session.run_id))
        self._say("going on with the run that was open")
        self._read(works)

    def _read(self, works: list[CameraWork]) -> None:
        if self._session is None:
            return
        self.patience.read(work.camera for work in works)
        for camera, tally in self._session.read(works, self._stop.is_set).items():
            self._done = self._done.with_tally(camera, tally)
            for problem in tally.problems:
                self._say(f"camera {camera}: {problem}")
        self.patience.read(work.camera for work in works)

    def _rest(self) -> None:
        """Between two looks: let go of what is silent, and tell that the rest is waited for."""
        if self._session is None:
            if self._open_run is not None and not self.patience.awaited():
                close_unfinished(self._prepared, self._store, None)
                self._open_run = None
        elif not self._session.let_go():
            self._finish()
        elif self._now() - self._alive >= ALIVE_EVERY_S:
            self._alive = self._now()
            self._store.keep_waiting(self._session.run_id)

    def _finish(self) -> None:
        """Close all that is open; the next file begins a new run."""
        if self._session is not None:
            self._session.finish(self._session.works)
            self._session.complete()
            self._session = None
            self._say("what was open is finished: all journeys are closed, and all embeddings deleted")

    def _remember(self, sweep: Sweep) -> None:
        """Keep what the summary tells, and say what is to be said of files."""
        self._sweep = sweep
        if self._known is None:
            self._known = tuple(one for one in sweep.decisions if one.fate is Fate.KNOWN)
        present = {}
        for one in sweep.decisions:
            if one.sentence:
                present[f"{one.source.camera}/{one.source.name}"] = one.sentence
        for key, sentence in present.items():
            if self._said.get(key) != sentence:
                self._say(f"camera {key.partition('/')[0]}: {sentence}")
        self._said = present

    def _say_troubles(self, troubles: Mapping[str, str]) -> None:
        for camera, sentence in troubles.items():
            self._say_once(sentence, camera)

    def _say_once(self, sentence: str, camera: str) -> None:
        """Say something about a camera, or about the site, unless it was the last thing said."""
        if self._said_last.get(camera) != sentence:
            self._say(f"camera {camera}: not read: {sentence}" if camera else sentence)
        self._said_last[camera] = sentence
