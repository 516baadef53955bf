"""Recognising date and time of day in the names of recordings."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pipeline.sources import TimePattern
from pipeline.sources.header import EARLIEST_RECORDING

_YEAR = r"(?P<Y>(?:19|20)\d\d)"
_MONTH, _DAY = r"(?P<m>0[1-9]|1[0-2]{one})", r"(?P<d>0[1-9]|[12]\d|3[01]{one})"
_CLOCK = (
    r"(?P<H>[01]\d|2[0-3])(?P<b>[-_.:h ]?)(?P<M>[0-5]\d)(?:(?P<b2>(?P=b)|m)(?P<S>[0-5]\d)(?!\d))?"
    r"(?P<z>Z|\+\d\d:?\d\d)?(?!\d)"
)
_CLOCK_OF_TWELVE = (
    r"(?P<I>0?[1-9]|1[0-2])(?P<b>[-_.:h ])(?P<M>[0-5]\d)(?:(?P<b2>(?P=b))(?P<S>[0-5]\d))?(?P<gap2>[ _]?)"
    r"(?P<p>[AaPp][Mm])(?![A-Za-z])"
)
_YEAR_FIRST = ("%Y{a}%m{a}%d", f"{_YEAR}(?P<a>[-_. ]?){_MONTH}(?P=a){_DAY}".format(one=""))
_DAY_FIRST, _MONTH_FIRST = (
    (form, expression.format(one="|(?<!\\d)[1-9](?!\\d)"))
    for form, expression in (
        ("%d{a}%m{a}%Y", f"{_DAY}(?P<a>[-_. ]?){_MONTH}(?P=a){_YEAR}"),
        ("%m{a}%d{a}%Y", f"{_MONTH}(?P<a>[-_. ]?){_DAY}(?P=a){_YEAR}"),
    )
)
_WAYS = (
    # Where noon is 12 PM, the month is written first.
    *((date, _CLOCK_OF_TWELVE) for date in (_YEAR_FIRST, _MONTH_FIRST, _DAY_FIRST)),
    *((date, _CLOCK) for date in (_YEAR_FIRST, _DAY_FIRST, _MONTH_FIRST)),
)
_BETWEEN_IN_A_NAME = r"(?P<gap>[^\d/]{0,24}?)"
_BETWEEN_FOLDERS = r"(?P<gap>[^/]{0,60}/(?:[^/]{1,60}/){0,3}?[^\d/]{0,40}?)"
_UNIX = re.compile(r"(?<!\d)(?P<s>[12]\d{9})(?P<f>\d{3})?(?!\d)")
_SOON = timedelta(days=2)
SEPARATORS = "-_. ()[]"
"""What stands between the parts of a name."""


@dataclass(frozen=True, slots=True)
class Told:
    """A moment that a name tells.

    Attributes:
        pattern: That `TimePattern` takes.
        start: Place in the name at which it begins.
        end: Place behind it.
    """

    pattern: str
    start: int
    end: int


def times_in(name: str, *, folders: bool = False) -> Iterator[Told]:
    """Every way of reading a moment in a name, the likeliest first.

    Args:
        name: Of a file without its suffix; with its folders if `folders`.
        folders: Look for a date in a folder and the time of day behind it.
    """
    between = _BETWEEN_FOLDERS if folders else _BETWEEN_IN_A_NAME
    for (date, expression), clock in _WAYS:
        behind = clock.replace("[-_.:h ]", "[-_.:h /]") if folders else clock
        for match in re.finditer(rf"(?<!\d){expression}{between}{behind}", name):
            yield Told(_pattern(date, match.groupdict()), *match.span())
    if not folders:
        for match in _UNIX.finditer(name):
            yield Told("%s%f" if match["f"] else "%s", *match.span())


def pattern_of(names: Sequence[str], *, folders: bool = False, now: datetime | None = None) -> str | None:
    """The pattern that reads all names of a camera; None where there is none.

    Args:
        names: As for `times_in`; at least one.
        folders: As for `times_in`.
        now: Recordings are not from later than this; None for the present.
    """
    latest = (now or datetime.now(UTC)) + _SOON
    for told in times_in(names[0], folders=folders):
        pattern = TimePattern(told.pattern)
        moments = [pattern.read(name) for name in names]
        # A clock that was not set tells one wrong start among right ones, which is said where they are used.
        if None not in moments and any(moment and _is_plausible(moment, latest) for moment in moments):
            return told.pattern
    return None


def without_time(path: str) -> str:
    """What the name of a file tells but for its moment or, where it has none, its running number.

    Args:
        path: With its folders, without suffix.
    """
    stem = path.rpartition("/")[2]
    told = next(times_in(stem), None)
    start, end = (told.start, told.end) if told else (None, None)
    if told is None and (behind := next(times_in(path, folders=True), None)):
        # The folders have the date, so that the name begins with, or has, the time of day.
        start, end = 0, behind.end - (len(path) - len(stem))
    if start is None or end is None or end <= 0:
        alone = re.sub(r"[-_. ]*\(\d+\)$", "", stem)  # A copy.
        return re.sub(r"\d{3,}$", "", alone) or alone
    tail = re.sub(r"\[[^\]]*\]?|[-_. ]\d{1,2}(?:[-_.:]\d\d){1,2}(?!\d)|[-_. ]\d+$", "", stem[end:])
    return "_".join(part for part in (one.strip(SEPARATORS) for one in (stem[:start], tail)) if part)


def swapped(pattern: str) -> str:
    """The pattern with day and month in each other's place."""
    return pattern.replace("%d", "%\0").replace("%m", "%d").replace("%\0", "%m")


def _pattern(date: str, found: Mapping[str, str | None]) -> str:
    """What `TimePattern` takes for a match."""
    told = {key: _literal(text or "") for key, text in found.items()}
    hour = found.get("H") or ""
    # Folders of recorders repeat the hour.
    gap = "/".join("%H" if hour and part == hour else part for part in told["gap"].split("/"))
    pattern = date.format(a=told["a"]) + gap + ("%H" if hour else "%I") + told["b"] + "%M"
    if found["S"] is not None:
        pattern += f"{told['b2']}%S"
    return pattern + (f"{told['gap2']}%p" if found.get("p") else "") + ("%z" if found.get("z") else "")


def _literal(text: str) -> str:
    return text.replace("%", "%%")


def _is_plausible(moment: datetime, latest: datetime) -> bool:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return EARLIEST_RECORDING <= aware <= latest
