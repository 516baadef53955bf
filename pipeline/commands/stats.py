"""``pipeline stats``: counts, routes, O-D matrix and travel times, printed or written to a file."""

import sys
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.options import CamerasOption, DatabaseOption, settings_of
from pipeline.commands.output import asked_file
from pipeline.commands.withheld import tell_withheld
from tracking.errors import UsageError

if TYPE_CHECKING:
    from flows.database import Database
    from flows.statistics import AnyRow, Query, Site, StatisticsTable


class Format(StrEnum):
    """How the rows are written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"
    GEOJSON = "geojson"
    SVG = "svg"


class IntervalName(StrEnum):
    """What ``--interval`` takes; the values of `flows.statistics.Interval`."""

    QUARTER = "15min"
    HOUR = "1h"
    DAY = "1d"
    TOTAL = "total"


_COMMANDS = (
    ("counts", "Cyclists per camera, direction and interval, with the observed share of the interval."),
    ("corrected", "The same, corrected by the spot checks in force, with a 95 % interval."),
    ("routes", "Cyclists per sequence of cameras."),
    ("od", "Cyclists from each first to each last camera."),
    ("travel-times", "Percentiles of the travel time between cameras."),
)


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    commands = typer.Typer(help="Query counts, routes, O-D matrix and travel times.", no_args_is_help=True)
    for name, purpose in _COMMANDS:
        commands.command(name, help=purpose)(_command(name))
    app.add_typer(commands, name="stats")


def _command(name: str) -> Callable[..., None]:
    def ask(
        database: DatabaseOption = None,
        cameras: CamerasOption = None,
        start: Annotated[
            str | None, typer.Option("--from", help="First moment, local time of the site: 2019-10-02T08:00.")
        ] = None,
        end: Annotated[
            str | None, typer.Option("--to", help="End of the period, not included: 2019-10-03.")
        ] = None,
        interval: Annotated[
            IntervalName | None,
            typer.Option("--interval", help="Length of the rows' intervals; else as the site asked: 15min."),
        ] = None,
        site: Annotated[str | None, typer.Option("--site", help="Only this site.")] = None,
        camera: Annotated[
            list[str] | None, typer.Option("--camera", help="Only rows with this camera; may be repeated.")
        ] = None,
        min_count: Annotated[
            int | None,
            typer.Option(
                "--min-count",
                min=1,
                help="Withhold cells of fewer cyclists; 1 shows all; else as the site asked: 5.",
            ),
        ] = None,
        form: Annotated[
            Format | None,
            typer.Option("--format", help="Else by the ending of --output, else a table.", show_choices=True),
        ] = None,
        output: Annotated[
            Path | None, typer.Option("--output", "-o", help="Write to this file, not to the screen.")
        ] = None,
        corrected: Annotated[
            Path | None,
            typer.Option(
                "--corrected",
                help="Routes only: what `pipeline evaluate --json` wrote of labelled time; adds the expected "
                "number and a 95 % interval.",
            ),
        ] = None,
    ) -> None:
        from flows.statistics import Query, parse_moment

        if corrected is not None and name != "routes":
            raise UsageError("--corrected knows the reliability of routes only; use pipeline stats routes")
        form = form or _by_ending(output)
        if form is Format.PARQUET and output is None:
            raise UsageError("--format parquet needs a file; add --output FILE.parquet")
        named = {"database": database, "statistics.min_count": min_count, "statistics.interval": interval}
        settings, named_site = settings_of(cameras, named)
        smallest, length = settings.statistics.chosen()
        query = Query(
            interval=length,
            start=None if start is None else parse_moment(start, "--from"),
            end=None if end is None else parse_moment(end, "--to"),
            site=site or named_site,
            cameras=tuple(camera or ()),
            min_count=smallest,
        )
        _answer(name, settings.database, query, form, output, corrected)

    return ask


def _by_ending(output: Path | None) -> Format:
    ending = "" if output is None else output.suffix.lower().lstrip(".")
    return Format(ending) if ending in list(Format) else Format.TABLE


def _table(name: str, corrected: Path | None) -> "StatisticsTable":
    from flows.statistics import (
        TABLES,
        CorrectedCameraCount,
        CorrectedRouteCount,
        Reliability,
        StatisticsTable,
        corrected_counts,
        corrected_routes,
    )

    if name == "corrected":
        return StatisticsTable(corrected_counts, CorrectedCameraCount)
    if corrected is None:
        return TABLES[name]
    reliability = Reliability.load(corrected)
    return StatisticsTable(
        lambda database, query: corrected_routes(database, query, reliability), CorrectedRouteCount
    )


def _answer(
    name: str, database: str, query: "Query", form: Format, output: Path | None, corrected: Path | None
) -> None:
    from flows.database import FlowStore
    from flows.statistics import read_sites

    table = _table(name, corrected)
    store = FlowStore.open_for_reading(database)
    try:
        sites = read_sites(store.database, query)
        found = table.ask(store.database, query)
        checked = name == "counts" and _has_checks(store.database, sites)
    finally:
        store.close()
    if output is None:
        sys.stdout.write(_text(form, table.row, found.rows, sites))
    else:
        _write(output, form, table.row, found.rows, sites)
    if found.withheld:
        tell_withheld(query, sites)
    if checked:
        typer.echo(
            "cyclists are as the program counted them; spot checks have been made: "
            "`pipeline stats corrected` gives the numbers to expect beside them",
            err=True,
        )


def _has_checks(database: "Database", sites: "Sequence[Site]") -> bool:
    """Whether somebody counted by hand at one of the sites, and did not take it back."""
    from flows.database import read_checks

    return any(not check.withdrawn for site in sites for check in read_checks(database, site.name))


def _text(form: Format, kind: "type[AnyRow]", rows: "Sequence[AnyRow]", sites: "Sequence[Site]") -> str:
    from flows.statistics import to_csv, to_flow_map, to_geojson, to_json
    from pipeline.screen.statistics import statistics_table

    zones = {site.name: site.zone for site in sites}
    if form is Format.CSV:
        return to_csv(rows, kind, zones)
    if form is Format.JSON:
        return to_json(rows, zones)
    cameras = [(site.name, camera) for site in sites for camera in site.cameras]
    known = {(site, one.name): one.location for site, one in cameras if one.location is not None}
    if form is Format.GEOJSON:
        return to_geojson(rows, kind, known, zones)
    if form is Format.SVG:
        return to_flow_map(rows, known, [(site, one.name) for site, one in cameras])
    return statistics_table(rows, kind, zones)


def _write(
    path: Path, form: Format, kind: "type[AnyRow]", rows: "Sequence[AnyRow]", sites: "Sequence[Site]"
) -> None:
    from flows.statistics import write_parquet

    with asked_file(path, "--output") as part:
        if form is Format.PARQUET:
            write_parquet(rows, kind, part, {site.name: site.zone for site in sites})
        else:
            part.write_text(_text(form, kind, rows, sites), encoding="utf-8")
