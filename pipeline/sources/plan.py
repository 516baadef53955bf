"""Putting the sources of one camera in order and giving each its start, before anything is decoded."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pipeline.sources.clock import Moment, resolve_moment
from pipeline.sources.files import SourceFiles, find_sources, natural_key
from pipeline.sources.footage import Footage
from pipeline.sources.header import Header, read_header
from tracking.errors import FootageError, UsageError


class StartOrigin(StrEnum):
    """Who says when a source begins."""

    SITE_FILE = "site file"
    FILE_NAME = "file name"
    CONTAINER = "container"
    BEHIND_PREVIOUS = "behind the previous file"


@dataclass(frozen=True, slots=True)
class PlannedSource:
    """One source with its place in time.

    Attributes:
        files: What to read.
        start: Of its first frame, seconds since the epoch, UTC, clock offset included.
        origin: Who says so.
        header: What it promises; None where it cannot be opened.
        offsets_s: Seconds of each picture since the first; empty for a video.
        notes: Sentences about what was assumed or cannot be read.
    """

    files: SourceFiles
    start: float
    origin: StartOrigin
    header: Header | None
    offsets_s: tuple[float, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name of the source."""
        return self.files.name

    @property
    def end(self) -> float:
        """Promised end, seconds since the epoch; the start where nothing is promised."""
        return self.start + ((self.header.duration_s or 0.0) if self.header else 0.0)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A source before it has a start."""

    files: SourceFiles
    named: Moment | None
    header: Header | None
    offsets_s: tuple[float, ...]
    notes: tuple[str, ...]


def plan_footage(footage: Footage) -> tuple[PlannedSource, ...]:
    """Find the sources of a camera, in order of time.

    The start of a source is, in this order: what its name says by the time pattern; the start
    in the site file (first source only); what the container says; the end of the one before.
    A start in a name is rounded down to the pattern's shortest unit: where it lies just before
    the end of its predecessor, the source is taken to continue directly behind.

    Args:
        footage: The camera's footage.

    Returns:
        At least one source.

    Raises:
        UsageError: Footage that does not exist, or whose start nobody tells.
        FootageError: Not one source can be opened.
    """
    candidates = [
        _examine(files, footage) for files in find_sources(footage.locations, f"{footage.key}.source")
    ]
    if all(candidate.header is None for candidate in candidates):
        rest = f" (and {len(candidates) - 1} more)" if len(candidates) > 1 else ""
        raise FootageError(f"{footage.key}.source: {candidates[0].notes[-1]}{rest}")
    if footage.time_pattern:
        candidates.sort(key=lambda c: (c.named.epoch_s if c.named else 0.0, natural_key(c.files.name)))
    planned: list[PlannedSource] = []
    for candidate in candidates:
        planned.append(_place(candidate, planned[-1] if planned else None, footage))
    return tuple(planned)


def _examine(files: SourceFiles, footage: Footage) -> _Candidate:
    if files.images:
        return _examine_images(files, footage)
    named = _named_moment(files.path, footage)
    notes = (named.note,) if named and named.note else ()
    try:
        return _Candidate(files, named, read_header(files.path), (), notes)
    except FootageError as error:
        return _Candidate(files, named, None, (), (*notes, str(error)))


def _examine_images(files: SourceFiles, footage: Footage) -> _Candidate:
    moments = [_named_moment(path, footage) for path in files.images] if footage.time_pattern else []
    named = moments[0] if moments else None
    count = len(files.images)
    if footage.fps is not None:
        offsets = tuple(index / footage.fps for index in range(count))
        fps = footage.fps
    elif moments:
        pairs = sorted(
            zip((m.epoch_s for m in moments if m), files.images, strict=True), key=lambda pair: pair[0]
        )
        offsets = tuple(epoch_s - pairs[0][0] for epoch_s, _ in pairs)
        files = SourceFiles(files.name, files.path, tuple(path for _, path in pairs))
        fps = (count - 1) / offsets[-1] if offsets[-1] > 0 else 1.0
        named = Moment(pairs[0][0])
    else:
        raise UsageError(
            f"{footage.key}.fps: the pictures in {files.path} have no time of their own; "
            "give fps (pictures per second) or time_pattern"
        )
    return _Candidate(files, named, Header(fps, offsets[-1] + 1 / fps, count, "images"), offsets, ())


def _named_moment(path: Path, footage: Footage) -> Moment | None:
    pattern = footage.time_pattern
    if pattern is None:
        return None
    moment = pattern.read(path.with_suffix("").as_posix() if pattern.looks_at_folders else path.stem)
    if moment is None:
        raise UsageError(
            f"{footage.key}.time_pattern: {pattern.pattern} is not found in the name {path.name}; "
            "give the pattern of the date and time in the file names"
        )
    return resolve_moment(moment, footage.zone)


def _place(candidate: _Candidate, previous: PlannedSource | None, footage: Footage) -> PlannedSource:
    start, origin, notes = _start_of(candidate, previous, footage)
    return PlannedSource(
        candidate.files, start, origin, candidate.header, candidate.offsets_s, (*candidate.notes, *notes)
    )


def _start_of(
    candidate: _Candidate, previous: PlannedSource | None, footage: Footage
) -> tuple[float, StartOrigin, tuple[str, ...]]:
    offset_s = footage.clock_offset_s
    if candidate.named is not None:
        granularity_s = footage.time_pattern.granularity_s if footage.time_pattern else 0.0
        return _start_by_name(candidate.named, previous, granularity_s, offset_s)
    if footage.start is not None and previous is None:
        given = resolve_moment(footage.start, footage.zone)
        return given.epoch_s + offset_s, StartOrigin.SITE_FILE, (given.note,) if given.note else ()
    created = candidate.header.created if candidate.header and footage.start is None else None
    if created is not None and (previous is None or created.timestamp() + offset_s >= previous.end):
        note = f"start {created:%Y-%m-%d %H:%M:%S} UTC taken from the container; check it, or give start"
        return created.timestamp() + offset_s, StartOrigin.CONTAINER, (note,)
    if previous is None:
        raise UsageError(
            f"{footage.key}.start: {candidate.files.name} does not say when it was recorded; "
            "give start (of its first frame) or time_pattern (if the file name tells it)"
        )
    lost = (f"the length of {previous.name} before it is unknown",) if previous.end == previous.start else ()
    return previous.end, StartOrigin.BEHIND_PREVIOUS, lost


def _start_by_name(
    named: Moment, previous: PlannedSource | None, granularity_s: float, offset_s: float
) -> tuple[float, StartOrigin, tuple[str, ...]]:
    start = named.epoch_s + offset_s
    overlap_s = previous.end - start if previous else 0.0
    if previous is None or overlap_s <= 0:
        return start, StartOrigin.FILE_NAME, ()
    if overlap_s < 2 * granularity_s:
        # The name is rounded down. Bounded by one unit, lest a drifting clock add up over many files.
        return min(previous.end, start + granularity_s), StartOrigin.FILE_NAME, ()
    if named.later_reading_s is not None:
        return named.later_reading_s + offset_s, StartOrigin.FILE_NAME, ()
    overlap = f"it begins {overlap_s:.1f} s before the end of {previous.name}"
    return start, StartOrigin.FILE_NAME, (overlap,)
