"""How a site file names the recordings of a camera: shortly, and so that tomorrow's are found too."""

import glob
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.setup.finding import Found, above_dates
from pipeline.setup.times import times_in
from pipeline.sources.files import find_sources
from tracking.errors import FietsflowError, UsageError


def sources_for(camera: Found, base: Path) -> tuple[str, ...]:
    """The locations of a camera, relative to the site file's folder.

    Args:
        camera: With its recordings.
        base: Folder of the site file, absolute.

    Raises:
        UsageError: A name is no text, and nothing that is finds just these recordings.
    """
    wanted = {path.resolve() for path in camera.files}
    for location in _short(camera):
        if _is_text(location) and _finds(location) == wanted:
            return (_seen_from(base, location),)
    alone = [str(path.absolute()) for path in camera.files]
    unsayable = [name for name in alone if not _is_text(name)]
    if unsayable:
        raise UsageError(
            f"FOOTAGE: a name of camera {camera.id} is no UTF-8 and cannot stand in a site file; move the "
            "recordings of this camera into a folder of their own"
        )
    return tuple(_seen_from(base, location) for location in alone)


def _short(camera: Found) -> Iterator[str]:
    """Locations that may find the recordings, the one to be preferred first."""
    parents = {path.absolute().parent for path in camera.files}
    if camera.named is not None:
        yield str(Path(camera.named).expanduser().absolute())
    if camera.pictures and len(camera.files) == 1:
        yield str(camera.files[0].absolute())
        return
    if len(camera.files) == 1 and camera.time_pattern is None:
        return
    begin = _common([path.name for path in camera.files]).rstrip("0123456789")
    if told := next(times_in(camera.files[0].stem), None):
        begin = _common([begin, camera.files[0].stem[: told.start]])
    suffixes = {path.suffix for path in camera.files}
    ending = f"*{suffixes.pop()}" if len(suffixes) == 1 else "*"
    top = Path(os.path.commonpath([str(parent) for parent in parents]))
    undated = above_dates(top)
    deep = "" if len(parents) == 1 and undated == top else "**/"
    for folder in dict.fromkeys((undated, top)):
        if begin and folder == top:
            yield f"{folder}/{deep}{glob.escape(begin)}{ending}"
        if not deep:
            yield str(folder)
        yield f"{folder}/{deep}{ending}"


def _common(texts: Sequence[str]) -> str:
    """What all begin with."""
    first, last = min(texts), max(texts)
    alike = next((at for at, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), None)
    return first if alike is None else first[:alike]


def _finds(location: str) -> set[Path]:
    try:
        return {source.path.resolve() for source in find_sources([location], "")}
    except FietsflowError:
        return set()


def _is_text(location: str) -> bool:
    try:
        location.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return location.isprintable()


def _seen_from(base: Path, location: str) -> str:
    """Relative where the recordings lie beside the site file or near it, so that both can be moved."""
    near = os.path.relpath(location, base)
    return Path(location).as_posix() if near.startswith(f"..{os.sep}..{os.sep}..") else Path(near).as_posix()
