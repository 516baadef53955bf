"""Puts a report together."""

from collections.abc import Iterator
from datetime import date

from web.report.accuracy import accuracy_section, coverage_section
from web.report.cameras import camera_grids, camera_sections
from web.report.comparison import comparison
from web.report.content import Report, Section, Text
from web.report.figures import key_figures
from web.report.journeys import map_section, od_section, route_section, travel_section
from web.report.look import Look
from web.report.method import method_section, models_section, privacy_section
from web.report.summary import summary


def compose(look: Look, written: date) -> Report:
    """Say everything that a report says.

    Args:
        look: The site and the period.
        written: The day that stands on the report.

    Raises:
        DatabaseError: The database could not be read.
    """
    say, site = look.view.words, look.view.site
    name = site.name if site else "–"
    period = look.span.name(say)
    about = [say("written_on", day=say.date(written))]
    if site is not None:
        about.append(say("times_are", zone=site.zone.key))
    if look.view.observed is not None:
        first, end = (
            say.moment(look.view.local(at)) for at in (look.view.observed.start, look.view.observed.end)
        )
        about.append(say("footage_spans", first=first, end=end))
    return Report(
        language=say.language,
        title=say("report_title", site=name),
        subtitle=period,
        about=tuple(about),
        contents=say("contents"),
        page=say("page_of", page="{page}", pages="{pages}"),
        foot=f"{name} · {period}",
        nothing=say("nothing_told"),
        sections=tuple(one for one in _sections(look) if one.blocks),
    )


def _sections(look: Look) -> Iterator[Section]:
    """The chapters, in the order in which they are read; what the period has nothing for is left out."""
    yield summary(look)
    several = len(look.view.cameras) > 1
    if look.busiest:
        yield key_figures(look)
        if several:
            yield map_section(look)
        yield from camera_sections(look)
        if several:
            yield route_section(look)
            yield od_section(look)
            yield travel_section(look)
        yield from comparison(look)
    if look.totals:
        yield coverage_section(look)
    yield accuracy_section(look)
    yield method_section(look)
    yield privacy_section(look)
    yield models_section(look)
    grids = tuple(camera_grids(look))
    if grids:
        lead = Text((look.view.words("tables_lead"),))
        yield Section("tables", look.view.words("tables"), (lead, *grids))
