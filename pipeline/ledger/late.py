"""Footage that comes after others of its time were counted: it is read together with them once more."""

from collections.abc import Sequence

from pipeline.ledger.removing import spans_of
from pipeline.ledger.values import Counted, Decision, Fate, Span, Sweep

LATE_S = 2.0
"""Footage that begins less than this before the end of all that was counted is not late but next."""


def relinked(sweep: Sweep, counted: Sequence[Counted], horizon_s: float, settings: str | None) -> Sweep:
    """Find what has to be read again so that late footage can be linked with it.

    Embeddings of closed runs are gone. So every source is taken that lies within a horizon of late
    footage, and every source that shares time with one that is taken.

    Args:
        sweep: What is read anyhow.
        counted: What was counted of all cameras.
        horizon_s: Longest time over which riders are linked.
        settings: Of this run; footage counted with others stays as it is.

    Returns:
        The counted time to take back, and sentences; no decisions.
    """
    latest = max((one.end for one in counted if one.end is not None), default=None)
    late = [
        one for one in sweep.decisions if one.is_read and latest is not None and one.begin < latest - LATE_S
    ]
    if not late:
        return Sweep(())
    same = [one for one in counted if one.settings == settings]
    known = [one for one in sweep.decisions if one.fate is Fate.KNOWN and _was_counted(one, same)]
    taken = _taken(late, known, horizon_s)
    continued = [one for one in late if one.fate is Fate.CONTINUED]
    removed = spans_of([one.source for one in (*taken, *continued)], same) if taken else ()
    return Sweep((), removed, (*_said(late, taken), *_lost(late, taken, counted, horizon_s)))


def _taken(late: Sequence[Decision], known: Sequence[Decision], horizon_s: float) -> list[Decision]:
    """Sources within the horizon of late ones, then those that share time with a source that was taken."""
    around = [(one.begin - horizon_s, one.source.end + horizon_s) for one in late]
    taken: list[Decision] = []
    rest = list(known)
    while around:
        found = [one for one in rest if any(_shares(one, low, high) for low, high in around)]
        rest = [one for one in rest if one not in found]
        taken += found
        around = [(one.source.start + LATE_S, one.source.end - LATE_S) for one in found]
    cameras = {one.source.camera for one in late}
    if len(cameras) == 1 and all(one.source.camera in cameras for one in taken):
        # Nobody is linked; but who is in view where files meet is one rider.
        taken = [one for one in taken if any(_touches(one, other) for other in late)]
    return sorted(taken, key=lambda one: (one.source.camera, one.source.start))


def _touches(one: Decision, late: Decision) -> bool:
    return _shares(one, late.begin - LATE_S, late.source.end + LATE_S)


def _shares(one: Decision, low: float, high: float) -> bool:
    return one.source.start < high and one.source.end > low


def _was_counted(one: Decision, counted: Sequence[Counted]) -> bool:
    return any(
        entry.camera == one.source.camera
        and (entry.name, entry.digest) != ("", "")
        and (entry.name == one.source.name or entry.digest == one.source.digest)
        for entry in counted
    )


def _said(late: Sequence[Decision], taken: Sequence[Decision]) -> tuple[str, ...]:
    if not taken:
        return ()
    names = ", ".join(dict.fromkeys(f"{one.source.name} of camera {one.source.camera}" for one in late[:3]))
    more = f" and {len(late) - 3} more" if len(late) > 3 else ""
    files = "1 file" if len(taken) == 1 else f"{len(taken)} files"
    return (f"{names}{more} came late: {files} of the same time are read again to link riders with it",)


def _lost(
    late: Sequence[Decision], taken: Sequence[Decision], counted: Sequence[Counted], horizon_s: float
) -> tuple[str, ...]:
    """Say where neighbours were counted whose footage is gone."""
    again = [Span(one.source.camera, one.source.start, one.source.end) for one in (*taken, *late)]
    missing = {
        one.camera
        for one in counted
        if one.start is not None
        and one.end is not None
        and any(one.start < d.source.end + horizon_s and one.end > d.begin - horizon_s for d in late)
        and one.camera not in {d.source.camera for d in late}
        and not any(s.camera == one.camera and s.start < one.end and s.end > one.start for s in again)
    }
    return tuple(
        f"camera {camera} was counted at the time of late footage, but cannot be read again (its footage is "
        "gone or was counted with other settings): its riders are not linked with the late ones"
        for camera in sorted(missing)
    )
