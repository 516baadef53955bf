"""What stands on the pages of the desk."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flows.checks import Band, SampledMinute, geh_band, precision_band, recall_band
from flows.database.review import REASONS, CheckedCamera, Mark, SpotCheck, read_checks, read_marks
from flows.publishing import offered_days, published_days
from flows.statistics import ErrorRates, Query, Site, observed_times
from flows.statistics.intervals import to_moment
from tracking.errors import FietsflowError
from web.review.desk import Desk
from web.words import Words

DAYS_OFFERED = 14
"""So many days, the last ones, are offered in the browser; the command line has all."""


def desk_values(desk: Desk, words: Words) -> Mapping[str, Any]:
    """What the template of the overview needs."""
    site = desk.site
    marks = read_marks(desk.reading, site.name)
    checks = read_checks(desk.reading, site.name)
    sample = _sample(desk)
    first = min((one.start for one in sample), default=None)
    return {
        "site": site.name,
        "cameras": [one.name for one in site.cameras],
        "role": desk.role,
        "reasons": [(name, words.reason(name)) for name in REASONS],
        "can_count": bool(sample),
        "minutes": len(sample),
        "handed": desk.handed_in,
        "valid_from": "" if first is None else _local(first, site).date().isoformat(),
        "checks": [row for one in reversed(checks) for row in check_rows(one, site, words)],
        "marks": [_mark_row(one, site, words) for one in reversed(marks)],
        "days": _days(desk, site, words),
    }


def _sample(desk: Desk) -> tuple[SampledMinute, ...]:
    """The drawn minutes; none where no footage is reachable, which hinders nothing else."""
    try:
        return desk.sample() if desk.file is not None else ()
    except FietsflowError:
        return ()


def check_rows(check: SpotCheck, site: Site, words: Words) -> list[Mapping[str, Any]]:
    """A row for each camera of a check."""
    begin, until = check.valid_from, check.valid_until
    last = words("until_next_check") if until is None else words.date(_local(until, site))
    gone = check.withdrawn
    return [
        {
            "number": check.number,
            "first": place == 0,
            "made": words.moment(_local(check.said.made, site)),
            "role": check.said.role,
            "valid": f"{words.date(_local(begin, site))} – {last}",
            "camera": one.camera,
            "withdrawn": "" if gone is None else f"{gone.said.role}: {gone.reason}",
            **measures(one, words),
        }
        for place, one in enumerate(check.cameras)
    ]


def measures(one: CheckedCamera, words: Words) -> Mapping[str, str]:
    """The numbers of a checked camera, each with its interval."""
    rates = ErrorRates(one.correct, one.wrong, one.lost)
    told = {
        "minutes": words.number(one.watched_s / 60),
        "hand": words.number(one.hand),
        "counted": words.number(one.counted),
        "factor": band_text(Band(one.factor, one.factor_low, one.factor_high), words, 2),
        "geh": band_text(geh_band(rates, one.hand, one.counted, one.watched_s / 3600), words, 1),
        "precision": "–",
        "recall": "–",
    }
    if one.matched is not None:
        told["precision"] = share_text(precision_band(rates, one.matched, one.counted), words)
        told["recall"] = share_text(recall_band(rates, one.matched, one.hand), words)
    return told


def band_text(band: Band, words: Words, digits: int) -> str:
    """A number and its interval."""
    low, high = (words.number(end, digits) for end in (band.low, band.high))
    return f"{words.number(band.value, digits)} ({low}–{high})"


def share_text(band: Band, words: Words) -> str:
    """A part of 1 and its interval."""
    return f"{words.percent(band.value)} ({words.percent(band.low)}–{words.percent(band.high)})"


def count_values(desk: Desk, number: int | None, handed: int | None, words: Words) -> Mapping[str, Any]:
    """What the template of a minute needs.

    Args:
        desk: Where it is counted.
        number: Of the minute; None behind the last.
        handed: Of the one that was handed in just now: its counts are shown beside the program's.
        words: Language.
    """
    beside = desk.beside(handed) if handed is not None else None
    values: dict[str, Any] = {
        "number": number,
        "total": len(desk.sample()),
        "handed": desk.handed_in,
        "beside": [
            (one.direction or words("all_directions"), one.hand, one.counted)
            for one in (beside.stretches if beside else ())
        ],
        "directions": [],
        "camera": "",
        "moment": "",
    }
    if number is not None:
        minute = desk.minute(number)
        values["camera"] = minute.camera
        values["moment"] = words.moment(_local(minute.start, desk.site))
        values["seconds"] = round(minute.end - minute.start)
        values["directions"] = [
            (place + 1, way, way or words("all_directions"))
            for place, way in enumerate(desk.directions(minute)[:9])
        ]
    return values


def _mark_row(one: Mark, site: Site, words: Words) -> Mapping[str, Any]:
    gone = one.withdrawn
    return {
        "number": one.number,
        "camera": one.camera,
        "start": words.moment(_local(one.start, site)),
        "end": words.moment(_local(one.end, site)),
        "reason": words.reason(one.reason) + (f": {one.note}" if one.note else ""),
        "role": one.said.role,
        "withdrawn": "" if gone is None else f"{gone.said.role}: {gone.reason}",
    }


def _days(desk: Desk, site: Site, words: Words) -> list[Mapping[str, Any]]:
    observed = observed_times(desk.reading).get(site.name)
    if observed is None:
        return []
    last = Query(site=site.name, start=observed.end - timedelta(days=DAYS_OFFERED))
    shown = offered_days(desk.reading, last)[-DAYS_OFFERED:]
    if not shown:
        return []
    known = {
        one.latest.start: one for one in published_days(desk.reading, site, shown[0].start, shown[-1].end)
    }
    rows: list[Mapping[str, Any]] = []
    for day in reversed(shown):
        published = known.get(day.start)
        rows.append(
            {
                "day": _local(day.start, site).date().isoformat(),
                "name": words.date(_local(day.start, site)),
                "lacking": [words(f"lack_{one.kind.name.lower()}", **one.told) for one in day.lacking],
                "digest": published.latest.digest[:12] if published else "",
                "made": words.moment(_local(published.latest.said.made, site)) if published else "",
                "changed": published.changed if published else (),
                "offered": day.complete and (published is None or bool(published.changed)),
            }
        )
    return rows


def _local(moment: float, site: Site) -> datetime:
    return (to_moment(0) + timedelta(seconds=moment)).astimezone(site.zone)
