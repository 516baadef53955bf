"""The first site file of footage: found, timed, looked at, written."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pipeline.configuration import CameraSurvey, Configuration, load_configuration, survey
from pipeline.setup.draft import CameraDraft, render_site
from pipeline.setup.finding import Found, find_cameras
from pipeline.setup.judged import riders_in
from pipeline.setup.places import sources_for
from pipeline.setup.preview import look_at_camera
from pipeline.setup.region import propose_region
from pipeline.sources import CameraSource
from pipeline.sources.conflicts import conflicts
from pipeline.sources.header import Header, read_header
from tracking.errors import FietsflowError, FootageError, UsageError

CHECK = "CHECK"
"""Begins what was guessed, in the file too."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person said about the site.

    Attributes:
        site: Name of the site.
        zone: Its time zone.
        zone_note: Where that comes from.
        start: Of the first frame of cameras whose footage does not tell it; None for the date of the file.
        look_s: Seconds of each camera that are watched to propose a region; 0 for none.
        overrides: Settings for the look, by dotted key.
    """

    site: str
    zone: str
    zone_note: str
    start: datetime | None
    look_s: float
    overrides: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Begun:
    """A site file that was written.

    Attributes:
        surveys: Each camera that can be counted.
        riders: Camera id → riders seen while looking; nothing for a camera that was not looked at.
        left_out: Camera id → why it cannot be counted yet.
        checks: Camera id → what of its start was guessed.
    """

    surveys: tuple[CameraSurvey, ...]
    riders: Mapping[str, int]
    left_out: Mapping[str, str]
    checks: Mapping[str, str]


def begin_site(
    footage: Sequence[str], target: Path, asked: Asked, say: Callable[[str], None] = lambda sentence: None
) -> Begun:
    """Write the first site file of footage.

    Args:
        footage: As for `find_cameras`.
        target: The file, which is not there yet.
        asked: What a person said.
        say: Told what is being done.

    Raises:
        UsageError: The file is there already or cannot be written, or nothing can be counted.
        FietsflowError: Footage or detector failed while looking.
    """
    _refuse_overwriting(target)
    base = target.absolute().parent
    drafts = [_drafted(found, base, asked) for found in find_cameras(footage)]
    drafts, configuration = _checked(drafts, target, asked)
    riders: dict[str, int] = {}
    if asked.look_s:
        for number, draft in enumerate(drafts):
            if not draft.trouble:
                say(f"looking at {draft.id}")
                drafts[number], riders[draft.id] = _looked_at(configuration, draft, asked.look_s)
    text = _render(drafts, asked)
    with _beside(target, text) as part:
        surveys = survey(load_configuration(part, asked.overrides))
    _write_new(target, text)
    guessed = {one.id: one.start_note for one in drafts if one.start_note.startswith(CHECK)}
    return Begun(surveys, riders, {one.id: one.trouble for one in drafts if one.trouble}, guessed)


def _drafted(found: Found, base: Path, asked: Asked) -> CameraDraft:
    pattern = found.time_pattern
    try:
        sources = sources_for(found, base)
    except UsageError as error:
        return CameraDraft(found.id, ("…",), trouble=str(error))
    draft = CameraDraft(found.id, sources, pattern, roi_note="where cyclists count; now the whole picture")
    if pattern is not None:
        check = f"{CHECK}: day and month may be the other way round" if found.may_be_swapped else ""
        return replace(draft, start_note=check)
    if found.pictures:
        return draft
    try:
        header = read_header(found.files[0])
    except FootageError:
        header = None
    if header is not None and (header.created or header.unix_start):
        return replace(draft, start_note="the recording tells its own; only if that is wrong")
    if asked.start is not None:
        return replace(draft, start=asked.start, start_note="as given")
    start = _file_date(found.files[0], header, asked.zone)
    return replace(
        draft, start=start, start_note=f"{CHECK}: start by the date of the file, which copying may change"
    )


def _file_date(path: Path, header: Header | None, zone: str) -> datetime:
    """When a recording began, if its file was written as it went on and never since."""
    length_s = (header.duration_s or 0.0) if header else 0.0
    ended = datetime.fromtimestamp(path.stat().st_mtime, ZoneInfo(zone))
    return (ended - timedelta(seconds=length_s)).replace(tzinfo=None, microsecond=0)


def _checked(
    drafts: Sequence[CameraDraft], target: Path, asked: Asked
) -> tuple[list[CameraDraft], Configuration]:
    """Mark the cameras of which nothing can be read, or that read what another one reads.

    Raises:
        UsageError: None is left.
    """
    usable = [one for one in drafts if not one.trouble]
    failed: dict[str, str] = {}
    if usable:
        with _beside(target, _render(usable, asked)) as part:
            configuration = load_configuration(part, asked.overrides)
            failed = {name: text.replace(f"{part}: ", "") for name, text in _troubles(configuration).items()}
    marked = [replace(one, trouble=failed.get(one.id, one.trouble)) for one in drafts]
    if all(one.trouble for one in marked):
        raise UsageError("\n".join(one.trouble for one in marked))
    return marked, configuration


def _troubles(configuration: Configuration) -> dict[str, str]:
    opened: dict[str, CameraSource] = {}
    troubles: dict[str, str] = {}
    for camera in configuration.cameras:
        try:
            opened[camera.id] = CameraSource(configuration.footage(camera.id))
        except FietsflowError as error:
            troubles[camera.id] = str(error)
    keys = {name: configuration.footage(name).key for name in opened}
    return troubles | dict(conflicts({name: one.sources for name, one in opened.items()}, keys))


def _looked_at(configuration: Configuration, draft: CameraDraft, seconds: float) -> tuple[CameraDraft, int]:
    seen = look_at_camera(configuration, draft.id, seconds)
    riders = riders_in(configuration, seen)
    region = propose_region(riders, seen.frame_size)
    minutes = f"{seen.seconds / 60:.1f} minutes"
    if region is None:
        note = f"where cyclists count; now the whole picture, for in {minutes} nobody was seen"
        return replace(draft, roi_note=note), 0
    number = "1 rider" if len(riders) == 1 else f"{len(riders)} riders"
    note = f"proposed from {number} in {minutes}, with half their width as room around: look at it"
    return replace(draft, roi=region, roi_note=note), len(riders)


def _render(drafts: Sequence[CameraDraft], asked: Asked) -> str:
    return render_site(asked.site, asked.zone, asked.zone_note, drafts)


@contextmanager
def _beside(target: Path, text: str) -> Iterator[Path]:
    """A hidden file beside the target for as long as the block lasts: relative places are the same there."""
    path = target.with_name(f".{target.name}.{os.getpid()}.draft")
    try:
        path.write_text(text, encoding="utf-8")
        yield path
    except OSError as error:
        raise UsageError(f"-o: {target.parent} cannot be written in: {error.strerror}") from error
    finally:
        path.unlink(missing_ok=True)


def _refuse_overwriting(target: Path) -> None:
    if target.exists():
        raise UsageError(f"-o: {target} is there already and is not overwritten; name another file")


def _write_new(target: Path, text: str) -> None:
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        _refuse_overwriting(target)
    except OSError as error:
        raise UsageError(f"-o: {target} cannot be written: {error.strerror}") from error
