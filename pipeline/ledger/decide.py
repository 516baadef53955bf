"""What becomes of each source of a camera, by the time that was counted of that camera before."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, tzinfo

from pipeline.ledger.timeline import TOUCHING_S, CountedLine
from pipeline.ledger.values import Counted, Decision, Fate, Offered


class Book:
    """The counted stretches of one camera, found by name, digest and time.

    Args:
        counted: Of one camera.
    """

    def __init__(self, counted: Iterable[Counted]) -> None:
        self.by_name: dict[str, list[Counted]] = defaultdict(list)
        self.by_digest: dict[str, list[Counted]] = defaultdict(list)
        self.timed: list[Counted] = []
        for one in counted:
            if one.name:
                self.by_name[one.name].append(one)
            if one.digest:
                self.by_digest[one.digest].append(one)
            if one.start is not None and one.end is not None and one.start < one.end:
                self.timed.append(one)
        self.line = CountedLine((one.start or 0.0, one.end or 0.0) for one in self.timed)

    def sharing(self, start: float, end: float) -> list[Counted]:
        """Stretches that share time with [start, end)."""
        return [one for one in self.timed if (one.start or 0.0) < end and (one.end or 0.0) > start]


def decide(
    offered: Sequence[Offered],
    counted: Sequence[Counted],
    elsewhere: Sequence[Counted] = (),
    zone: tzinfo = UTC,
    settings: str | None = None,
) -> tuple[Decision, ...]:
    """Decide about the sources of one camera.

    Time decides: what was counted of this camera is never read again, whatever its name and bytes are now.
    Where only a middle or a later part of a source was counted, it is read as a whole and takes the place
    of what was counted of its time.

    Args:
        offered: Sources of the camera.
        counted: What was counted of it.
        elsewhere: What was counted of the other cameras of the site.
        zone: For moments in sentences.
        settings: Digest of the settings of this run; what others counted keeps its place.

    Returns:
        One decision for each source, in order of time.
    """
    book = Book(counted)
    others: dict[str, list[Counted]] = defaultdict(list)
    for one in elsewhere:
        if one.digest:
            others[one.digest].append(one)
    ordered = sorted(offered, key=lambda one: (one.start, one.name))
    return tuple(_decide(source, book, others[source.digest], zone, settings) for source in ordered)


def _decide(
    source: Offered, book: Book, others: Sequence[Counted], zone: tzinfo, settings: str | None
) -> Decision:
    found = _by_digest(source, book, zone) or _of_another_camera(source, others, zone)
    if found is not None:
        return found
    if not source.promises:
        return _without_length(source, book, zone)
    return _by_time(source, book, zone, settings)


def _by_digest(source: Offered, book: Book, zone: tzinfo) -> Decision | None:
    """The very bytes were counted; the same bytes under another name at another time are other footage."""
    for one in book.by_digest.get(source.digest, ()):
        if one.start is None or one.end is None:
            if one.complete:
                return Decision(source, Fate.KNOWN)
            continue
        end = source.end if source.promises else one.end
        meets = one.start < end + source.rounding_s and one.end > source.start - source.rounding_s
        if meets and one.complete:
            return Decision(source, Fate.KNOWN)
        if not meets and one.name == source.name:
            said = (
                f"{source.name} was counted as beginning at {_clock(one.start, zone)} and is placed at "
                f"{_clock(source.start, zone)} now; what was counted stays (--replace reads it anew)"
            )
            return Decision(source, Fate.KNOWN, sentence=said)
    return None


def _of_another_camera(source: Offered, others: Sequence[Counted], zone: tzinfo) -> Decision | None:
    end = max(source.end, source.start + source.rounding_s)
    for one in others:
        if one.start is None or one.end is None or (one.start < end and one.end > source.start):
            said = (
                f"{source.name} was counted as footage of camera {one.camera} already; if that is now "
                f"called {source.camera}, give it that name with pipeline db rename-camera, otherwise give "
                "--replace to read it anew"
            )
            return Decision(source, Fate.DOUBLE, sentence=said)
    return None


def _by_time(source: Offered, book: Book, zone: tzinfo, settings: str | None) -> Decision:
    start, end, line = source.start, source.end, book.line
    shared_s = line.shared_s(start, end)
    at_edges = all(low <= start or high >= end for low, high in line.overlaps(start, end))
    if at_edges and shared_s <= min(source.rounding_s, (end - start) / 2):
        return Decision(source, Fate.NEW, later_s=_later_s(source, book))
    same_name = any(one.name == source.name for one in book.sharing(start, end))
    if end - start - shared_s <= TOUCHING_S:
        return _changed(source) if same_name else _double(source, book, 0.0, zone)
    counted_until = line.end_at(start)
    if counted_until is None:
        counted_until = line.end_at(start + source.rounding_s)
    if counted_until is None or line.shared_s(counted_until + TOUCHING_S, end) > 0:
        if any(one.settings != settings for one in book.sharing(start, end)):
            return _double(source, book, end - start - shared_s, zone)
        return Decision(source, Fate.NEW, sentence=_whole(source, book, zone), takes_back=True)
    if same_name:
        return Decision(source, Fate.CONTINUED, counted_until)
    return Decision(source, Fate.CONTINUED, counted_until, _continued(source, book, counted_until, zone))


def _without_length(source: Offered, book: Book, zone: tzinfo) -> Decision:
    """A source that does not say how long it is."""
    counted_until = book.line.end_at(source.start)
    if counted_until is None or counted_until <= source.start + source.rounding_s:
        return Decision(source, Fate.NEW, later_s=_later_s(source, book))
    if any(one.name == source.name for one in book.sharing(source.start, counted_until)):
        return Decision(source, Fate.CONTINUED, counted_until)
    return _double(source, book, 0.0, zone)


def _later_s(source: Offered, book: Book) -> float:
    """Seconds that a start lies before the end of what was counted, because names are rounded down."""
    counted_until = book.line.end_at(source.start)
    return 0.0 if counted_until is None else min(max(counted_until - source.start, 0.0), source.rounding_s)


def _changed(source: Offered) -> Decision:
    said = (
        f"{source.name} holds other bytes than when it was counted; what was counted of its time stays "
        "(--replace reads it anew)"
    )
    return Decision(source, Fate.KNOWN, sentence=said)


def _double(source: Offered, book: Book, lost_s: float, zone: tzinfo) -> Decision:
    lost = f"; {lost_s:.0f} s of it stay uncounted" if lost_s > TOUCHING_S else ""
    said = (
        f"{source.name} covers {_span(source, zone)}, which was counted from {_names(source, book)} already; "
        f"it is left out{lost} (--replace reads this one instead)"
    )
    return Decision(source, Fate.DOUBLE, sentence=said)


def _continued(source: Offered, book: Book, counted_until: float, zone: tzinfo) -> str:
    return (
        f"{source.name} covers {_span(source, zone)}, of which {_names(source, book)} was counted until "
        f"{_clock(counted_until, zone)}; it is read from there on"
    )


def _whole(source: Offered, book: Book, zone: tzinfo) -> str:
    return (
        f"{source.name} covers {_span(source, zone)}, of which {_names(source, book)} was counted in part; "
        "it is read as a whole and takes its place"
    )


def _names(source: Offered, book: Book) -> str:
    """The sources that a source shares time with, the first few."""
    end = max(source.end, source.start + source.rounding_s)
    names = list(dict.fromkeys(one.name for one in book.sharing(source.start, end) if one.name))
    if not names:
        return "an earlier run"
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


def _span(source: Offered, zone: tzinfo) -> str:
    if not source.promises:
        return f"the time from {_clock(source.start, zone)} on"
    return f"{_clock(source.start, zone)} to {_clock(source.end, zone)[11:]}"


def _clock(moment: float, zone: tzinfo) -> str:
    return datetime.fromtimestamp(moment, zone).strftime("%Y-%m-%d %H:%M:%S")
