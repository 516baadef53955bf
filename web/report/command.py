"""``pipeline report``: what a council reads of a period, as PDF or HTML."""

from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.options import DatabaseOption, settings_of
from pipeline.commands.output import asked_file
from tracking.errors import UsageError

if TYPE_CHECKING:
    from web.report.making import Order


class Language(StrEnum):
    """What ``--language`` takes; the keys of `web.words.LANGUAGES`."""

    ENGLISH = "en"
    DUTCH = "nl"


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("report")(report)


def report(
    output: Annotated[Path, typer.Option("--output", "-o", help="The file: OUT.pdf or OUT.html.")],
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="SITE_OR_DATABASE",
            help="A site file (.yaml), whose site and models are told of, or a database.",
        ),
    ] = None,
    database: DatabaseOption = None,
    site: Annotated[
        str | None, typer.Option("--site", help="The site, where the database holds several.")
    ] = None,
    month: Annotated[str | None, typer.Option("--month", help="A month: 2026-05.")] = None,
    start: Annotated[str | None, typer.Option("--from", help="First day: 2026-05-01.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Day behind the last one.")] = None,
    language: Annotated[Language, typer.Option("--language", help="Of the report.")] = Language.ENGLISH,
    corrected: Annotated[
        Path | None,
        typer.Option(
            "--corrected",
            help="What `pipeline evaluate --json` wrote of labelled time of this site: expected numbers "
            "follow from it, and not from the spot checks of `pipeline check`.",
        ),
    ] = None,
) -> None:
    """Write what was counted in a period for those who decide: a report as PDF or HTML."""
    form = output.suffix.lower()
    if form not in (".pdf", ".html"):
        raise UsageError(f"--output {output}: a report is a .pdf or an .html file; give one of these endings")
    _require("jinja2", *(("typst",) if form == ".pdf" else ()))
    from web.report.making import write_report
    from web.report.period import read_span

    order = _order(source, database, site)
    span = read_span(month, start, end)
    with asked_file(output, "--output") as part:
        for sentence in write_report(order, span, language.value, corrected, part, form):
            typer.echo(sentence, err=True)


def _order(source: str | None, database: str | None, site: str | None) -> "Order":
    """What is asked of which database, and the models that a site file names."""
    from web.report.making import Order
    from web.report.models import UsedModel, named_model

    file = Path(source) if source and source.lower().endswith((".yaml", ".yml")) else None
    named = {"database": database or (source if file is None else None)}
    settings, named_site = settings_of(file, named)
    smallest, _ = settings.statistics.chosen()
    models: tuple[UsedModel, ...] = ()
    if file is not None:
        detector, encoder = settings.detector, settings.encoder
        classifier = settings.rider.asked_classifier
        models = (
            named_model(detector.name, "detector", detector.weights),
            *([named_model(classifier, "classifier")] if classifier else []),
            named_model(encoder.name, "encoder", encoder.weights),
        )
    return Order(settings.database, site or named_site, smallest, models)


def _require(*modules: str) -> None:
    missing = [name for name in modules if find_spec(name) is None]
    if missing:
        raise UsageError(
            f"pipeline report: needs {' and '.join(missing)}, which the extra brings; "
            'run `pip install "fietsflow[web]"`'
        )
