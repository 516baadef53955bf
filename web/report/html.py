"""Writes a report as one HTML file: no script, nothing from elsewhere, made for screen and paper."""

from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from web.report.content import Facts, Figure, Grid, Report, Text, Warnings
from web.report.pictures import hatch, inline, style, swatch
from web.rows import rows_html

_ENVIRONMENT = Environment(
    loader=PackageLoader("web", "report"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters |= {"rows": rows_html, "inline": inline, "swatch": swatch}
_KINDS = {Text: "text", Warnings: "warnings", Facts: "facts", Figure: "figure", Grid: "grid"}


def to_html(report: Report) -> str:
    """Write a report.

    Args:
        report: What it says.
    """
    sheet = files("web").joinpath("report/page.css").read_text(encoding="utf-8")
    return _ENVIRONMENT.get_template("page.html").render(
        report=report,
        style=Markup(f"{sheet}\n{style()}"),
        hatch=hatch(),
        kind=lambda block: _KINDS[type(block)],
    )
