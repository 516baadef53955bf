"""Reading the moment a recording began: time patterns, time zones and the hour that comes twice."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

_ALONE = r"(?<!\d)[{digits}](?!\d)"
"""One digit without its leading zero, which only counts where no other digit is near."""


def _padded(two_digits: str, digits: str = "1-9") -> str:
    return f"(?:{two_digits}|{_ALONE.format(digits=digits)})"


_DIRECTIVES = {
    "Y": r"\d{4}",
    "y": r"\d{2}",
    "m": _padded(r"0[1-9]|1[0-2]"),
    "d": _padded(r"0[1-9]|[12]\d|3[01]"),
    "j": r"(?:[0-2]\d\d|3[0-6]\d)",
    "H": _padded(r"[01]\d|2[0-3]", "0-9"),
    "I": _padded(r"0[1-9]|1[0-2]"),
    "p": r"(?:[AaPp][Mm])",
    "M": _padded(r"[0-5]\d", "0-9"),
    "S": _padded(r"[0-5]\d", "0-9"),
    "f": r"\d{1,6}",
    "b": r"[A-Za-z]{3}",
    "B": r"[A-Za-z]{3,9}",
    "z": r"(?:Z|[+-]\d{2}:?\d{2})",
    "s": r"\d{9,10}",
    "%": "%",
}
_GRANULARITY_S = (("f", 1e-6), ("S", 1.0), ("s", 1.0), ("M", 60.0), ("H", 3600.0), ("I", 3600.0))


@dataclass(frozen=True)
class TimePattern:
    """A strptime pattern that is looked for anywhere in a file name.

    A pattern with a slash is looked for in the whole path (without the suffix), so that
    ``%Y-%m-%d/%H-%M-%S`` reads recorders that make one folder per day.

    Attributes:
        pattern: For example ``%Y-%m-%d_%H-%M-%S``.

    Raises:
        ValueError: For a directive that cannot be read, or a pattern without a full date.
    """

    pattern: str
    _regex: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        letters = self._letters
        unknown = [letter for letter in letters if letter not in _DIRECTIVES]
        if unknown:
            known = " ".join(f"%{letter}" for letter in _DIRECTIVES if letter != "%")
            raise ValueError(f"%{unknown[0]} cannot be read from a file name; use {known}")
        used = set(letters)
        if "I" in used and "p" not in used:
            raise ValueError("%I counts to 12 and needs %p (AM or PM); use %H for hours up to 23")
        if "s" not in used and not (
            used & {"Y", "y"} and ("j" in used or (used & {"m", "b", "B"} and "d" in used))
        ):
            raise ValueError(
                "the pattern needs a year, a month and a day, for example %Y-%m-%d_%H-%M-%S, "
                "or %s (Unix time)"
            )
        object.__setattr__(self, "_regex", re.compile(self._expression))

    @cached_property
    def _letters(self) -> list[str]:
        return re.findall(r"%(.?)", self.pattern, flags=re.DOTALL)

    @property
    def _expression(self) -> str:
        parts = re.split(r"%(.?)", self.pattern, flags=re.DOTALL)
        # re.split alternates between literal text and the directive's letter.
        pieces = [
            f"(?P<{part}{i}>{_DIRECTIVES[part]})" if i % 2 and part != "%" else re.escape(part)
            for i, part in enumerate(parts)
        ]
        # The look-ahead makes the matches overlap: "A32020-02-20" holds "3202" and "2020".
        return f"(?=(?P<whole>{''.join(pieces)}))"

    @property
    def granularity_s(self) -> float:
        """Length of the shortest unit that the pattern names, in seconds."""
        letters = set(self._letters)
        return next((seconds for letter, seconds in _GRANULARITY_S if letter in letters), 86400.0)

    @property
    def looks_at_folders(self) -> bool:
        """Whether the pattern is matched against the path and not only the file name."""
        return "/" in self.pattern

    def read(self, name: str) -> datetime | None:
        """Find a moment in a file name.

        A match that stands free of other digits is preferred to one inside a longer number.

        Args:
            name: Stem of the file, or its path without suffix if `looks_at_folders`.

        Returns:
            The moment, naive unless the pattern has ``%z``; None where nothing matches.
        """
        inside_a_number = None
        for match in self._regex.finditer(name):
            moment = _moment_of(match)
            if moment is None:
                continue
            before, after = name[: match.start("whole")][-1:], name[match.end("whole") :][:1]
            if not before.isdigit() and not after.isdigit():
                return moment
            inside_a_number = inside_a_number or moment
        return inside_a_number


def _moment_of(match: re.Match[str]) -> datetime | None:
    """Read a match; None for 31 February, and where repeated directives contradict each other."""
    found: dict[str, str] = {}
    for group, text in match.groupdict().items():
        if group == "whole":
            continue
        letter = group[0]
        if _value(found.setdefault(letter, text)) != _value(text):
            return None
    if "s" in found:
        fraction = float(f"0.{found['f']}") if "f" in found else 0.0
        return datetime.fromtimestamp(int(found["s"]), UTC) + timedelta(seconds=fraction)
    try:
        return datetime.strptime("|".join(found.values()), "|".join(f"%{letter}" for letter in found))
    except ValueError:
        return None


def _value(text: str) -> int | str:
    return int(text) if text.isdecimal() else text.casefold()


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time and what had to be assumed to find it.

    Attributes:
        epoch_s: Seconds since the epoch, UTC.
        later_reading_s: The second reading of a local time that comes twice; None otherwise.
        note: Sentence about the assumption; empty where there was none.
    """

    epoch_s: float
    later_reading_s: float | None = None
    note: str = ""


def resolve_moment(moment: datetime, zone: ZoneInfo) -> Moment:
    """Place a moment on the UTC axis.

    A naive moment is local time. In the autumn hour that comes twice the first (summer time)
    reading is taken; a local time that the spring change leaves out is read as if summer time
    had not begun, which is the same instant one hour later on the clock.

    Args:
        moment: Naive or aware.
        zone: Zone of naive moments.
    """
    if moment.tzinfo is not None:
        return Moment(moment.timestamp())
    local = moment.replace(tzinfo=zone, fold=0)
    epoch_s = local.timestamp()
    later_s = local.replace(fold=1).timestamp()
    if datetime.fromtimestamp(epoch_s, UTC).astimezone(zone).replace(tzinfo=None) != moment:
        # Before the change the offset is what the clock still shows.
        kept = local.utcoffset()
        note = (
            f"{moment} does not exist in {zone.key} (clocks go forward there), so the clock that named it "
            f"was not put forward; read as winter time. If it never is, give {_fixed_zone(kept)}as timezone"
        )
        return Moment(epoch_s, None, note)
    if later_s != epoch_s:
        return Moment(epoch_s, later_s, f"{moment} comes twice in {zone.key}; the first is taken")
    return Moment(epoch_s)


def _fixed_zone(offset: timedelta | None) -> str:
    """Name of the zone without summer time; POSIX counts the other way."""
    hours, rest = divmod((offset or timedelta()).total_seconds(), 3600)
    return f"Etc/GMT{-int(hours):+d} " if not rest else "a zone without summer time "
