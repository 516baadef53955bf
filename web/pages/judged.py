"""What people say of the numbers: hand counts with their factors, and days as they were published."""

from collections.abc import Iterator
from datetime import UTC, datetime, time

from flows.checks import Band, geh_band, precision_band, recall_band
from flows.database.review import CheckedCamera, SpotCheck
from flows.publishing import Published
from flows.statistics import ErrorRates
from web.exhibits import Cell, Exhibit, Table
from web.view import View
from web.words import Words

DAYS_COMPARED = 14
"""Of so many published days it is asked whether the database would say otherwise today."""


def judged_exhibits(view: View) -> Iterator[Exhibit]:
    """Tables of checks and of published days; none where there are none.

    Of a check the sums of each camera are told, and of no minute.
    """
    if view.site is None:
        return
    checks = view.answers.checks(view.site)
    if checks:
        yield _checks(view, checks)
    zone = view.site.zone
    first, end = (datetime.combine(day, time(), zone).timestamp() for day in (view.days.first, view.days.end))
    days = view.answers.published(view.site, max(first, end - DAYS_COMPARED * 86_400), end)
    if days:
        yield _published(view, days)


def _checks(view: View, checks: tuple[SpotCheck, ...]) -> Exhibit:
    say = view.words
    head = ("check", "made", "role", "valid", "camera", "minutes_counted", "by_hand", "counted", "factor")
    more = ("geh", "precision", "recall", "withdrawn")
    rows = tuple(
        (
            *_of_check(view, check),
            *_of_camera(view, one),
            Cell(check.withdrawn.reason if check.withdrawn else ""),
        )
        for check in reversed(checks)
        for one in check.cameras
    )
    return Exhibit(
        "checks",
        say("checks_title"),
        Table(tuple(say(name) for name in (*head, *more)), rows),
        notes=(say("checks_note"),),
    )


def _of_check(view: View, check: SpotCheck) -> tuple[Cell, ...]:
    say = view.words
    until = check.valid_until
    last = say("until_next_check") if until is None else say.date(_local(view, until))
    return (
        Cell(str(check.number), kind="name"),
        Cell(say.moment(_local(view, check.said.made)), kind="moment"),
        Cell(check.said.role),
        Cell(f"{say.date(_local(view, check.valid_from))} – {last}"),
    )


def _of_camera(view: View, one: CheckedCamera) -> tuple[Cell, ...]:
    say = view.words
    return (
        Cell(one.camera),
        Cell(say.number(one.watched_s / 60), one.watched_s / 60, "number"),
        Cell(say.number(one.hand), one.hand, "number"),
        Cell(say.number(one.counted), one.counted, "number"),
        band_cell(say, factor_of(one), 2),
        band_cell(say, geh_of(one), 1),
        *share_cells(say, one),
    )


def factor_of(one: CheckedCamera, of: float = 1.0) -> Band:
    """True cyclists for so many counted ones at a camera in a check, with the interval."""
    return Band(of * one.factor, of * one.factor_low, of * one.factor_high)


def geh_of(one: CheckedCamera) -> Band:
    """GEH of a camera in a check, with its interval."""
    rates = ErrorRates(one.correct, one.wrong, one.lost)
    return geh_band(rates, one.hand, one.counted, one.watched_s / 3600)


def share_cells(words: Words, one: CheckedCamera) -> tuple[Cell, Cell]:
    """Precision and recall of a camera in a check; strokes where nobody noted times."""
    if one.matched is None:
        return Cell("–", kind="number"), Cell("–", kind="number")
    rates = ErrorRates(one.correct, one.wrong, one.lost)
    precision = precision_band(rates, one.matched, one.counted)
    return _share(words, precision), _share(words, recall_band(rates, one.matched, one.hand))


def band_cell(words: Words, band: Band, digits: int) -> Cell:
    """A number with its interval."""
    value, low, high = (words.number(each, digits) for each in (band.value, band.low, band.high))
    return Cell(f"{value} ({low}–{high})", band.value, "number")


def _share(words: Words, band: Band) -> Cell:
    value, low, high = (words.percent(each) for each in (band.value, band.low, band.high))
    return Cell(f"{value} ({low}–{high})", band.value, "number")


def _published(view: View, days: tuple[Published, ...]) -> Exhibit:
    say = view.words
    rows = tuple(
        (
            Cell(say.date(_local(view, one.latest.start)), kind="name"),
            Cell(say.moment(_local(view, one.latest.said.made)), kind="moment"),
            Cell(one.latest.said.role),
            Cell(one.latest.digest[:12]),
            Cell(say("numbers_differ", number=len(one.changed)) if one.changed else say("same_today")),
            Cell(one.latest.reason or ""),
        )
        for one in days
    )
    head = ("day", "published", "role", "digest", "today_differs", "reason")
    return Exhibit(
        "published",
        say("published_title"),
        Table(tuple(say(name) for name in head), rows),
        notes=(say("publish_note"),),
    )


def _local(view: View, moment: float) -> datetime:
    return view.local(datetime.fromtimestamp(moment, UTC))
