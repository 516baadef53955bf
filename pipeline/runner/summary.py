"""The account of a run, from what the database holds and what the cameras have read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from flows.database import FlowStore, RunRecord, distance_counts, runs_of, tally_runs
from flows.database.unlinked import riders_leaving
from flows.matching import link_quality
from flows.matching.own_threshold import added
from pipeline.ledger import Fate, Sweep
from pipeline.runner.camera_work import CameraWork
from pipeline.runner.preparation import Preparation
from pipeline.sources import SourceReport
from pipeline.telemetry import CameraSummary, RunSummary, StageClock

MOST_PROBLEMS = 200
"""Sentences that the account of a camera holds; one that goes on for months has told all others in time."""


@dataclass(frozen=True, slots=True)
class CameraTally:
    """What was read of a camera; see `pipeline.telemetry.CameraSummary`."""

    frames_read: int = 0
    frames_skipped: int = 0
    files_added: int = 0
    problems: tuple[str, ...] = ()
    unread: bool = False
    looks: int = 0
    stretches_ahead: int = 0
    looks_ahead: int = 0
    looks_twice: int = 0

    @classmethod
    def of(cls, work: CameraWork) -> Self:
        """Add up what a camera at work has read of the sources that it has now."""
        reports = work.source.reports()
        return cls(
            work.frames_read,
            _skipped(reports),
            len({one.name for one in work.source.sources if one.name not in work.aside}),
            (*_problems(reports), *work.problems),
            any(planned.header is None for planned in work.source.sources),
            work.looks,
        )

    def with_problems(self, problems: Sequence[str]) -> Self:
        """The same with more to be told."""
        return replace(self, problems=(*self.problems, *problems))

    def __add__(self, other: Self) -> Self:
        return replace(
            self,
            frames_read=self.frames_read + other.frames_read,
            frames_skipped=self.frames_skipped + other.frames_skipped,
            files_added=self.files_added + other.files_added,
            problems=tuple(dict.fromkeys((*self.problems, *other.problems)))[-MOST_PROBLEMS:],
            unread=self.unread or other.unread,
            looks=self.looks + other.looks,
            stretches_ahead=self.stretches_ahead + other.stretches_ahead,
            looks_ahead=self.looks_ahead + other.looks_ahead,
            looks_twice=self.looks_twice + other.looks_twice,
        )


@dataclass(frozen=True, slots=True)
class Done:
    """What was worked off: an interrupted run, a new one, both, or nothing.

    Attributes:
        run_ids: Of the database.
        tallies: Camera id → what was read of it.
        publication_changed: The site was known and is published in another way from now on.
    """

    run_ids: tuple[str, ...] = ()
    tallies: Mapping[str, CameraTally] = field(default_factory=dict)
    publication_changed: bool = False

    def with_run(self, run: RunRecord, tallies: Mapping[str, CameraTally]) -> "Done":
        """One more run, with what was read of its cameras."""
        changed = self.publication_changed or run.publication_changed
        done = self
        for camera, tally in tallies.items():
            done = done.with_tally(camera, tally)
        return replace(done, run_ids=(*self.run_ids, run.run_id), publication_changed=changed)

    def with_tally(self, camera: str, tally: CameraTally) -> "Done":
        """Something more of a camera."""
        known = self.tallies.get(camera, CameraTally())
        return replace(self, tallies={**self.tallies, camera: known + tally})

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
                done.tallies.get(camera.id, CameraTally()),
                sweep,
                prepared.troubles.get(camera.id, ""),
                tally.observed_s.get(camera.id, 0.0),
                tally.sightings.get(camera.id, 0),
            )
            for camera in configuration.cameras
        ),
        journeys=tally.journeys,
        linked_journeys=tally.linked_journeys,
        already_done=not done.run_ids,
        publication_changed=done.publication_changed,
        notes=(
            *sweep.notes,
            *(s for _, s in unlinkable if s),
            *_strangers(prepared, store),
            *_links(prepared, store, done),
        ),
        unlinkable=sum(riders for riders, _ in unlinkable),
    )


def _camera(
    camera: str, read: CameraTally, sweep: Sweep, trouble: str, observed_s: float, cyclists: int
) -> CameraSummary:
    left_out = sweep.of(camera, Fate.DOUBLE)
    told = tuple(one.sentence for one in sweep.decisions if one.sentence and one.source.camera == camera)
    missing = (f"not read: {trouble}",) if trouble else ()
    return CameraSummary(
        camera=camera,
        frames_read=read.frames_read,
        looks=read.looks,
        frames_skipped=read.frames_skipped,
        observed_s=observed_s,
        cyclists=cyclists,
        problems=(*missing, *read.problems, *told),
        files_added=read.files_added,
        files_known=len(sweep.of(camera, Fate.KNOWN)),
        files_left_out=len(left_out),
        unread=bool(trouble) or read.unread,
        stretches_ahead=read.stretches_ahead,
        looks_ahead=read.looks_ahead,
        looks_twice=read.looks_twice,
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


def _links(prepared: Preparation, store: FlowStore, done: Done) -> tuple[str, ...]:
    """How good the links should be, as far as the site's own distances tell."""
    linking, encoder = prepared.linking, prepared.encoder
    if not done.run_ids:
        return ()
    days = added(distance_counts(store.database, done.run_ids[-1], encoder.model_id))
    learns = linking.settings.learn_threshold and linking.settings.threshold is None
    found = link_quality(days, linking.threshold, learns)
    if found is None:
        return ()
    whence = "learnt from them" if found.learnt else "as given"
    return (
        f"links: by the distances of {found.pairs} pairs of sightings, threshold {found.threshold:.2f} "
        f"({whence}) finds about {found.recall:.0%} of the riders seen twice, and about "
        f"{found.precision:.0%} of its links are right",
    )


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
    return sum(report.frames_out_of_order for report in reports)


def _problems(reports: Sequence[SourceReport]) -> tuple[str, ...]:
    return tuple(f"{report.source}: {problem}" for report in reports for problem in report.problems)
