"""``pipeline publish``: freezes the figures of complete days."""

from dataclasses import replace
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
    said_by,
)
from pipeline.commands.options import DatabaseOption
from tracking.errors import UsageError

if TYPE_CHECKING:
    from flows.publishing import Difference, OfferedDay


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("publish")(publish)


def publish(
    source: SourceArgument = None,
    start: Annotated[str | None, typer.Option("--from", help="First day: 2026-05-01.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Day behind the last one.")] = None,
    offer: Annotated[
        bool, typer.Option("--offer", help="Only say which days are complete, and what the others lack.")
    ] = False,
    difference: Annotated[
        bool, typer.Option("--difference", help="Only show what the database says otherwise today.")
    ] = False,
    least: Annotated[
        float, typer.Option("--least-coverage", min=0, max=1, help="Of a day, at every camera.")
    ] = 0.95,
    database: DatabaseOption = None,
    site: SiteOption = None,
    role: RoleOption = "operator",
    reason: ReasonOption = None,
) -> None:
    """Publish complete days: their figures are kept, and change only with a reason.

    Days that are not complete are left out and named; exit code 2 where a day was published with other
    numbers and no reason is given.
    """
    asked = Asked(source, database, site)
    with opened(asked, write=not (offer or difference)) as judged:
        if difference:
            _show_differences(judged, start, end)
            return
        days = _offered(judged, start, end, least)
        if offer:
            for day in days:
                typer.echo(f"{judged.day(day.start)}: {'; '.join(map(str, day.lacking)) or 'complete'}")
            return
        _publish(judged, days, role, reason)


def _offered(judged: Judged, start: str | None, end: str | None, least: float) -> "tuple[OfferedDay, ...]":
    from flows.publishing import offered_days
    from flows.statistics import Query, parse_moment

    query = Query(site=judged.site.name)
    if start is not None:
        query = replace(query, start=parse_moment(start, "--from"))
    if end is not None:
        query = replace(query, end=parse_moment(end, "--to"))
    days = offered_days(judged.database, query, least)
    if not days:
        raise UsageError(f"site {judged.site.name} has no footage in this period")
    return days


def _publish(judged: Judged, days: "tuple[OfferedDay, ...]", role: str, reason: str | None) -> None:
    from flows.publishing import RefusalError, publish_day

    refused = []
    for day in days:
        name = judged.day(day.start)
        if not day.complete:
            typer.echo(f"{name}: not published; {'; '.join(map(str, day.lacking))}")
            continue
        try:
            made = publish_day(judged.database, judged.site, day, said_by(role), reason)
        except RefusalError as refusal:
            refused.append(str(refusal))
            continue
        typer.echo(
            f"{name}: " + ("published before, unchanged" if made is None else f"published, {made.digest}")
        )
    if refused:
        raise UsageError("\n".join(refused))


def _show_differences(judged: Judged, start: str | None, end: str | None) -> None:
    from flows.publishing import published_days

    first = None if start is None else judged.midnight(start, "--from")
    last = None if end is None else judged.midnight(end, "--to")
    days = published_days(judged.database, judged.site, first, last)
    if not days:
        typer.echo(f"site {judged.site.name}: nothing was published")
    for one in days:
        latest = one.latest
        again = f", {one.times} times" if one.times > 1 else ""
        said = f"{judged.local(latest.said.made)} by {latest.said.role}{again}"
        state = f"{len(one.changed)} numbers differ today" if one.changed else "the same today"
        typer.echo(f"{judged.day(latest.start)}: published {said}, {latest.digest[:12]}; {state}")
        for each in one.changed:
            typer.echo(f"  {each.what}: {_number(each, 'published')} → {_number(each, 'today')}")


def _number(one: "Difference", which: str) -> str:
    value = getattr(one, which)
    return "–" if value is None else f"{value:g}"
