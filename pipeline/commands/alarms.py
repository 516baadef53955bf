"""``pipeline alarms``: what somebody should look at."""

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.options import CamerasOption, DatabaseOption, settings_of

if TYPE_CHECKING:
    from pipeline.alarms import Alarm


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("alarms")(alarms)


def alarms(
    subject: Annotated[
        str | None, typer.Argument(metavar="DATABASE", help="As for --database.", show_default=False)
    ] = None,
    database: DatabaseOption = None,
    cameras: CamerasOption = None,
    site: Annotated[str | None, typer.Option("--site", help="Only this site.")] = None,
    at: Annotated[
        str | None,
        typer.Option(
            "--at",
            help="The present, such as 2024-05-14T18:00; else now where a run is at work, else the end of "
            "the footage.",
        ),
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON array.")] = False,
) -> None:
    """Say which cameras and directions are silent, and what else somebody should look at.

    Exit code 0, whether alarms hold or not.
    """
    from datetime import UTC, datetime

    from flows.database import FlowStore
    from flows.statistics import Query, parse_moment
    from pipeline.alarms import stored_alarms

    settings, named = settings_of(cameras, {"database": subject or database})
    until = None if at is None else parse_moment(at, "--at")
    store = FlowStore.open_for_reading(settings.database)
    try:
        found = stored_alarms(store.database, Query(site=site or named), datetime.now(UTC), until)
    finally:
        store.close()
    typer.echo(_json(found) if json_ else _text(found))


def _json(found: "tuple[Alarm, ...]") -> str:
    import json

    return json.dumps([one.to_dict() for one in found], indent=2, ensure_ascii=False)


def _text(found: "tuple[Alarm, ...]") -> str:
    if not found:
        return "no alarm holds"
    return "\n".join(f"{one.kind.value}: {one.sentence}" for one in found)
