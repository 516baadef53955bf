"""Putting the sources of one camera in order and giving each its start, before anything is decoded."""

from dataclasses import replace
from datetime import datetime
from math import inf

from pipeline.sources.candidates import Candidate, examine, refuse_idle_fps
from pipeline.sources.clock import resolve_moment
from pipeline.sources.copies import leave_out_copies
from pipeline.sources.doubts import doubtful_starts
from pipeline.sources.files import SourceFiles, find_sources
from pipeline.sources.footage import Footage
from pipeline.sources.header import Header, measure
from pipeline.sources.planned import PlannedSource, StartOrigin
from pipeline.sources.readings import choose_readings
from tracking.errors import FootageError, NoFootageError, UsageError

__all__ = ["PlannedSource", "StartOrigin", "plan_footage"]

_SAME_LENGTH_S = 0.5
_CLOSE_S = 1.0

_Start = tuple[float, StartOrigin, tuple[str, ...]]


def plan_footage(footage: Footage) -> tuple[PlannedSource, ...]:
    """Find the sources of a camera, in order of time.

    The start of a source is, in this order: what its name says by the time pattern; the start
    in the site file (first source only); what the container says; the end of the one before.
    A start in a name is rounded down to the pattern's shortest unit: where it lies just before
    the end of its predecessor, the source is taken to continue directly behind. Copies, and files
    whose time another one covers, are left out.

    Args:
        footage: The camera's footage.

    Returns:
        At least one source.

    Raises:
        UsageError: Footage that does not exist, whose start nobody tells or cannot be right, or whose
            frame rate is unknown.
        FootageError: Not one source can be opened.
    """
    candidates = [examine(files, footage) for files in _found(footage)]
    if all(candidate.header is None for candidate in candidates):
        rest = f" (and {len(candidates) - 1} more)" if len(candidates) > 1 else ""
        raise FootageError(f"{footage.key}.source: {candidates[0].notes[-1]}{rest}")
    refuse_idle_fps(candidates, footage)
    candidates = leave_out_copies(candidates)
    if footage.time_pattern:
        candidates = choose_readings(candidates, footage.time_pattern.granularity_s, footage.zone)
    planned: list[PlannedSource] = []
    furthest: int | None = None
    for candidate in candidates:
        furthest = _append(candidate, planned, footage, furthest)
    for sentence in doubtful_starts({footage.camera: planned}).values():
        raise UsageError(f"{footage.key}.source: {sentence}")
    return _bounded(planned)


def _found(footage: Footage) -> tuple[SourceFiles, ...]:
    found = find_sources(footage.locations, f"{footage.key}.source")
    if footage.chosen is None:
        return found
    chosen = tuple(one for one in found if one.path in footage.chosen)
    if not chosen:
        raise NoFootageError(f"{footage.key}.source: no file is complete yet; wait until one is")
    return chosen


def _append(
    candidate: Candidate, planned: list[PlannedSource], footage: Footage, furthest: int | None
) -> int | None:
    """Place the next source, or note that its time is covered already.

    Args:
        candidate: The source.
        planned: Those before it.
        footage: Of the camera.
        furthest: Number of that which ends last, the one directly before it left out.

    Returns:
        The same with that one; a day may be thousands of files.
    """
    if planned:
        named = candidate.named
        planned[-1] = _checked_length(planned[-1], named.epoch_s + footage.clock_offset_s if named else None)
        if furthest is None or planned[-1].end > planned[furthest].end:
            furthest = len(planned) - 1
    start, origin, notes = _start_of(candidate, planned[-1] if planned else None, footage)
    header = candidate.header
    source = PlannedSource(
        candidate.files, start, origin, header, candidate.offsets_s, (*candidate.notes, *notes)
    )
    number = _covering(planned, source, furthest) if origin is StartOrigin.FILE_NAME else None
    if number is None:
        planned.append(source)
        return furthest
    said = f"{source.name} covers a time that this file covers already and is left out"
    planned[number] = replace(planned[number], notes=(*planned[number].notes, said))
    return furthest


def _covering(planned: list[PlannedSource], source: PlannedSource, furthest: int | None) -> int | None:
    """Number of the source that ends last, where another one lies within its time."""
    if furthest is None or source.end <= source.start:
        return None
    other = planned[furthest]
    inside = other.start <= source.start and source.end <= other.end + _SAME_LENGTH_S
    return furthest if inside and other.header is not None else None


def _checked_length(source: PlannedSource, following: float | None) -> PlannedSource:
    """Measure a source whose length matters and is not borne out: headers repeat wrong time stamps.

    Args:
        source: The source.
        following: When the next one begins by its name; None where it follows directly behind.
    """
    header = source.header
    if header is None or header.measured or header.codec == "images":
        return source
    # A number of frames that fits the length was checked before.
    if header.frames if following is None else source.end <= following + _CLOSE_S:
        return source
    try:
        return replace(source, header=measure(source.files.path, header))
    except FootageError:
        return source


def _bounded(planned: list[PlannedSource]) -> tuple[PlannedSource, ...]:
    """Tell each source when the next one begins, as far as somebody says so."""
    bounded: list[PlannedSource] = []
    for source, following in zip(planned, [*planned[1:], None], strict=True):
        until = None
        if following is not None and following.origin is not StartOrigin.BEHIND_PREVIOUS:
            until = following.start if following.start > source.start else None
        one = replace(source, until=until)
        # Where stamps lead exactly to the beginning of the next file, no step within them is too long.
        if until is not None and abs(source.end - until) <= _CLOSE_S and not _is_measured(source.header):
            one = replace(one, longest_pause_s=inf)
        bounded.append(one)
    return tuple(bounded)


def _is_measured(header: Header | None) -> bool:
    return header is not None and header.measured


def _start_of(candidate: Candidate, previous: PlannedSource | None, footage: Footage) -> _Start:
    offset_s = footage.clock_offset_s
    if candidate.named is not None:
        granularity_s = footage.time_pattern.granularity_s if footage.time_pattern else 0.0
        return _start_by_name(candidate, candidate.named.epoch_s + offset_s, previous, granularity_s)
    if footage.start is not None and previous is None:
        return _start_by_site_file(candidate, footage.start, footage)
    if previous is not None and (by_stamps := _start_by_unix_time(candidate, previous)):
        return by_stamps
    told = _container_start(candidate.header) if footage.start is None else None
    if told is not None and (previous is None or told[0].timestamp() + offset_s >= previous.end):
        moment, words = told
        note = f"start {moment:%Y-%m-%d %H:%M:%S} UTC taken from {words}; check it, or give start"
        return moment.timestamp() + offset_s, StartOrigin.CONTAINER, (note,)
    if previous is None:
        raise UsageError(
            f"{footage.key}.start: {candidate.files.name} does not say when it was recorded; "
            "give start (of its first frame) or time_pattern (if the file name tells it)"
        )
    lost = (f"the length of {previous.name} before it is unknown",) if previous.end == previous.start else ()
    return previous.end, StartOrigin.BEHIND_PREVIOUS, lost


def _start_by_site_file(candidate: Candidate, start: datetime, footage: Footage) -> _Start:
    given = resolve_moment(start, footage.zone)
    notes = [given.note] if given.note else []
    stamped = candidate.header.unix_start if candidate.header else None
    if stamped is not None and abs(stamped.timestamp() - given.epoch_s) > _CLOSE_S:
        notes.append(
            f"its time stamps are Unix time and say {stamped:%Y-%m-%d %H:%M:%S} UTC; the start of the "
            "site file is taken"
        )
    return given.epoch_s + footage.clock_offset_s, StartOrigin.SITE_FILE, tuple(notes)


def _start_by_unix_time(candidate: Candidate, previous: PlannedSource) -> _Start | None:
    """Two files whose time stamps are Unix time lie as far apart as these say."""
    stamped = candidate.header.unix_start if candidate.header else None
    before = previous.header.unix_start if previous.header else None
    if stamped is None or before is None:
        return None
    start = previous.start + (stamped - before).total_seconds()
    pause_s = start - previous.end
    if pause_s < -_CLOSE_S:
        return None
    said = f"it begins {pause_s:.1f} s behind the end of {previous.name}, as the time stamps of both say"
    return max(start, previous.end), StartOrigin.CONTAINER, (said,) if pause_s > _CLOSE_S else ()


def _container_start(header: Header | None) -> tuple[datetime, str] | None:
    """When a container says that it begins, and by what."""
    if header is None:
        return None
    if header.unix_start is not None:
        return header.unix_start, "its time stamps, which are Unix time"
    return (header.created, "the container") if header.created is not None else None


def _start_by_name(
    candidate: Candidate, start: float, previous: PlannedSource | None, granularity_s: float
) -> _Start:
    overlap_s = previous.end - start if previous else 0.0
    if previous is None or overlap_s <= 0:
        return start, StartOrigin.FILE_NAME, ()
    # A file that fills the whole unit of its name has no room for a second one of that name.
    twin = start <= previous.start and previous.end - previous.start >= max(
        granularity_s, candidate.length_s / 2
    )
    if overlap_s < 2 * granularity_s and not twin:
        # The name is rounded down. Bounded by one unit, lest a drifting clock add up over many files.
        return min(previous.end, start + granularity_s), StartOrigin.FILE_NAME, ()
    overlap = f"it begins {overlap_s:.1f} s before the end of {previous.name}"
    return start, StartOrigin.FILE_NAME, (overlap,)
