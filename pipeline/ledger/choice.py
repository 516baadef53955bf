"""From the decisions about every camera to what one run reads, late and replaced footage included."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from math import inf

from pipeline.ledger.decide import decide
from pipeline.ledger.late import relinked
from pipeline.ledger.removing import spans_of, without
from pipeline.ledger.values import Counted, Decision, Fate, Offered, Span, Sweep


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked of a run.

    Attributes:
        replace: Read footage again that was counted.
        since: With `replace`: only sources that reach beyond this moment.
        until: With `replace`: only sources that begin before this moment.
        relink_s: Late footage is linked with what others saw so many seconds around it, which is read
            again for that; None counts late footage alone.
        settings: Digest of the settings of this run.
    """

    replace: bool = False
    since: float = -inf
    until: float = inf
    relink_s: float | None = None
    settings: str | None = None

    def replaces(self, source: Offered) -> bool:
        """Whether a source is to be read again, whatever was counted."""
        end = max(source.end, source.start)
        return self.replace and source.start < self.until and (end > self.since or source.start >= self.since)


def choose(
    offered: Mapping[str, Sequence[Offered]],
    counted: Sequence[Counted],
    wishes: Wishes | None = None,
    zone: tzinfo = UTC,
) -> Sweep:
    """Choose what a run reads.

    Args:
        offered: Camera id → its sources.
        counted: What was counted of all cameras of the site, those that are gone included.
        wishes: What was asked for; None for the usual.
        zone: For moments in sentences.
    """
    wishes = wishes or Wishes()
    everything = [one for sources in offered.values() for one in sources]
    removed = spans_of([one for one in everything if wishes.replaces(one)], counted)
    notes = _taken_from(removed, offered)
    sweep = _with_wholes(offered, counted, removed, zone, wishes.settings)
    removed = sweep.removed
    late: tuple[str, ...] = ()
    if wishes.relink_s is not None:
        again = relinked(sweep, without(counted, removed), wishes.relink_s, wishes.settings)
        late = again.notes
        if again.removed:
            more = _with_wholes(offered, counted, (*removed, *again.removed), zone, wishes.settings)
            sweep = Sweep(_retold(more.decisions, sweep.decisions), more.removed)
    notes = (*notes, *late, *_other_settings(sweep, counted, wishes))
    return Sweep(sweep.decisions, sweep.removed, notes)


def _with_wholes(
    offered: Mapping[str, Sequence[Offered]],
    counted: Sequence[Counted],
    removed: tuple[Span, ...],
    zone: tzinfo,
    settings: str | None,
) -> Sweep:
    """Decide, and take back what sources are to be read for that were counted in part."""
    decisions = _decide_all(offered, without(counted, removed), zone, settings)
    while wholes := [one.source for one in decisions if one.takes_back]:
        removed = (*removed, *spans_of(wholes, without(counted, removed)))
        again = _decide_all(offered, without(counted, removed), zone, settings)
        decisions = _retold(again, decisions)
    return Sweep(decisions, removed)


def _retold(decisions: Sequence[Decision], before: Sequence[Decision]) -> tuple[Decision, ...]:
    """Keep the sentences about sources that are read as a whole, whose reason is gone by now."""
    said = {(one.source.camera, one.source.name): one.sentence for one in before if one.is_read}
    return tuple(
        replace(one, sentence=one.sentence or said.get((one.source.camera, one.source.name), ""))
        for one in decisions
    )


def _decide_all(
    offered: Mapping[str, Sequence[Offered]],
    counted: Sequence[Counted],
    zone: tzinfo,
    settings: str | None,
) -> tuple[Decision, ...]:
    decisions: list[Decision] = []
    for camera, sources in offered.items():
        own = [one for one in counted if one.camera == camera]
        elsewhere = [one for one in counted if one.camera != camera]
        decisions += decide(sources, own, elsewhere, zone, settings)
    return tuple(decisions)


def _taken_from(removed: Sequence[Span], offered: Mapping[str, object]) -> tuple[str, ...]:
    gone = sorted({span.camera for span in removed} - set(offered))
    return tuple(
        f"camera {camera}, which the site file no longer names, had counted some of this footage; "
        "what it held of it was deleted"
        for camera in gone
    )


def _other_settings(sweep: Sweep, counted: Sequence[Counted], wishes: Wishes) -> tuple[str, ...]:
    """Say once how much of what is there was counted in another way."""
    known = {(one.source.camera, one.source.name) for one in sweep.decisions if one.fate is Fate.KNOWN}
    other = {
        (one.camera, one.name)
        for one in counted
        if one.settings != wishes.settings and (one.camera, one.name) in known
    }
    if not other or wishes.settings is None:
        return ()
    files = "1 file was" if len(other) == 1 else f"{len(other)} files were"
    return (f"{files} counted with other settings and stay as they are; --replace reads them again",)
