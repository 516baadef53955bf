"""The languages of the pages: a catalogue of phrases, and how each writes numbers and dates."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import yaml

LANGUAGES: Mapping[str, str] = MappingProxyType({"en": "English", "nl": "Nederlands"})
"""Code → own name, in the order of the catalogue's phrases."""


CATALOGUES = ("catalogue.yaml", "catalogue_setup.yaml", "catalogue_review.yaml", "report/phrases.yaml")
"""Files of phrases: of the pages, of set-up, desk and report; no key stands in two."""


@dataclass(frozen=True, slots=True)
class Words:
    """Writes in one language.

    Attributes:
        language: One of `LANGUAGES`.
    """

    language: str

    def __call__(self, key: str, **values: object) -> str:
        """Say a phrase of the catalogue.

        Args:
            key: Its key.
            values: What stands in its braces.

        Raises:
            KeyError: The catalogue has no such phrase.
        """
        said = catalogue()[key][list(LANGUAGES).index(self.language)]
        return said.format(**values) if values else said

    def reason(self, word: str) -> str:
        """Why a camera did not watch; a word that is not in the catalogue as it is."""
        key = f"reason_{word}"
        return self(key) if key in catalogue() else word.replace("_", " ")

    def number(self, value: float | None, digits: int = 0) -> str:
        """Write a number; nothing for None."""
        if value is None:
            return ""
        text = f"{value:z,.{digits}f}"  # What rounds to nothing has no sign.
        return text if self.language == "en" else text.translate(str.maketrans(",.", ".,"))

    def short(self, value: float) -> str:
        """Write a number along an axis: with a decimal only where it has one."""
        return self.number(value, 0 if value == round(value) else 1)

    def percent(self, part: float | None, digits: int = 0) -> str:
        """Write a part of 1; never a whole one for what lacks something, nor nothing for what is there."""
        if part is None:
            return ""
        shown = round(100 * part, digits)
        if (shown == 100 and part < 1) or (shown == 0 and part > 0):
            digits, shown = 1, min(max(100 * part, 0.1), 99.9)
        return f"{self.number(shown, digits)}%"

    def day(self, moment: date) -> str:
        """Write a day, short: ``Mon 28 Sep``."""
        weekday = self("weekdays").split()[moment.weekday()]
        return f"{weekday} {moment.day} {self('months').split()[moment.month - 1]}"

    def date(self, moment: date) -> str:
        """Write a day with its year."""
        return f"{self.day(moment)} {moment.year}"

    def moment(self, moment: datetime) -> str:
        """Write a local moment."""
        return f"{self.date(moment)} {moment:%H:%M}"

    def seconds(self, value: float | None) -> str:
        """Write a travel time: ``2:05``, minutes and seconds."""
        if value is None:
            return ""
        whole = round(value)
        hours, rest = divmod(whole, 3600)
        minutes, seconds = divmod(rest, 60)
        return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"

    def hours(self, seconds: float) -> str:
        """Write how long something lasted."""
        if seconds < 60:
            return f"{self.number(seconds)} s"
        if seconds < 3600:
            return f"{self.number(seconds / 60)} min"
        return f"{self.number(seconds / 3600, 1)} {self('hours')}"


@cache
def catalogue() -> dict[str, tuple[str, str]]:
    """Key → phrase in each of `LANGUAGES`."""
    texts = (files("web").joinpath(name).read_text(encoding="utf-8") for name in CATALOGUES)
    return {key: (said[0], said[1]) for text in texts for key, said in yaml.safe_load(text).items()}


def chosen_language(asked: str | None, accepted: str) -> str:
    """Choose the language of a page.

    Args:
        asked: What the address says, if it says anything.
        accepted: The ``Accept-Language`` of the browser.
    """
    if asked in LANGUAGES:
        return str(asked)
    best, weight = next(iter(LANGUAGES)), 0.0
    for part in accepted.lower().split(","):
        name, _, quality = part.strip().partition(";q=")
        try:
            worth = float(quality) if quality else 1.0
        except ValueError:
            worth = 0.0
        if name.partition("-")[0] in LANGUAGES and worth > weight:
            best, weight = name.partition("-")[0], worth
    return best
