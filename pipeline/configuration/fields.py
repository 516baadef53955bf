"""Types of single values in a site file, each with its own check."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from difflib import get_close_matches
from typing import Annotated, Any, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator, BeforeValidator

from pipeline.sources import TimePattern
from tracking.region import Point, validate_polygon

_CAMERA_ID = re.compile(r"[^\s>,/\\\"'](?:[^>,/\\\"'\r\n\t]{0,62}[^\s>,/\\\"'])?")


def _camera_id(text: str) -> str:
    if not _CAMERA_ID.fullmatch(text):
        raise ValueError(
            f"{text!r} is no usable camera id; give 1 to 64 characters without > , / quotes and outer spaces"
        )
    return text


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = suggestion(name, available_timezones())
        raise ValueError(
            f"there is no time zone {name!r}{near or '; give one like Europe/Amsterdam'}"
        ) from None
    return name


def _moment(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value.strip())
        except ValueError:
            pass
    raise ValueError(f"{value!r} is no date and time; give one like 2019-10-02T08:00:00")


def _time_pattern(text: str) -> str:
    TimePattern(text)
    return text


def _polygon(points: Sequence[Sequence[float]]) -> tuple[Point, ...]:
    return validate_polygon(points)


def _location(value: Any) -> Any:
    order = "give [latitude, longitude], like [53.2194, 6.5665]"
    if not (isinstance(value, list | tuple) and len(value) == 2 and all(map(_is_number, value))):
        raise ValueError(f"{value!r} is no location; {order}")
    for number, name, limit in zip(value, ("latitude", "longitude"), (90, 180), strict=True):
        if not -limit <= number <= limit:
            raise ValueError(f"the {name} {number:g} is not between -{limit} and {limit}; {order}")
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _one_or_more(value: Any) -> Any:
    return (value,) if isinstance(value, str | int) and not isinstance(value, bool) else value


def _as_text(value: Any) -> Any:
    return str(value) if _is_number(value) else value


def suggestion(word: str, known: Sequence[str] | set[str]) -> str:
    """``; did you mean X?`` with the nearest known word, or nothing where none is near."""
    by_folded = {name.casefold(): name for name in sorted(known)}
    near = get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return f"; did you mean {by_folded[near[0]]!r}?" if near else ""


Text: TypeAlias = Annotated[str, BeforeValidator(_as_text)]
"""Text; numbers are taken as they are written."""
CameraId: TypeAlias = Annotated[str, BeforeValidator(_as_text), AfterValidator(_camera_id)]
ZoneName: TypeAlias = Annotated[str, AfterValidator(_zone)]
Moment: TypeAlias = Annotated[datetime, BeforeValidator(_moment)]
TimePatternText: TypeAlias = Annotated[str, AfterValidator(_time_pattern)]
Polygon: TypeAlias = Annotated[tuple[tuple[float, ...], ...], AfterValidator(_polygon)]
Location: TypeAlias = Annotated[tuple[float, float], BeforeValidator(_location)]
Sources: TypeAlias = Annotated[tuple[Text, ...], BeforeValidator(_one_or_more)]
