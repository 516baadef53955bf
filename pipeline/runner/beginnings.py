"""How a camera's footage goes on from what was counted of it before."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flows.database import CountedSource, Ledger
from pipeline.ledger import Decision, Fate, Sweep

Remembered = Callable[[str, str], float | None]
"""Run and camera → moment at which the run remembers what was in view; None where it remembers nothing."""

LONGEST_MEMORY_S = 60.0
"""A pause longer than this ends whatever was in view before it."""
SAME_MOMENT_S = 1.0
"""Most seconds between the end of what was counted and the moment of which a run remembers."""
SLACK_S = 0.5
"""What a moment may be off by, since containers round."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """What lies directly before the first frame that a run counts of a camera.

    Attributes:
        since: Behind the last moment that was counted, seconds since the epoch.
        run_id: Run that counted it to its end with the same settings, and remembers; empty where none does.
        lead: Source that is looked at first, without counting it, to know who is in view; empty for none.
    """

    since: float
    run_id: str = ""
    lead: str = ""


def find_beginnings(
    sweep: Sweep,
    ledger: Ledger,
    settings: str | None,
    stateful: frozenset[str],
    remembered: Remembered,
) -> dict[str, Beginning]:
    """Find for each camera what its footage goes on from.

    Args:
        sweep: What is read.
        ledger: What was counted.
        settings: Digest of the settings of this run.
        stateful: Cameras whose detector remembers earlier frames, so that their chain has no memory: they
            look at their last source again only where some of its time was taken back.
        remembered: What runs remember.

    Returns:
        Camera id → what is before; cameras whose footage begins anew are left out.
    """
    found: dict[str, Beginning] = {}
    for camera in {one.source.camera for one in sweep.decisions if one.is_read}:
        first = sweep.reads(camera)[0]
        before = [one for one in ledger.sources if one.camera == camera and _leads_to(one, first, sweep)]
        if not before:
            continue
        last = max(before, key=lambda one: one.end or 0.0)
        since = last.end or 0.0
        remembers = last.settings == settings and not _was_cut(sweep, camera, since)
        if remembers and camera not in stateful and first.fate is not Fate.CONTINUED:
            moment = remembered(last.run_id, camera)
            remembers = moment is not None and abs(moment - since) <= SAME_MOMENT_S
        if remembers or first.fate is Fate.CONTINUED:
            found[camera] = Beginning(since, last.run_id if remembers else "")
        elif lead := _lead(sweep, last):
            found[camera] = Beginning(max(since, first.begin), lead=lead)
        if remembers and camera in stateful and first.fate is not Fate.CONTINUED:
            del found[camera]
    return found


def _leads_to(one: CountedSource, first: Decision, sweep: Sweep) -> bool:
    if one.end is None:
        return False
    slack_s = max(SLACK_S, first.source.rounding_s)
    if not first.begin - LONGEST_MEMORY_S <= one.end <= first.begin + slack_s:
        return False
    return not any(span.camera == one.camera and span.start < one.end <= span.end for span in sweep.removed)


def _was_cut(sweep: Sweep, camera: str, moment: float) -> bool:
    """Whether what followed a moment was counted in one go with what lies before, and is taken back now."""
    return any(span.camera == camera and abs(span.start - moment) <= SLACK_S for span in sweep.removed)


def _lead(sweep: Sweep, last: CountedSource) -> str:
    names: Sequence[str] = [one.source.name for one in sweep.of(last.camera, Fate.KNOWN)]
    return last.name if last.name in names else ""
