"""How the cameras are at this moment, and what somebody should look at."""

from collections.abc import Sequence
from datetime import datetime

from flows.statistics import Interval, Standing
from pipeline.alarms import Alarm, AlarmKind, is_silent
from web.exhibits import Cell, Exhibit, Fact, Page, Table
from web.pages.parts import incomplete, percent_cell
from web.queries import coverage_query
from web.view import View
from web.words import Words

REFRESH_S = 60
"""For a page that hangs on a wall, where it is asked for: who reads slowly loses the place by it."""


def live_page(view: View) -> Page:
    """Tell what stands on the page; its present does not depend on the period."""
    say = view.words
    found = view.answers.standings(view.site.name) if view.site else ()
    alarms = view.answers.alarms(view.site.name) if view.site else ()
    silent = sum(map(is_silent, found))
    facts = [
        Fact(say("cameras_watching"), say.number(len(found) - silent), len(found) - silent),
        Fact(say("cameras_silent"), say.number(silent), silent),
        Fact(say("alarms"), say.number(len(alarms)), len(alarms)),
    ]
    renews = view.asked.get("refresh") == "minute"
    until = max((one.until for one in found), default=None)
    lead = say("live_lead") if until is None else say("live_lead_at", moment=say.moment(view.local(until)))
    return Page(
        "live",
        say("live"),
        lead,
        facts=facts if found else (),
        exhibits=[_standing(view, found), _alarms(view, alarms)] if found else [],
        links=[(view.link(refresh=None if renews else "minute"), say("as_it_is" if renews else "renew"))],
        warnings=list(incomplete(view)),
        refresh_s=REFRESH_S if renews else None,
    )


def _standing(view: View, found: Sequence[Standing]) -> Exhibit:
    say = view.words
    rows = tuple(
        (
            Cell(one.camera, kind="name", link=view.link("/camera", camera=one.camera)),
            Cell(say("silent"), kind="gap") if is_silent(one) else Cell(say("watching")),
            _moment(view, one.last_watched),
            percent_cell(say, one.of_interval),
            percent_cell(say, one.of_day),
        )
        for one in found
    )
    head = (
        *(say("camera"), say("state"), say("last_watched")),
        say("last_minutes", minutes=say.number(found[0].interval_s / 60)),
        say("last_24_hours"),
    )
    return Exhibit(
        "standing",
        say("standing_title"),
        Table(head, rows),
        csv=view.table_link("coverage", Interval.DAY),
        sql=coverage_query(view),
    )


def _alarms(view: View, alarms: Sequence[Alarm]) -> Exhibit:
    say = view.words
    rows = tuple(
        (
            Cell(one.kind.value, kind="name whole"),
            Cell(one.camera or "–"),
            _moment(view, one.since),
            Cell(alarm_text(view.words, one), kind="sentence"),
        )
        for one in alarms
    )
    head = (say("alarm"), say("camera"), say("since"), say("what_it_says"))
    return Exhibit("alarms", say("alarms"), Table(head, rows), notes=(say("alarms_note"),))


def alarm_text(words: Words, alarm: Alarm) -> str:
    """What an alarm says, in a language.

    Args:
        words: Of the language.
        alarm: One that a database tells.
    """
    key = f"alarm_{alarm.kind.value}"
    if alarm.kind is AlarmKind.CAMERA_SILENT and "last" not in alarm.told:
        key += "_never"
    return words(key, **alarm.told) if alarm.told else alarm.sentence


def _moment(view: View, moment: datetime | None) -> Cell:
    return Cell("–" if moment is None else view.words.moment(view.local(moment)), kind="moment")
