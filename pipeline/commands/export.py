"""``pipeline export``: statistics in the formats of other programs."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.options import CamerasOption, DatabaseOption, settings_of
from pipeline.commands.output import asked_file, write_file
from pipeline.commands.stats import IntervalName
from pipeline.commands.withheld import tell_withheld
from tracking.errors import UsageError

if TYPE_CHECKING:
    from flows.database import Database
    from flows.statistics import CorrectedCameraCount, Query, Site

From = Annotated[str | None, typer.Option("--from", help="First moment, local time: 2026-05-01.")]
To = Annotated[str | None, typer.Option("--to", help="End of the period, not included: 2026-06-01.")]
Length = Annotated[
    IntervalName | None, typer.Option("--interval", help="Length of the intervals; else as the site asked.")
]
SiteName = Annotated[str | None, typer.Option("--site", help="The site, where the database holds several.")]
MinCount = Annotated[
    int | None,
    typer.Option("--min-count", min=1, help="Withhold cells of fewer cyclists; else as the site asked: 5."),
]
Output = Annotated[Path, typer.Option("--output", "-o", help="The file to write.")]
Folder = Annotated[Path, typer.Option("--output", "-o", help="The folder to write to.")]
Corrected = Annotated[
    bool,
    typer.Option("--corrected", help="Also the numbers that spot checks make one expect, named as such."),
]
LeastCoverage = Annotated[
    float,
    typer.Option(
        "--least-coverage",
        min=0,
        max=1,
        help="An interval that was watched less has no number: the format cannot say how much was watched.",
    ),
]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about one site of an open database."""

    database: "Database"
    site: "Site"
    query: "Query"


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    commands = typer.Typer(
        help="Write statistics for other programs: Dexter, data.gouv.fr, transport models, SUMO.",
        no_args_is_help=True,
    )
    commands.command("ndw")(ndw)
    commands.command("france")(france)
    commands.command("omx")(omx)
    commands.command("sumo")(sumo)
    app.add_typer(commands, name="export")


def ndw(
    output: Output,
    database: DatabaseOption = None,
    cameras: CamerasOption = None,
    start: From = None,
    end: To = None,
    interval: Length = None,
    site: SiteName = None,
    ascending: Annotated[
        list[str] | None,
        typer.Option(
            "--ascending",
            metavar="[CAMERA=]DIRECTION",
            help="The direction that is called ascending (oplopend); may be repeated. Else the sum alone.",
        ),
    ] = None,
    corrected: Corrected = False,
) -> None:
    """Write counts as CSV with the columns of Dexter's export of bicycle counts (Netherlands)."""
    from flows.exchange import ndw_csv
    from flows.statistics import camera_counts

    named = dict(_named(one) for one in ascending or ())
    with _asked(database, cameras, start, end, interval, site, None) as asked:
        rows = camera_counts(asked.database, asked.query).rows
        expected = _expected(asked, together=True) if corrected else None
    write_file(output, ndw_csv(rows, asked.site, named, expected), "--output")
    _tell_figures("four columns of their own" if corrected else None)


def france(
    output: Folder,
    database: DatabaseOption = None,
    cameras: CamerasOption = None,
    start: From = None,
    end: To = None,
    interval: Length = None,
    site: SiteName = None,
    least_coverage: LeastCoverage = 0.995,
    temporary: Annotated[
        bool, typer.Option("--temporary", help="The cameras stand there for a while only.")
    ] = False,
    corrected: Annotated[
        bool,
        typer.Option(
            "--corrected",
            help="Channels with the numbers that spot checks make one expect, in the place of counted ones.",
        ),
    ] = False,
) -> None:
    """Write sites.csv, channels.csv and measures.csv of the French national scheme."""
    from flows.exchange import french_files
    from flows.statistics import camera_counts, observed_times

    with _asked(database, cameras, start, end, interval, site, None) as asked:
        rows = camera_counts(asked.database, asked.query).rows
        observed = observed_times(asked.database).get(asked.site.name)
        expected = _expected(asked, together=False) if corrected else None
    if observed is None:
        raise UsageError(f"site '{asked.site.name}' has no footage yet; run it first")
    length = asked.site.interval
    files = french_files(rows, asked.site, observed, length, least_coverage, temporary, expected)
    _write_all(output, files)
    _tell_figures("channels of their own, in the place of the counted ones" if corrected else None)


def omx(
    output: Output,
    database: DatabaseOption = None,
    cameras: CamerasOption = None,
    start: From = None,
    end: To = None,
    interval: Length = None,
    site: SiteName = None,
    min_count: MinCount = None,
) -> None:
    """Write O-D matrices as OMX, for Visum, EMME, Cube, TransCAD and Aimsun (extra omx)."""
    from flows.exchange import write_omx
    from flows.statistics import od_matrix

    with _asked(database, cameras, start, end, interval, site, min_count) as asked:
        found = od_matrix(asked.database, asked.query)
    with asked_file(output, "--output") as part:
        write_omx(found.rows, asked.site, part)
    if found.withheld:
        tell_withheld(asked.query, [asked.site])


def sumo(
    output: Folder,
    database: DatabaseOption = None,
    cameras: CamerasOption = None,
    start: From = None,
    end: To = None,
    interval: Length = None,
    site: SiteName = None,
    min_count: MinCount = None,
    edges: Annotated[
        Path | None,
        typer.Option("--edges", help="CSV with camera,direction,edge: adds edges to zones, and counts.xml."),
    ] = None,
    least_coverage: LeastCoverage = 0.995,
) -> None:
    """Write od.xml (tazRelations), taz.xml and, with --edges, counts.xml for SUMO."""
    from flows.exchange import read_edges, sumo_counts, sumo_od, sumo_zones
    from flows.statistics import camera_counts, od_matrix

    known = read_edges(edges) if edges else {}
    with _asked(database, cameras, start, end, interval, site, min_count) as asked:
        counts = camera_counts(asked.database, asked.query).rows
        found = od_matrix(asked.database, asked.query)
    if not counts:
        raise UsageError("--from, --to: nothing was observed in this period; see `pipeline db list`")
    begin = min(row.interval_start for row in counts)
    files = {"od.xml": sumo_od(found.rows, begin), "taz.xml": sumo_zones(asked.site, known)}
    if known:
        files["counts.xml"] = sumo_counts(counts, asked.site, begin, known, least_coverage)
    _write_all(output, files)
    if found.withheld:
        tell_withheld(asked.query, [asked.site])


def _expected(asked: Asked, *, together: bool) -> "Sequence[CorrectedCameraCount]":
    """The counts with what spot checks make of them.

    Raises:
        UsageError: Nobody has counted by hand.
    """
    from flows.database import read_checks
    from flows.statistics import corrected_counts

    if all(one.withdrawn for one in read_checks(asked.database, asked.site.name)):
        raise UsageError(
            f"--corrected: nobody has counted by hand at site '{asked.site.name}'; make a spot check with "
            "`pipeline check`, or leave --corrected out"
        )
    return corrected_counts(asked.database, asked.query, together=together).rows


def _tell_figures(where: str | None) -> None:
    """Say whether a file has corrected numbers: no format has a place that every reader looks at."""
    if where is None:
        typer.echo("the numbers are as the program counted them, not corrected by spot checks", err=True)
    else:
        typer.echo(f"the corrected numbers are in {where}; without a check they are empty", err=True)


@contextlib.contextmanager
def _asked(
    database: str | None,
    cameras: Path | None,
    start: str | None,
    end: str | None,
    interval: IntervalName | None,
    site: str | None,
    min_count: int | None,
) -> Iterator[Asked]:
    """Open the database and find the one site that is asked for."""
    from flows.database import FlowStore
    from flows.statistics import Query, parse_moment, read_sites

    named = {"database": database, "statistics.min_count": min_count, "statistics.interval": interval}
    settings, named_site = settings_of(cameras, named)
    smallest, length = settings.statistics.chosen()
    query = Query(
        interval=length,
        start=None if start is None else parse_moment(start, "--from"),
        end=None if end is None else parse_moment(end, "--to"),
        site=site or named_site,
        min_count=smallest,
    )
    store = FlowStore.open_for_reading(settings.database)
    with contextlib.closing(store):
        yield Asked(store.database, _only(read_sites(store.database, query)), query)


def _only(sites: "Sequence[Site]") -> "Site":
    if not sites:
        raise UsageError("the database holds no site yet; fill it with `pipeline run` first")
    if len(sites) > 1:
        names = ", ".join(one.name for one in sites)
        raise UsageError(f"--site: the database holds several sites; choose one of {names}")
    return sites[0]


def _named(text: str) -> tuple[str, str]:
    """``CAMERA=DIRECTION``, or a direction for every camera without one of its own."""
    camera, _, direction = text.rpartition("=")
    return camera, direction


def _write_all(folder: Path, files: dict[str, str]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--output: {folder} cannot be made: {error.strerror or error}") from error
    for name, text in files.items():
        write_file(folder / name, text, "--output")
