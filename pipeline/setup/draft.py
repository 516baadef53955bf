"""The text of a first site file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from textwrap import wrap

import yaml

from tracking.region import Point

_WIDTH = 100
_HEAD = """\
# Written by `pipeline init`. Draw regions, lines and links in the browser with `pipeline roi`, or here;
# `pipeline validate` says what applies. Lines that begin with # are waiting for what only you know.
"""
_LINKS = """\
# Which camera can follow which. Without links each can follow every other, as far as locations and
# plausible speeds allow; with them routes are surer.
"""


@dataclass(frozen=True, slots=True)
class CameraDraft:
    """A camera of the file.

    Attributes:
        id: Its name.
        sources: Locations as the file gives them.
        time_pattern: How names tell the start; None where they do not.
        start: Of the first frame, where the file has to say it; local time.
        start_note: Where that comes from.
        roi: Proposed region, shares of width and height; None for the whole picture.
        roi_note: What the region rests on.
        trouble: Why the camera cannot be counted yet; empty for one that can.
    """

    id: str
    sources: tuple[str, ...]
    time_pattern: str | None = None
    start: datetime | None = None
    start_note: str = ""
    roi: tuple[Point, ...] | None = None
    roi_note: str = ""
    trouble: str = ""


def render_site(name: str, zone: str, zone_note: str, cameras: Sequence[CameraDraft]) -> str:
    """Write the file.

    Args:
        name: Of the site.
        zone: Its time zone.
        zone_note: Where that comes from.
        cameras: At least one without trouble.
    """
    lines = [*_HEAD.splitlines(), f"site: {_scalar(name)}", f"timezone: {_scalar(zone)}  # {zone_note}"]
    lines.append("cameras:")
    for camera in cameras:
        lines += _troubled(camera) if camera.trouble else _camera(camera)
    known = [camera.id for camera in cameras if not camera.trouble]
    first, second = (known[0], known[1]) if len(known) > 1 else (known[0], "B")
    lines += [
        *_LINKS.splitlines(),
        "# links:",
        f"#   - {{from: {_scalar(first)}, to: {_scalar(second)}, distance_m: 300}}  # along the street",
        f"#   - {{from: {_scalar(second)}, to: {_scalar(first)}, distance_m: 300}}  # and back",
    ]
    return "\n".join(lines) + "\n"


def _camera(camera: CameraDraft) -> Iterator[str]:
    yield f"  - id: {_scalar(camera.id)}"
    if len(camera.sources) == 1:
        yield f"    source: {_scalar(camera.sources[0])}"
    else:
        yield "    source:"
        yield from (f"      - {_scalar(one)}" for one in camera.sources)
    if camera.time_pattern is not None:
        note = f"  # {camera.start_note}" if camera.start_note else ""
        yield f"    time_pattern: {_quoted(camera.time_pattern)}{note}"
    if camera.start is not None:
        yield f"    start: {camera.start.isoformat(timespec='seconds')}  # {camera.start_note}"
    elif camera.start_note and camera.time_pattern is None:
        yield f"    # start: 2026-05-01T08:00:00  # {camera.start_note}"
    yield "    # location: [52.0907, 5.1214]  # latitude and longitude, for maps and links"
    if camera.roi is not None:
        yield f"    # {camera.roi_note}"
        yield f"    roi: {_flow(camera.roi)}"
    else:
        yield f"    # roi: [[0.05, 0.95], [0.4, 0.3], [0.6, 0.3], [0.95, 0.95]]  # {camera.roi_note}"


def _troubled(camera: CameraDraft) -> Iterator[str]:
    keys = (line.removeprefix("  ") for line in _camera(camera) if not line.lstrip().startswith("#"))
    for line in (f"{camera.id} is left out:", *wrap(camera.trouble, _WIDTH), *keys):
        yield f"  # {line}"


def _flow(points: Sequence[Point]) -> str:
    return "[" + ", ".join(f"[{x:g}, {y:g}]" for x, y in points) + "]"


def _scalar(text: str) -> str:
    """Text as YAML, quoted where it could be taken for something else, within a flow mapping too."""
    plain = yaml.safe_dump([text], default_flow_style=True, width=10**6, allow_unicode=True)
    return plain.strip()[1:-1]


def _quoted(text: str) -> str:
    return yaml.safe_dump(text, default_style='"', width=10**6, allow_unicode=True).strip()
