"""Reading the moment a recording began: time patterns, time zones and the hour that comes twice."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

_DIRECTIVES = {
    "Y": r"\d{4}",
    "y": r"\d{2}",
    "m": r"(?:0[1-9]|1[0-2])",
    "d": r"(?:0[1-9]|[12]\d|3[01])",
    "j": r"(?:[0-2]\d\d|3[0-6]\d)",
    "H": r"(?:[01]\d|2[0-3])",
    "I": r"(?:0[1-9]|1[0-2])",
    "p": r"(?:[AaPp][Mm])",
    "M": r"[0-5]\d",
    "S": r"[0-5]\d",
    "f": r"\d{1,6}",
    "b": r"[A-Za-z]{3}",
    "B": r"[A-Za-z]{3,9}",
    "z": r"(?:Z|[+-]\d{2}:?\d{2})",
    "%": "%",
}
_GRANULARITY_S = (("f", 1e-6), ("S", 1.0), ("M", 60.0), ("H", 3600.0), ("I", 3600.0))


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
        if not (used & {"Y", "y"} and ("j" in used or (used & {"m", "b", "B"} and "d" in used))):
            raise ValueError("the pattern needs a year, a month and a day, for example %Y-%m-%d_%H-%M-%S")
        object.__setattr__(self, "_regex", re.compile(self._expression))

    @cached_property
    def _letters(self) -> list[str]:
        return re.findall(r"%(.?)", self.pattern, flags=re.DOTALL)

    @property
    def _expression(self) -> str:
        parts = re.split(r"%(.?)", self.pattern, flags=re.DOTALL)
        # re.split alternates between literal text and the directive's letter.
        pieces = [_DIRECTIVES[p] if i % 2 else re.escape(p) for i, p in enumerate(parts)]
        # The look-ahead makes the matches overlap: "A32020-02-20" holds "3202" and "2020".
        return f"(?=({''.join(pieces)}))"

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
            moment = self._parse(match.group(1))
            if moment is None:
                continue
            before, after = name[: match.start(1)][-1:], name[match.end(1) :][:1]
            if not before.isdigit() and not after.isdigit():
                return moment
            inside_a_number = inside_a_number or moment
        return inside_a_number

    def _parse(self, text: str) -> datetime | None:
        try:
            return datetime.strptime(text, self.pattern)
        except ValueError:  # 31 February and the like
            return None


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
        return Moment(epoch_s, None, f"{moment} does not exist in {zone.key} (clocks go forward there)")
    if later_s != epoch_s:
        return Moment(epoch_s, later_s, f"{moment} comes twice in {zone.key}; the first is taken")
    return Moment(epoch_s)
