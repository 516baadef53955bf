"""``pipeline check``: minutes that a person counts, and what they say of the counts of this site."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.judged import (
    Asked,
    Judged,
    ReasonOption,
    RoleOption,
    SiteOption,
    SourceArgument,
    opened,
    require_reason,
    said_by,
    site_file_of,
)
from pipeline.commands.options import DatabaseOption
from pipeline.commands.output import write_file
from tracking.errors import UsageError

if TYPE_CHECKING:
    from flows.database.review import SpotCheck
    from flows.statistics import Query

BROWSER = "web.counting"
"""Module that counts in the browser; known by name, as nothing here imports the pages."""

_NEEDED = ("web", "fastapi", "jinja2", "uvicorn")


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("check")(check)


def check(
    source: SourceArgument = None,
    counts: Annotated[
        Path | None,
        typer.Option("--counts", help="Hand counts as CSV: camera, from, to, direction, count[, times]."),
    ] = None,
    sample: Annotated[
        Path | None,
        typer.Option("--sample", help="Write the drawn minutes to this CSV, to be filled in for --counts."),
    ] = None,
    database: DatabaseOption = None,
    site: SiteOption = None,
    camera: Annotated[
        list[str] | None, typer.Option("--camera", help="Only this camera; may be repeated.")
    ] = None,
    minutes: Annotated[int, typer.Option("--minutes", min=1, max=1000, help="Of each camera.")] = 9,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Draws the same minutes again.")] = 0,
    start: Annotated[str | None, typer.Option("--from", help="Draw from this local moment on.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Draw before this local moment.")] = None,
    tolerance: Annotated[
        float, typer.Option("--tolerance", min=0, help="Seconds between a noted time and its passage.")
    ] = 2.0,
    valid_from: Annotated[
        str | None,
        typer.Option("--valid-from", help="First day whose counts it corrects; else its first counted day."),
    ] = None,
    valid_until: Annotated[
        str | None, typer.Option("--valid-until", help="Day behind the last; else until the next check.")
    ] = None,
    role: RoleOption = "operator",
    list_: Annotated[bool, typer.Option("--list", help="Show every check, withdrawn ones too.")] = False,
    withdraw: Annotated[
        int | None, typer.Option("--withdraw", metavar="NUMBER", help="This check holds no more; --reason.")
    ] = None,
    reason: ReasonOption = None,
    host: Annotated[str, typer.Option("--host", help="Address to count at in the browser.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 for any free one.")] = 8302,
) -> None:
    """Count a sample of minutes by hand: how right the counts are, and the factor that corrects them."""
    from flows.statistics import Query, parse_moment

    asked = Asked(source, database, site)
    query = Query(
        start=None if start is None else parse_moment(start, "--from"),
        end=None if end is None else parse_moment(end, "--to"),
        cameras=tuple(camera or ()),
    )
    if withdraw is not None:
        _withdraw(asked, withdraw, role, reason)
    elif list_:
        _list(asked)
    elif counts is not None:
        _keep(asked, counts, tolerance, (valid_from, valid_until), role)
    elif sample is not None:
        _write_sample(asked, sample, query, minutes, seed)
    else:
        _count(asked, query, (minutes, seed), role, (host, port))


def _withdraw(asked: Asked, number: int, role: str, reason: str | None) -> None:
    from flows.database.review import Withdrawal, withdraw_check

    why = require_reason(reason, "--withdraw")
    with opened(asked, write=True) as judged:
        withdraw_check(judged.database, judged.site.name, number, Withdrawal(said_by(role), why))
    typer.echo(f"check {number} is withdrawn; it stays in the list")


def _list(asked: Asked) -> None:
    from flows.database.review import read_checks

    with opened(asked, write=False) as judged:
        checks = read_checks(judged.database, judged.site.name)
        if not checks:
            typer.echo(f"site {judged.site.name}: nobody has counted by hand yet")
        for one in checks:
            typer.echo(_line(judged, one))


def _line(judged: Judged, one: "SpotCheck") -> str:
    until = "the next check" if one.valid_until is None else judged.day(one.valid_until)
    factors = ", ".join(
        f"{each.camera} {each.factor:.3f} ({each.factor_low:.3f}–{each.factor_high:.3f})"
        for each in one.cameras
    )
    said = f"check {one.number}, {judged.local(one.said.made)}, {one.said.role}, by {one.way}"
    told = f"{said}; holds from {judged.day(one.valid_from)} until {until}; factors: {factors}"
    return told + judged.taken_back(one.withdrawn)


def _write_sample(asked: Asked, path: Path, query: "Query", minutes: int, seed: int) -> None:
    from dataclasses import replace

    from flows.checks import draw_sample, known_directions, write_hand_counts

    with opened(asked, write=False) as judged:
        drawn = draw_sample(judged.database, replace(query, site=judged.site.name), minutes, seed)
        with judged.database.transaction() as connection:
            directions = {one.name: known_directions(connection, one) for one in judged.site.cameras}
        write_file(path, write_hand_counts(drawn, directions, judged.site.zone), "--sample")
    typer.echo(f"wrote {path}: {len(drawn)} minutes (seed {seed}); count them, then: check --counts {path}")


def _keep(
    asked: Asked, path: Path, tolerance_s: float, days: tuple[str | None, str | None], role: str
) -> None:
    from flows.checks import compare, read_hand_counts
    from flows.database.review import SpotCheck, keep_check
    from pipeline.reports import print_check

    with opened(asked, write=True) as judged:
        found = compare(
            judged.database, judged.site.name, read_hand_counts(path, judged.site.zone), tolerance_s
        )
        first, last = days
        day = judged.day(min(one.start for one in found.stretches)) if first is None else first
        new = SpotCheck(
            judged.site.name,
            said_by(role),
            "file",
            None,
            tolerance_s,
            judged.midnight(day, "--valid-from"),
            None if last is None else judged.midnight(last, "--valid-until"),
            found.cameras,
            found.stretches,
        )
        number = keep_check(judged.database, new)
    for sentence in found.left_out:
        typer.echo(sentence, err=True)
    print_check(found)
    typer.echo(_kept(number, day, last))


def _kept(number: int, first: str, last: str | None) -> str:
    until = "until the next check" if last is None else f"until {last}"
    return (
        f"kept as check {number}: counts from {first} {until} are corrected by it where `corrected` is asked "
        "for; what was counted stays as it is"
    )


def _count(asked: Asked, query: "Query", drawn: tuple[int, int], role: str, place: tuple[str, int]) -> None:
    file = site_file_of(asked.source)
    if file is None:
        raise UsageError(
            "to count in the browser the footage is needed; name the site file, or draw minutes with "
            "--sample FILE.csv and hand them in with --counts FILE.csv"
        )
    if any(find_spec(name) is None for name in _NEEDED):
        raise UsageError(
            "to count in the browser the extra web is needed (pip install 'fietsflow[web]'); or use "
            "--sample FILE.csv and --counts FILE.csv"
        )
    with opened(asked, write=False) as judged:
        name = judged.site.name
    serve = import_module(BROWSER).serve_checks
    serve(file, asked.database, name, query, drawn, role, place)
