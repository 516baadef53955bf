"""The account of a run, from what the database holds and what the cameras have read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flows.database import FlowStore, RunRecord, runs_of, tally_runs
from flows.database.unlinked import riders_leaving
from pipeline.ledger import Fate, Sweep
from pipeline.runner.camera_work import CameraWork
from pipeline.runner.preparation import Preparation
from pipeline.sources import SourceReport
from pipeline.telemetry import CameraSummary, RunSummary, StageClock


@dataclass(frozen=True, slots=True)
class Done:
    """What was worked off: an interrupted run, a new one, both, or nothing.

    Attributes:
        run_ids: Of the database.
        works: The cameras of all these runs.
        publication_changed: The site was known and is published in another way from now on.
    """

    run_ids: tuple[str, ...] = ()
    works: tuple[CameraWork, ...] = ()
    publication_changed: bool = False

    def with_run(self, run: RunRecord, works: Sequence[CameraWork]) -> "Done":
        """One more run."""
        changed = self.publication_changed or run.publication_changed
        return Done((*self.run_ids, run.run_id), (*self.works, *works), changed)

    def with_publication(self, changed: bool) -> "Done":
        """Remember that the site is published in another way."""
        return replace(self, publication_changed=self.publication_changed or changed)


def summarise(
    prepared: Preparation,
    store: FlowStore,
    done: Done,
    sweep: Sweep,
    parts: Sequence[Sweep],
    clock: StageClock,
) -> RunSummary:
    """Tell what a run did.

    Args:
        prepared: What was asked for.
        store: What it left.
        done: What was worked off this time; where it is nothing, the totals are those of the site.
        sweep: What was decided about every source.
        parts: The same, as far as one run each has read it.
        clock: Where the time went.
    """
    configuration = prepared.configuration
    unlinkable = [_unlinkable(prepared, store, done, part) for part in parts]
    tally = tally_runs(store.database, done.run_ids or runs_of(store.database, configuration.site))
    detectors = [camera.detector for camera in prepared.cameras]
    return RunSummary(
        site=configuration.site,
        database=store.database.name,
        detector=", ".join(dict.fromkeys(detector.name for detector in detectors)),
        encoder=prepared.encoder.model_id,
        wall_s=clock.wall_s,
        stage_s=clock.seconds,
        cameras=tuple(
            _camera(
                camera.id,
                [work for work in done.works if work.camera == camera.id],
                sweep,
                prepared.troubles.get(camera.id, ""),
                tally.observed_s.get(camera.id, 0.0),
                tally.sightings.get(camera.id, 0),
            )
            for camera in configuration.cameras
        ),
        journeys=tally.journeys,
        linked_journeys=tally.linked_journeys,
        detects_beside_decoding=all(detector.stateful for detector in detectors),
        already_done=not done.run_ids,
        publication_changed=done.publication_changed,
        notes=(*sweep.notes, *(s for _, s in unlinkable if s), *_strangers(prepared, store)),
        unlinkable=sum(riders for riders, _ in unlinkable),
    )


def _camera(
    camera: str, works: Sequence[CameraWork], sweep: Sweep, trouble: str, observed_s: float, cyclists: int
) -> CameraSummary:
    reports = [report for work in works for report in work.source.reports()]
    unread = [planned for work in works for planned in work.source.sources if planned.header is None]
    left_out = sweep.of(camera, Fate.DOUBLE)
    told = tuple(one.sentence for one in sweep.decisions if one.sentence and one.source.camera == camera)
    missing = (f"not read: {trouble}",) if trouble else ()
    return CameraSummary(
        camera=camera,
        frames_read=sum(work.frames_read for work in works),
        frames_skipped=_skipped(reports),
        observed_s=observed_s,
        cyclists=cyclists,
        problems=(*missing, *_problems(reports), *(one for work in works for one in work.problems), *told),
        files_added=len(
            {one.name for work in works for one in work.source.sources if one.name not in work.aside}
        ),
        files_known=len(sweep.of(camera, Fate.KNOWN)),
        files_left_out=len(left_out),
        unread=bool(trouble or unread),
    )


def _unlinkable(prepared: Preparation, store: FlowStore, done: Done, sweep: Sweep) -> tuple[int, str]:
    """How many riders left just before a run began and cannot be linked with it any more, also in words."""
    reads = [one.begin for one in sweep.decisions if one.is_read]
    if not reads or not done.run_ids:
        return 0, ""
    network, begin = prepared.linking.network, min(reads)
    lost = 0
    for camera in prepared.configuration.cameras:
        longest_s = network.latest_from(camera.id)
        if longest_s is not None:
            lost += riders_leaving(
                store.database, prepared.configuration.site, camera.id, begin - longest_s, begin, done.run_ids
            )
    if not lost:
        return 0, ""
    moment = datetime.fromtimestamp(begin, prepared.configuration.zone).strftime("%Y-%m-%d %H:%M:%S")
    riders = "1 rider who was" if lost == 1 else f"{lost} riders who were"
    said = (
        f"what lies before {moment} belongs to a finished run, whose embeddings are deleted: {riders} "
        "last seen shortly before cannot be linked with riders of this run"
    )
    return lost, said


def _strangers(prepared: Preparation, store: FlowStore) -> tuple[str, ...]:
    """Name the cameras that the database holds and the site file does not."""
    named = {camera.id for camera in prepared.configuration.cameras}
    gone = [one for one in store.ledger(prepared.configuration.site).cameras if one not in named]
    return tuple(
        f"camera {one} is in the database and not in the site file; if it has another name now, or shall "
        "not be shown any more: pipeline db rename-camera, pipeline db remove-camera"
        for one in gone
    )


def _skipped(reports: Sequence[SourceReport]) -> int:
    return sum(report.frames_decoded - report.frames_delivered for report in reports)


def _problems(reports: Sequence[SourceReport]) -> tuple[str, ...]:
    return tuple(f"{report.source}: {problem}" for report in reports for problem in report.problems)
