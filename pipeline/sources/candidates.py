"""Sources before they have a place in time: what their headers and names say."""

from dataclasses import dataclass
from pathlib import Path

from pipeline.sources.clock import Moment, resolve_moment
from pipeline.sources.files import SourceFiles
from pipeline.sources.footage import Footage
from pipeline.sources.header import Header, read_header
from pipeline.sources.names import shown
from tracking.errors import FootageError, UntimedFootageError, UsageError


@dataclass(frozen=True, slots=True)
class Candidate:
    """A source before it has a start.

    Attributes:
        files: What to read.
        named: Start that its name tells; None where it does not.
        header: What it promises; None where it cannot be opened.
        offsets_s: Seconds of each picture since the first; empty for a video.
        notes: Sentences about what was assumed or cannot be read.
    """

    files: SourceFiles
    named: Moment | None
    header: Header | None
    offsets_s: tuple[float, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def length_s(self) -> float:
        """Promised length, seconds; 0 where nothing is promised."""
        return (self.header.duration_s or 0.0) if self.header else 0.0


def examine(files: SourceFiles, footage: Footage) -> Candidate:
    """Read the header and the name of a source.

    Raises:
        UsageError: The name does not hold the pattern.
        UntimedFootageError: Nobody tells the frame rate.
    """
    if files.images:
        return _examine_images(files, footage)
    named = _named_moment(files.path, footage)
    # What is assumed about an hour that comes twice is said when all files have been read.
    notes = (named.note,) if named and named.note and named.later_reading_s is None else ()
    try:
        header = read_header(files.path, footage.fps)
    except FootageError as error:
        return Candidate(files, named, None, (), (*notes, str(error)))
    if not header.rate_known:
        raise UntimedFootageError(
            f"{footage.key}.fps: {files.name} has no time stamps and does not tell its frame rate; give fps "
            "(frames per second at which it was recorded)"
        )
    return Candidate(files, named, header, (), notes)


def refuse_idle_fps(candidates: list[Candidate], footage: Footage) -> None:
    """Refuse a frame rate where every source has a time of its own.

    Raises:
        UsageError: ``fps`` would do nothing.
    """
    headers = [candidate.header for candidate in candidates if candidate.header]
    if footage.fps is None or not headers:
        return
    if all(header.timed and header.codec != "images" for header in headers):
        raise UsageError(
            f"{footage.key}.fps: {candidates[0].files.name} has time stamps of its own, so fps would do "
            "nothing; leave it out (max_fps limits how many frames are looked at)"
        )


def _examine_images(files: SourceFiles, footage: Footage) -> Candidate:
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
        raise UntimedFootageError(
            f"{footage.key}.fps: the pictures in {shown(files.path)} have no time of their own; "
            "give fps (pictures per second) or time_pattern"
        )
    return Candidate(files, named, Header(fps, offsets[-1] + 1 / fps, count, "images"), offsets)


def _named_moment(path: Path, footage: Footage) -> Moment | None:
    pattern = footage.time_pattern
    if pattern is None:
        return None
    moment = pattern.read(path.with_suffix("").as_posix() if pattern.looks_at_folders else path.stem)
    if moment is None:
        raise UsageError(
            f"{footage.key}.time_pattern: {pattern.pattern} is not found in the name {shown(path.name)}; "
            "give the pattern of the date and time in the file names"
        )
    return resolve_moment(moment, footage.zone)
