"""Which recordings belong to which camera, by folders and names."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.setup.times import SEPARATORS, pattern_of, swapped, without_time
from pipeline.sources import TimePattern
from pipeline.sources.files import (
    IMAGE_SUFFIXES,
    UNFINISHED_SUFFIXES,
    VIDEO_SUFFIXES,
    find_sources,
    natural_key,
)
from pipeline.sources.names import shown
from tracking.errors import NoFootageError

_DATE_FOLDER = re.compile(r"(?:19|20)\d\d(?:[-_. ]?\d\d){0,2}")
_LONGEST_ID = 64


@dataclass(frozen=True, slots=True)
class Found:
    """A camera, as its recordings make it known.

    Attributes:
        id: Its name.
        files: Videos, or folders of pictures, in natural order.
        pictures: Those of the folders, in natural order; none where the files are videos.
        named: The location that a person gave for just this camera; None where it was found.
    """

    id: str
    files: tuple[Path, ...]
    pictures: tuple[Path, ...] = ()
    named: str | None = None

    @property
    def time_pattern(self) -> str | None:
        """How its names tell when a recording began; None where they do not."""
        by_name = pattern_of([path.stem for path in self._timed])
        return by_name or pattern_of([_whole(path) for path in self._timed], folders=True)

    @property
    def may_be_swapped(self) -> bool:
        """Whether the names can be read with day and month in each other's place too."""
        pattern = self.time_pattern
        if pattern is None or pattern.startswith(("%Y", "%s")):
            return False
        other = TimePattern(swapped(pattern))
        names = (_whole(path) if other.looks_at_folders else path.stem for path in self._timed)
        return all(other.read(name) is not None for name in names)

    @property
    def _timed(self) -> tuple[Path, ...]:
        return self.pictures or self.files


@dataclass(frozen=True, slots=True)
class _Recording:
    """A video or a folder of pictures, and what its place says about the camera."""

    path: Path
    pictures: tuple[Path, ...]
    folders: tuple[str, ...]
    rest: str


def find_cameras(footage: Sequence[str]) -> tuple[Found, ...]:
    """Group recordings by camera.

    Args:
        footage: Files, globs and folders, which are searched with all folders in them; ``NAME=`` in front of
            one makes a camera of all that it holds.

    Raises:
        UsageError: Something is not there, is live or holds no footage.
    """
    named: dict[str, Found] = {}
    recordings: dict[Path, _Recording] = {}
    for one in footage:
        name, equals, location = one.partition("=")
        if equals and name and not Path(one).exists():
            inside = list(_recordings(location))
            pictures = tuple(picture for part in inside for picture in part.pictures)
            files = tuple(dict.fromkeys(part.path for part in inside))
            named[_id(name)] = Found(
                _id(name), files, pictures, location if Path(location).is_dir() else None
            )
        else:
            recordings |= {part.path.resolve(): part for part in _recordings(one)}
    groups: defaultdict[tuple[tuple[str, ...], str], list[_Recording]] = defaultdict(list)
    for part in recordings.values():
        groups[part.folders, part.rest].append(part)
    labels = _labels(list(groups), set(named))
    found = [
        Found(
            labels[key],
            tuple(part.path for part in parts),
            tuple(picture for part in parts for picture in part.pictures),
        )
        for key, parts in groups.items()
    ]
    return (*named.values(), *sorted(found, key=lambda one: natural_key(one.id)))


def _recordings(location: str) -> Iterator[_Recording]:
    path = Path(location).expanduser()
    if not path.is_dir():
        for source in find_sources([str(path)], "FOOTAGE"):
            yield _recording(source.path, source.images, (source.path.absolute().parent.name,))
        return
    root = path.absolute()
    files = sorted(
        (one for one in path.rglob("*") if one.is_file() and not _is_hidden(one.relative_to(path))),
        key=lambda one: natural_key(one.as_posix()),
    )
    by_folder: defaultdict[Path, list[Path]] = defaultdict(list)
    for one in files:
        if one.suffix.lower() not in UNFINISHED_SUFFIXES:
            by_folder[one.parent].append(one)
    any_found = False
    for folder, inside in by_folder.items():
        folders = (root.name, *folder.relative_to(path).parts)
        videos = [one for one in inside if one.suffix.lower() in VIDEO_SUFFIXES]
        pictures = tuple(one for one in inside if one.suffix.lower() in IMAGE_SUFFIXES)
        for video in videos:
            yield _recording(video, (), folders)
        if pictures and not videos:
            yield _Recording(folder, pictures, _without_dates(folders), "")
        any_found = any_found or bool(videos or pictures)
    if not any_found:
        raise NoFootageError(
            f"FOOTAGE: the folder {shown(path)} and those in it hold no video and no picture; give one "
            "that does"
        )


def _recording(path: Path, pictures: tuple[Path, ...], folders: tuple[str, ...]) -> _Recording:
    rest = "" if pictures else without_time(shown(path.absolute().with_suffix(""))).strip(SEPARATORS)
    return _Recording(path, pictures, _without_dates(folders), rest)


def _whole(path: Path) -> str:
    return path.absolute().with_suffix("").as_posix()


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _without_dates(folders: Sequence[str]) -> tuple[str, ...]:
    """Folders without those that recorders make for each day, and for each hour within."""
    kept: list[str] = []
    dated = False
    for folder in folders:
        dated = dated or bool(_DATE_FOLDER.fullmatch(folder))
        if not (dated and re.fullmatch(r"[\d\-_. ]+", folder)):
            kept.append(shown(folder))
    return tuple(kept)


def above_dates(folder: Path) -> Path:
    """The folder itself or, where it lies in one that recorders make for each day, the one around that."""
    dated = [one for one in (folder, *folder.parents) if _DATE_FOLDER.fullmatch(one.name)]
    return dated[-1].parent if dated else folder


def _labels(
    keys: Sequence[tuple[tuple[str, ...], str]], taken: set[str]
) -> Mapping[tuple[tuple[str, ...], str], str]:
    """A name for each group: of its folder where each has its own, else of its files, else of both."""
    own = Counter(_last(folders) for folders, _ in keys)
    by_folder = len(keys) > 1 and all(name and count == 1 for name, count in own.items())
    rests = Counter(rest for _, rest in keys)
    labels: dict[tuple[tuple[str, ...], str], str] = {}
    used = {name.casefold() for name in taken}
    for folders, rest in keys:
        name = _last(folders) if by_folder or not rest else rest
        if not by_folder and rest and rests[rest] > 1:
            name = f"{_last(folders)}-{rest}"
        label = _id(name)
        number = 2
        while label.casefold() in used:
            label = f"{_id(name)[: _LONGEST_ID - 4]}-{number}"
            number += 1
        used.add(label.casefold())
        labels[folders, rest] = label
    return labels


def _last(folders: Sequence[str]) -> str:
    return folders[-1] if folders else ""


def _id(name: str) -> str:
    """A name as `cameras[].id` takes it."""
    kept = re.sub(r"[>,/\\\"'\x00-\x1f\x7f\x85\u2028\u2029]+", "-", shown(name)).strip()
    return kept[:_LONGEST_ID].strip() or "camera"
