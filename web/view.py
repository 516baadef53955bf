"""One look at the statistics: what the address asks for, within what the server shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from flows.statistics import Interval, Observed, Query, Site
from tracking.errors import UsageError
from web.answers import Answers
from web.words import Words, chosen_language

DAYS_SHOWN = 7
"""So many days, the last ones, are shown where the address names none."""

LONGEST_DAYS = 3700
"""A longer period is a mistake."""

MANY_INTERVALS = 1500
"""A chart shows no more; the interval is lengthened."""


@dataclass(frozen=True, slots=True)
class Days:
    """A period of whole local days; the last one is not included."""

    first: date
    end: date

    @property
    def length(self) -> int:
        """Number of days."""
        return (self.end - self.first).days

    def moved(self, days: int) -> "Days":
        """The same number of days, later."""
        step = timedelta(days=days)
        return Days(self.first + step, self.end + step)


@dataclass(frozen=True, slots=True)
class View:
    """What a page is about.

    Attributes:
        words: Language.
        answers: The database.
        asked: The address's parameters.
        site: None where the database holds no site.
        sites: Every site that may be chosen.
        observed: The time that the site's footage spans; None where there is none.
        days: Period that the page shows.
        path: Of the page.
    """

    words: Words
    answers: Answers
    asked: Mapping[str, str]
    site: Site | None
    sites: tuple[Site, ...]
    observed: Observed | None
    days: Days
    path: str

    @property
    def cameras(self) -> list[str]:
        """Names of the site's cameras."""
        return [camera.name for camera in self.site.cameras] if self.site else []

    @property
    def withholds(self) -> bool:
        """Whether small cells are withheld."""
        return self.site is not None and self.site.min_count > 1

    def camera(self, key: str, place: int = 0) -> str | None:
        """The camera that a parameter names, else the one at a place of the list; None at a site without.

        Raises:
            UsageError: The site has no such camera.
        """
        name = self.asked.get(key)
        if name:
            if name not in self.cameras:
                raise UsageError(self.words("no_such_camera", name=name))
            return name
        return self.cameras[min(place, len(self.cameras) - 1)] if self.cameras else None

    def interval(self) -> Interval:
        """Length of the intervals: as asked, but no shorter than the site publishes, nor than can be drawn.

        Raises:
            UsageError: There is no such interval.
        """
        named = self.asked.get("interval")
        try:
            wanted = Interval(named) if named else self._usual_interval()
        except ValueError:
            raise UsageError(self.words("no_such_interval", name=named)) from None
        shortest = self.site.interval if self.site else Interval.QUARTER
        return max(wanted, shortest, self._drawable(), key=lambda one: one.longest_s)

    def _usual_interval(self) -> Interval:
        return Interval.HOUR if self.days.length <= 10 else Interval.DAY

    def _drawable(self) -> Interval:
        lengths = (Interval.QUARTER, Interval.HOUR)
        seconds = self.days.length * 86_400
        fitting = (one for one in lengths if seconds / one.longest_s <= MANY_INTERVALS)
        return next(fitting, Interval.DAY)

    def query(self, interval: Interval, cameras: tuple[str, ...] = (), days: Days | None = None) -> Query:
        """A question about the period, or another one."""
        period = days or self.days
        return Query(
            interval=interval,
            start=datetime.combine(period.first, time()),
            end=datetime.combine(period.end, time()),
            site=self.site.name if self.site else None,
            cameras=cameras,
        )

    def local(self, moment: datetime) -> datetime:
        """A moment by the clocks of the site."""
        return moment.astimezone(self.site.zone) if self.site else moment

    def link(self, path: str | None = None, **changes: object) -> str:
        """An address with the same filters.

        Args:
            path: Another page; None for this one.
            changes: Parameters to set; None leaves one out. ``from_`` is ``from``.
        """
        kept = {key: self.asked[key] for key in ("site", "from", "to", "lang") if self.asked.get(key)}
        if path is None:
            kept = {key: value for key, value in self.asked.items() if value}
        for key, value in changes.items():
            kept.pop(key.rstrip("_"), None)
            if value is not None:
                kept[key.rstrip("_")] = str(value)
        return (path or self.path) + (f"?{urlencode(kept)}" if kept else "")

    def table_link(self, table: str, interval: Interval, form: str = "csv", **filters: str | None) -> str:
        """Address of the API's table that holds the same numbers; `filters` may name another period."""
        asked = {
            "site": self.site.name if self.site else None,
            "from": self.days.first.isoformat(),
            "to": self.days.end.isoformat(),
            "interval": interval.value,
            **filters,
            "format": form,
            # As many rows as the API gives at once: a file is not read page by page.
            "limit": "100000",
        }
        return f"/api/v1/{table}?{urlencode({key: value for key, value in asked.items() if value})}"


def view_of(path: str, asked: Mapping[str, str], accepted: str, answers: Answers) -> View:
    """Read an address.

    Args:
        path: Of the page.
        asked: Its parameters.
        accepted: Languages that the browser takes.
        answers: The database.

    Raises:
        UsageError: A parameter cannot be read, or names what is not there.
        DatabaseError: The database could not be read.
    """
    words = Words(chosen_language(asked.get("lang"), accepted))
    sites = answers.sites()
    named = asked.get("site")
    site = next((one for one in sites if one.name == named), None)
    if named and site is None:
        raise UsageError(words("no_such_site", name=named))
    site = site or next(iter(sites), None)
    observed = answers.observed().get(site.name) if site else None
    days = _days(words, asked, site, observed)
    return View(words, answers, asked, site, sites, observed, days, path)


def whole_days(site: Site, observed: Observed) -> Days:
    """The local days that a site's footage touches."""
    last = (observed.end - timedelta(microseconds=1)).astimezone(site.zone).date()
    return Days(observed.start.astimezone(site.zone).date(), last + timedelta(days=1))


def _days(words: Words, asked: Mapping[str, str], site: Site | None, observed: Observed | None) -> Days:
    start, end = (read_day(words, asked.get(key)) for key in ("from", "to"))
    if site is None or observed is None:
        usual = Days(date.today() - timedelta(days=DAYS_SHOWN), date.today())
    else:
        usual = whole_days(site, observed)
    end = end or (usual.end if start is None or start < usual.end else start + timedelta(days=1))
    start = start or max(min(usual.first, end - timedelta(days=1)), end - timedelta(days=DAYS_SHOWN))
    if not start < end:
        raise UsageError(words("empty_period", first=start, end=end))
    if (end - start).days > LONGEST_DAYS:
        raise UsageError(words("long_period", days=LONGEST_DAYS))
    return Days(start, end)


def read_day(words: Words, text: str | None) -> date | None:
    """Read a day of an address; None where it says nothing.

    Raises:
        UsageError: It is no date.
    """
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UsageError(words("no_date", text=text)) from None
    if not 1970 < day.year < 2200:
        raise UsageError(words("no_date", text=text))
    return day
