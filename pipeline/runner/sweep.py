"""What a run reads: the prepared cameras, held against the ledger of the database."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from flows.database import CountedSource, Ledger
from pipeline.cameras import PreparedCamera
from pipeline.ledger import Counted, Decision, Fate, Offered, Sweep, Wishes, choose
from pipeline.runner.preparation import Preparation

LONGEST_MEMORY_S = 60.0
"""A pause longer than this ends whatever was in view before it."""
_ROUNDING_S = 0.5


@dataclass(frozen=True, slots=True)
class Predecessor:
    """The run that a camera's footage goes on from.

    Attributes:
        run_id: Of the database.
        until: Behind the last moment that it counted of the camera, seconds since the epoch.
    """

    run_id: str
    until: float


def plan_sweep(prepared: Preparation, ledger: Ledger, wishes: Wishes) -> Sweep:
    """Hold all footage of all cameras against what was counted."""
    offered = {camera.id: offered_of(prepared, camera) for camera in prepared.cameras}
    return choose(offered, counted_of(ledger), wishes, prepared.configuration.zone)


def offered_of(prepared: Preparation, camera: PreparedCamera) -> tuple[Offered, ...]:
    """The sources of a camera that can be opened, as planning sees them."""
    pattern = prepared.configuration.footage(camera.id).time_pattern
    rounding_s = _ROUNDING_S if pattern is None else max(_ROUNDING_S, min(pattern.granularity_s, 60.0))
    digests = dict(camera.footage)
    return tuple(
        Offered(camera.id, one.name, digests[one.name], one.start, one.end, rounding_s)
        for one in camera.source.sources
    )


def counted_of(ledger: Ledger) -> tuple[Counted, ...]:
    """The ledger as planning sees it."""
    return tuple(_counted(one) for one in ledger.sources)


def _counted(one: CountedSource) -> Counted:
    return Counted(
        one.camera, one.name, one.digest, one.start, one.end, one.complete, one.settings, one.run_id
    )


def limited(prepared: Preparation, sweep: Sweep) -> Preparation:
    """The preparation with what a sweep reads only; cameras without any of it are left out."""
    cameras = []
    for camera in prepared.cameras:
        reads = {one.source.name: one for one in sweep.reads(camera.id)}
        if reads:
            # The first goes on from what an earlier run remembers, which knows the place itself.
            rest = sweep.reads(camera.id)[1:]
            behind = {one.source.name: one.behind for one in rest if one.behind is not None}
            later_s = {name: one.later_s for name, one in reads.items()}
            cameras.append(_limited(camera, reads, behind, later_s))
    return replace(prepared, cameras=tuple(cameras))


def resumed(prepared: Preparation, ledger: Ledger, run_id: str) -> Preparation:
    """The preparation with the sources of an interrupted run only, as far as they are still there."""
    held = [one for one in ledger.sources if one.run_id == run_id]
    cameras = []
    for camera in prepared.cameras:
        names = {one.name for one in held if one.camera == camera.id}
        digests = {one.digest for one in held if one.camera == camera.id}
        mine = [name for name, digest in camera.footage if name in names or digest in digests]
        if mine:
            cameras.append(_limited(camera, mine, {}, {}))
    return replace(prepared, cameras=tuple(cameras))


def _limited(
    camera: PreparedCamera, names: Collection[str], behind: Mapping[str, float], later_s: Mapping[str, float]
) -> PreparedCamera:
    sources = [
        replace(one, start=one.start + later_s.get(one.name, 0.0))
        for one in camera.source.sources
        if one.name in names
    ]
    return replace(camera, source=camera.source.limited_to(sources, behind), digests=dict(camera.footage))


def predecessors(sweep: Sweep, ledger: Ledger, settings: str) -> dict[str, Predecessor]:
    """Find the runs whose footage ends where that of a sweep begins.

    Returns:
        Camera id → the run; cameras that begin anew are left out.
    """
    found: dict[str, Predecessor] = {}
    for camera in {one.source.camera for one in sweep.decisions if one.is_read}:
        first = sweep.reads(camera)[0]
        before = [
            (one.end, one.run_id)
            for one in ledger.sources
            if one.camera == camera
            and one.settings == settings
            and one.end is not None
            and _ends_at(one.end, first)
            and not any(span.camera == camera and span.start < one.end <= span.end for span in sweep.removed)
        ]
        if before:
            until, run_id = max(before)
            found[camera] = Predecessor(run_id, until)
    return found


def _ends_at(end: float, first: Decision) -> bool:
    slack_s = _ROUNDING_S if first.fate is Fate.CONTINUED else max(_ROUNDING_S, first.source.rounding_s)
    return first.begin - LONGEST_MEMORY_S <= end <= first.begin + slack_s
