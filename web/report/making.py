"""From a database to a file."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from flows.database import Database, FlowStore
from flows.statistics import Interval, Observed, Query, Site, encoders_of, observed_times, read_sites
from tracking.errors import UsageError
from web.answers import Answers, Policy
from web.report.compose import compose
from web.report.html import to_html
from web.report.look import Look
from web.report.models import UsedModel, stored_encoder
from web.report.period import Span
from web.report.validation import Validation
from web.view import View
from web.words import Words


@dataclass(frozen=True, slots=True)
class Order:
    """Of what a report is made.

    Attributes:
        database: Address.
        site: Name of the site; None where the database holds one alone.
        min_count: Cells of fewer cyclists are withheld; None: as the site has asked.
        models: Models of the site file; none where there is no such file.
    """

    database: str
    site: str | None
    min_count: int | None
    models: tuple[UsedModel, ...] = ()


def write_report(
    order: Order, span: Span, language: str, corrected: Path | None, path: Path, form: str
) -> Iterator[str]:
    """Write a report to a file.

    Args:
        order: Of what.
        span: The period.
        language: Code.
        corrected: What ``pipeline evaluate --json`` wrote; None where nobody labelled any time.
        path: The file.
        form: ``.pdf`` or ``.html``.

    Yields:
        What the reader of the command line should know.

    Raises:
        UsageError: The database has no such site, or the file of labelled time is none.
        DatabaseError: The database could not be read.
        FietsflowError: The PDF could not be written.
    """
    written = date.today()
    store = FlowStore.open_for_reading(order.database)
    with contextlib.closing(store):
        look = look_at(store.database, order, span, language, corrected)
        report = compose(look, written)
    if not look.busiest:
        yield f"nobody watched from {span.days.first} to {span.days.end}; the report has no numbers"
    if form == ".html":
        path.write_text(to_html(report), encoding="utf-8")
        return
    from web.report.pdf import to_pdf

    document = to_pdf(report, written)
    path.write_bytes(document.content)
    if document.lacking:
        yield "some letters are in no font here and stand as □; install a font that has them, such as Noto"


def look_at(database: Database, order: Order, span: Span, language: str, corrected: Path | None) -> Look:
    """Find the site, and what is known of it.

    Raises:
        UsageError: There is no such site, several and none was named, or the file tells of another.
        DatabaseError: The database could not be read.
    """
    site = _site(database, order)
    validation = Validation.load(corrected, site.name) if corrected is not None else None
    policy = Policy(order.min_count, site.name, validation.routes if validation else None)
    observed: Observed | None = observed_times(database).get(site.name)
    answers = Answers(database, policy)
    view = View(Words(language), answers, {}, site, (site,), observed, span.days, "")
    query = replace(view.query(Interval.TOTAL), site=site.name)
    models = [one for one in order.models if one.task != "encoder"]
    models += [stored_encoder(name) for name in encoders_of(database, query)]
    return Look(view, span, validation, tuple(models))


def _site(database: Database, order: Order) -> Site:
    sites = read_sites(database, Query(site=order.site, min_count=order.min_count))
    if not sites:
        raise UsageError("the database holds no site yet; fill it with `pipeline run` first")
    if len(sites) > 1:
        names = ", ".join(one.name for one in sites)
        raise UsageError(f"--site: the database holds several sites; choose one of {names}")
    return sites[0]
