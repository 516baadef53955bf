"""From what the site file names (a file, a glob, a folder) to the single sources, in natural order."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from glob import glob, has_magic
from pathlib import Path

from pipeline.sources.names import shown
from tracking.addresses import without_credentials
from tracking.errors import NoFootageError, UsageError

_VIDEO_SUFFIXES = (
    *("mp4", "m4v", "mov", "avi", "mkv", "webm", "ts", "mts", "m2ts", "mpg", "mpeg", "flv", "wmv", "asf"),
    *("3gp", "ogv", "h264", "264", "h265", "265", "hevc", "mjpeg", "mjpg", "dav"),
)
VIDEO_SUFFIXES = frozenset(f".{suffix}" for suffix in _VIDEO_SUFFIXES)
IMAGE_SUFFIXES = frozenset([".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp"])
UNFINISHED_SUFFIXES = frozenset(
    [".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", ".download"]
)
"""Endings of names under which programs write files that they rename in the end."""
_LIVE = re.compile(r"^(?:rtsps?|rtmps?|https?|udp|rtp|srt|tcp)://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SourceFiles:
    """One source: a video file, or the pictures of one folder.

    Attributes:
        name: File name (folder name for pictures) as text, unique within the camera.
        path: The file, or the folder.
        images: The pictures in natural order; empty for a video.
    """

    name: str
    path: Path
    images: tuple[Path, ...] = ()


def natural_key(text: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key by which ``cam2`` comes before ``cam10``."""
    pieces = re.split(r"(\d+)", text)
    return tuple((0, int(p), p) if i % 2 else (1, 0, p.casefold()) for i, p in enumerate(pieces))


def is_live(location: str) -> bool:
    """Whether a location names a stream or a capture device instead of recorded footage."""
    return bool(_LIVE.match(location)) or location.isdigit() or location.startswith("/dev/video")


def find_sources(locations: Sequence[str], key: str) -> tuple[SourceFiles, ...]:
    """Expand the locations of a camera.

    Args:
        locations: Files, globs (``**`` reaches into folders) or folders.
        key: Site file and key for error messages.

    Returns:
        Sources in the order of the locations, each location's files in natural order.

    Raises:
        UsageError: A location that does not exist, matches nothing, or is live.
    """
    found: list[SourceFiles] = []
    for location in locations:
        found.extend(_expand(location, key))
    unique = list(dict.fromkeys(found))
    return tuple(_with_unique_names(unique))


def _expand(location: str, key: str) -> list[SourceFiles]:
    if is_live(location):
        raise UsageError(
            f"{key}: {without_credentials(location)} is live, and footage is read from recorded files; "
            "give a file, a glob or a folder"
        )
    path = Path(location)
    if path.is_dir():
        return _expand_folder(path, key)
    if path.exists():
        return [SourceFiles(shown(path.name), path)]
    if not has_magic(location):
        raise NoFootageError(f"{key}: there is no file or folder {shown(location)}; give footage that exists")
    folder, pattern = _split_pattern(path)
    names = glob(pattern, root_dir=folder, recursive=True)  # noqa: PTH207
    matches = [folder / name for name in sorted(names, key=natural_key)]
    asked = Path(pattern).suffix.lower()
    files = [match for match in matches if _is_finished(match, asked) and match.is_file()]
    if not files:
        raise NoFootageError(
            f"{key}: no file matches {shown(location)}; give a glob that matches some footage"
        )
    return _group(files)


def _is_finished(path: Path, asked: str) -> bool:
    """Whether a name is not that of a file under way, unless the glob asks for just this ending."""
    suffix = path.suffix.lower()
    return suffix not in UNFINISHED_SUFFIXES or suffix == asked


def _split_pattern(path: Path) -> tuple[Path, str]:
    """Part a glob from the folders before it that exist as they are written, brackets included."""
    folder = Path(path.anchor)
    parts = path.parts[1:] if path.anchor else path.parts
    for number, part in enumerate(parts):
        if not (folder / part).is_dir():
            return folder, str(Path(*parts[number:]))
        folder /= part
    return folder, ""


def _expand_folder(folder: Path, key: str) -> list[SourceFiles]:
    try:
        inside = [p for p in folder.iterdir() if p.is_file() and not p.name.startswith(".")]
    except OSError as error:
        raise UsageError(f"{key}: the folder {shown(folder)} cannot be read ({error.strerror})") from None
    files = sorted(inside, key=lambda p: natural_key(p.name))
    videos = [p for p in files if p.suffix.lower() in VIDEO_SUFFIXES]
    if videos:
        return [SourceFiles(shown(p.name), p) for p in videos]
    images = tuple(p for p in files if p.suffix.lower() in IMAGE_SUFFIXES)
    if not images:
        raise NoFootageError(
            f"{key}: the folder {shown(folder)} holds no video and no picture; give one that does"
        )
    return [SourceFiles(shown(folder.name), folder, images)]


def _group(files: list[Path]) -> list[SourceFiles]:
    """Take each video for itself and the pictures of one folder together."""
    groups: dict[Path, list[Path]] = {}
    for file in files:
        groups.setdefault(file.parent if file.suffix.lower() in IMAGE_SUFFIXES else file, []).append(file)
    return [
        SourceFiles(shown(path.name), path, tuple(members) if members != [path] else ())
        for path, members in groups.items()
    ]


def _with_unique_names(sources: list[SourceFiles]) -> list[SourceFiles]:
    counts = Counter(source.name for source in sources)
    return [
        source
        if counts[source.name] == 1
        else SourceFiles(f"{shown(source.path.parent.name)}/{source.name}", source.path, source.images)
        for source in sources
    ]
