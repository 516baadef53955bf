"""Cutting a sweep where counted time lies between what it reads of a camera."""

from collections.abc import Sequence
from dataclasses import replace
from math import inf

from pipeline.ledger.removing import without
from pipeline.ledger.timeline import TOUCHING_S
from pipeline.ledger.values import Counted, Decision, Span, Sweep


def parts_of(sweep: Sweep, counted: Sequence[Counted], horizon_s: float) -> tuple[Sweep, ...]:
    """Cut a sweep into those that one run each can read, in order of time.

    What a run reads of a camera follows on from what was counted before it. So where other footage was
    counted between two files, each of them is read by a run of its own, unless riders may be linked from
    one to the other.

    Args:
        sweep: What is read.
        counted: What was counted, of all cameras.
        horizon_s: Longest time over which riders are linked.

    Returns:
        At least one sweep; notes and what is not read are told by each of them.
    """
    left = without(counted, sweep.removed)
    reads = sorted((one for one in sweep.decisions if one.is_read), key=lambda one: one.begin)
    parts: list[list[Decision]] = []
    until = -inf
    for one in reads:
        if not parts or (one.begin > until + horizon_s and _counted_between(parts[-1], one, reads, left)):
            parts.append([])
        parts[-1].append(one)
        until = max(until, _end(one))
    if len(parts) < 2:
        return (sweep,)
    return tuple(_part(sweep, number, parts) for number in range(len(parts)))


def _counted_between(
    before: Sequence[Decision], first: Decision, reads: Sequence[Decision], counted: Sequence[Counted]
) -> bool:
    """Whether a camera was counted between what comes before a moment and what is read of it next."""
    ends: dict[str, float] = {}
    for one in before:
        ends[one.source.camera] = max(ends.get(one.source.camera, -inf), _end(one))
    for camera, end in ends.items():
        later = [one.begin for one in reads if one.source.camera == camera and one.begin >= first.begin]
        following = min(later, default=None)
        if following is not None and any(
            one.camera == camera
            and one.start is not None
            and one.end is not None
            and end - TOUCHING_S <= one.start
            and one.end <= following + TOUCHING_S
            for one in counted
        ):
            return True
    return False


def _end(one: Decision) -> float:
    return max(one.source.end + one.later_s, one.begin)


def _part(sweep: Sweep, number: int, parts: Sequence[Sequence[Decision]]) -> Sweep:
    own = parts[number]
    decisions = tuple(one for one in sweep.decisions if not one.is_read or one in own)
    removed = tuple(span for span in sweep.removed if _reader(span, parts) == number)
    return replace(sweep, decisions=decisions, removed=removed)


def _reader(span: Span, parts: Sequence[Sequence[Decision]]) -> int:
    """Number of the part that reads what is taken back; the first, where nobody does."""
    for number, own in enumerate(parts):
        if any(
            one.source.camera == span.camera and one.begin < span.end and _end(one) > span.start
            for one in own
        ):
            return number
    return 0
