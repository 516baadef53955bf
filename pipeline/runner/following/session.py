"""A run that stays open between files: nobody in view is lost, and riders are linked across their ends."""

import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from flows.database import FlowStore, Ledger, OpenRun, SourceProgress
from pipeline.cameras import PreparedCamera
from pipeline.ledger import Sweep, Wishes
from pipeline.runner.beginnings import Beginning, find_beginnings
from pipeline.runner.camera_work import CameraWork
from pipeline.runner.describing import describe, fresh_fingerprint
from pipeline.runner.following.patience import Patience
from pipeline.runner.local import LocalRunner
from pipeline.runner.preparation import Preparation
from pipeline.runner.summary import CameraTally
from pipeline.runner.sweep import limited, resumed
from pipeline.runner.works import expected_frames, open_works, remembered_until, stopping_places
from pipeline.telemetry import StageClock, open_progress

LATE_S = 2.0
"""A file that begins less than this before the end of what was counted of its camera follows directly."""


class OpenSession(LocalRunner):
    """The runner of a run that more footage is added to.

    Args:
        run_id: Of the database.
        prepared: For the matching.
        store: Where results go.
        clock: Where the time goes.
        patience: Says which cameras are waited for.
        say: Takes one line for people.
    """

    def __init__(
        self,
        run_id: str,
        prepared: Preparation,
        store: FlowStore,
        clock: StageClock,
        patience: Patience,
        say: Callable[[str], None],
    ) -> None:
        matcher = prepared.linking.restored_matcher(store, run_id)
        super().__init__(run_id, (), store, matcher, prepared.linking.gallery_ttl_s, clock)
        self.run_id = run_id
        self._patience = patience
        self._say = say
        self._awaited = patience.awaited()
        self._told: set[tuple[str, str]] = set()
        self._added: Counter[str] = Counter()

    @classmethod
    def begin(
        cls,
        prepared: Preparation,
        sweep: Sweep,
        wishes: Wishes,
        store: FlowStore,
        clock: StageClock,
        patience: Patience,
        say: Callable[[str], None],
    ) -> "OpenSession":
        """Begin a run with what a sweep reads; none of it is read yet."""
        before = _beginnings(prepared, sweep, wishes, store)
        some = limited(prepared, sweep, store.ledger(prepared.configuration.site), before)
        run = store.begin_run(describe(prepared, some, wishes, fresh_fingerprint(some), sweep))
        return cls(run.run_id, prepared, store, clock, patience, say)

    @classmethod
    def resume(
        cls,
        prepared: Preparation,
        wishes: Wishes,
        open_run: OpenRun,
        store: FlowStore,
        clock: StageClock,
        patience: Patience,
        say: Callable[[str], None],
    ) -> "tuple[OpenSession, list[CameraWork]]":
        """Go on with a run that was interrupted, or stopped between two files.

        Returns:
            The session, and its cameras at the places where they stopped. One that had not begun is left
            out, and one whose footage at that place is gone; both begin with what comes of them.
        """
        places = stopping_places(store, open_run.run_id)
        own = resumed(prepared, store.ledger(prepared.configuration.site), open_run.run_id, places)
        present = tuple(
            camera
            for camera in own.cameras
            if places.get(camera.id) in {"", *(one.name for one in camera.source.sources)}
        )
        own = replace(own, cameras=present)
        store.begin_run(describe(prepared, own, wishes, open_run.fingerprint))
        session = cls(open_run.run_id, prepared, store, clock, patience, say)
        ledger = store.ledger(prepared.configuration.site)
        stops = {(one.camera, one.name) for one in ledger.sources if one.complete}
        session._told = stops & set(places.items())
        return session, open_works(own, store, open_run.run_id, clock, None)

    def held_until(self) -> float:
        """Matching waits for cameras of which something may still come; the rest is for `complete`."""
        at_work = {camera for camera, work in self.works.items() if not work.finished}
        return math.inf if at_work and self._awaited <= at_work else -math.inf

    def counted(self, camera: str, source: SourceProgress) -> None:
        """Say that a file is done."""
        if (camera, source.name) in self._told:
            return
        self._added[camera] += 1
        if source.start is not None and source.end is not None:
            seconds = source.end - source.start
            self._say(f"camera {camera}: {source.name} is counted ({source.frames} frames, {seconds:.0f} s)")

    def late(self, prepared: Preparation, sweep: Sweep, wishes: Wishes, ledger: Ledger) -> frozenset[str]:
        """What a sweep reads of a time that was decided already, so that it cannot be added.

        Returns:
            Names of cameras and sources.
        """
        before = _find(prepared, sweep, wishes, ledger, self._store)
        again = {span.camera for span in sweep.removed}
        found = [
            one
            for camera in {one.source.camera for one in sweep.decisions if one.is_read}
            if camera in again or not self._takes(camera, sweep, before.get(camera), ledger)
            for one in sweep.reads(camera)
        ]
        return frozenset(f"{one.source.camera}: {one.source.name}" for one in found)

    def _takes(self, camera: str, sweep: Sweep, before: Beginning | None, ledger: Ledger) -> bool:
        begin = sweep.reads(camera)[0].begin
        # Of other cameras too, where their run is closed and riders can be linked with it no more.
        ends = (one.end for one in ledger.sources if one.camera == camera or one.run_id != self.run_id)
        if begin < max((end for end in ends if end is not None), default=-math.inf) - LATE_S:
            return False
        if self._goes_on(camera, before) or self.watermark == -math.inf:
            return True
        # Riders in view at an end that was closed may have come into it before the watermark.
        return before is None and begin >= self.watermark

    def _goes_on(self, camera: str, before: Beginning | None) -> bool:
        work = self.works.get(camera)
        if work is None or work.finished:
            return False
        return before is None or before.run_id == self.run_id

    def add(self, prepared: Preparation, sweep: Sweep, wishes: Wishes, store: FlowStore) -> list[CameraWork]:
        """Note what a sweep reads, and let its cameras go on to it.

        Returns:
            The cameras that have something to read now.
        """
        self._awaited = self._patience.awaited()
        before = _beginnings(prepared, sweep, wishes, store)
        some = limited(prepared, sweep, store.ledger(prepared.configuration.site), before)
        going = [camera for camera in some.cameras if self._goes_on(camera.id, before.get(camera.id))]
        fresh = [camera for camera in some.cameras if camera not in going]
        self.finish([camera.id for camera in fresh if camera.id in self.works])
        store.extend_run(self.run_id, describe(prepared, some, wishes, ""))
        works = [self._gone_on(camera, prepared) for camera in going]
        opened = replace(some, cameras=tuple(fresh))
        return works + open_works(opened, store, self.run_id, self._clock, None, before, anew=True)

    def _gone_on(self, camera: PreparedCamera, prepared: Preparation) -> CameraWork:
        work = self.works[camera.id]
        work.go_on(camera, prepared.configuration.runtime)
        return work

    def read(self, works: list[CameraWork], given_up: Callable[[], bool]) -> Mapping[str, CameraTally]:
        """Read what has come, and leave everything open.

        Returns:
            Camera id → what was read of it.
        """
        before = {work.camera: (work.frames_read, work.looks) for work in works}
        with open_progress(expected_frames(works)) as progress:
            self.work_off(works, progress, CameraWork.pause_or_finish, given_up)
        self._told.clear()
        tallies = {work.camera: CameraTally.of(work) for work in works}
        return {
            camera: replace(
                tally,
                frames_read=tally.frames_read - before[camera][0],
                looks=tally.looks - before[camera][1],
                files_added=self._added.pop(camera, 0),
            )
            for camera, tally in tallies.items()
        }

    def let_go(self) -> bool:
        """Wait no longer for silent cameras; whether any is waited for still."""
        awaited = self._patience.awaited()
        if awaited == self._awaited:
            return bool(awaited)
        self._awaited = awaited
        silent = [
            camera for camera, work in self.works.items() if not work.finished and camera not in awaited
        ]
        for camera in silent:
            self._say(
                f"camera {camera}: nothing came for {self._patience.limit_s(camera):.0f} s; the others go on "
                "without it"
            )
        self.finish(silent)
        return bool(awaited)


def _beginnings(
    prepared: Preparation, sweep: Sweep, wishes: Wishes, store: FlowStore
) -> dict[str, Beginning]:
    return _find(prepared, sweep, wishes, store.ledger(prepared.configuration.site), store)


def _find(
    prepared: Preparation, sweep: Sweep, wishes: Wishes, ledger: Ledger, store: FlowStore
) -> dict[str, Beginning]:
    stateful = frozenset(camera.id for camera in prepared.cameras if camera.detector.stateful)
    return find_beginnings(sweep, ledger, wishes.settings, stateful, partial(remembered_until, store))
