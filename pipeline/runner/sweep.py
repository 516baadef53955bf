"""What a run reads: the prepared cameras, held against the ledger of the database."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from flows.database import CountedSource, Ledger
from pipeline.cameras import PreparedCamera
from pipeline.ledger import Counted, Offered, Sweep, Wishes, choose
from pipeline.ledger.removing import without
from pipeline.runner.beginnings import Beginning
from pipeline.runner.endings import Ending, find_ending
from pipeline.runner.preparation import Preparation

_ROUNDING_S = 0.5


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


def limited(
    prepared: Preparation, sweep: Sweep, ledger: Ledger, beginnings: Mapping[str, Beginning]
) -> Preparation:
    """The preparation with what a sweep reads only; cameras without any of it are left out."""
    cameras = []
    counted = without(counted_of(ledger), sweep.removed)
    for camera in prepared.cameras:
        reads = {one.source.name: one for one in sweep.reads(camera.id)}
        if reads:
            # The first goes on from what an earlier run counted, which is known where it begins.
            rest = sweep.reads(camera.id)[1:]
            behind = {one.source.name: one.behind for one in rest if one.behind is not None}
            later_s = {name: one.later_s for name, one in reads.items()}
            lead = beginnings[camera.id].lead if camera.id in beginnings else ""
            ending = find_ending(camera.id, camera.source.sources, reads, counted)
            cameras.append(_limited(camera, reads, lead, ending, behind, later_s))
    return replace(prepared, cameras=tuple(cameras))


def resumed(prepared: Preparation, ledger: Ledger, run_id: str, places: Mapping[str, str]) -> Preparation:
    """The preparation with the sources of an interrupted run only, as far as they are still there.

    Args:
        prepared: With all footage.
        ledger: Knows the sources.
        run_id: Of the database.
        places: Camera id → name of the source in which it stopped.
    """
    held = [one for one in ledger.sources if one.run_id == run_id]
    others = [one for one in counted_of(ledger) if one.run_id != run_id]
    cameras = []
    for camera in prepared.cameras:
        place = places.get(camera.id, "")
        if place not in {"", *(one.name for one in camera.source.sources)} and _was_read(place, camera, held):
            continue  # Who was in view at its end is remembered by whoever reads what comes next.
        names = {one.name for one in held if one.camera == camera.id}
        digests = {one.digest for one in held if one.camera == camera.id}
        mine = [name for name, digest in camera.footage if name in names or digest in digests]
        if mine:
            ending = find_ending(camera.id, camera.source.sources, mine, others)
            counted = place in mine or (ending is not None and place == ending.trail)
            cameras.append(_limited(camera, mine, "" if counted else place, ending, {}, {}))
    return replace(prepared, cameras=tuple(cameras))


def _was_read(name: str, camera: PreparedCamera, held: Sequence[CountedSource]) -> bool:
    return any(one.complete for one in held if (one.camera, one.name) == (camera.id, name))


def _limited(
    camera: PreparedCamera,
    names: Collection[str],
    lead: str,
    ending: Ending | None,
    behind: Mapping[str, float],
    later_s: Mapping[str, float],
) -> PreparedCamera:
    trail = "" if ending is None else ending.trail
    sources = [
        replace(one, start=one.start + later_s.get(one.name, 0.0))
        for one in camera.source.sources
        if one.name in names or one.name in (lead, trail)
    ]
    some = replace(camera, digests=dict(camera.footage), lead=lead)
    if ending is None:
        return replace(some, source=camera.source.limited_to(sources, behind))
    source = camera.source.limited_to(sources, behind, ending.looks_until)
    return replace(some, source=source, trail=trail, counts_until=ending.until)
