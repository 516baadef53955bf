"""``pipeline db``: looks after the database."""

from typing import Annotated

import typer

from pipeline.commands import db_cameras
from pipeline.commands.options import CamerasOption, DatabaseOption, database_of


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    commands = typer.Typer(help="Create, upgrade, inspect, mend or purge the database.", no_args_is_help=True)
    commands.command("upgrade")(upgrade)
    commands.command("info")(info)
    commands.command("purge")(purge)
    commands.command("grant")(grant)
    db_cameras.register(commands)
    app.add_typer(commands, name="db")


def upgrade(database: DatabaseOption = None, cameras: CamerasOption = None) -> None:
    """Create the database, or bring an older one to the schema of this version."""
    from flows.database import DatabaseAddress, FlowStore, find_revision

    url = database_of(database, cameras)
    address = DatabaseAddress.parse(url)
    before = find_revision(address)
    FlowStore.open(url).close()
    after = find_revision(address)
    change = (
        "created" if before is None else "was up to date" if before == after else f"upgraded from {before}"
    )
    typer.echo(f"{address.name}: schema {after}, {change}")


def info(database: DatabaseOption = None, cameras: CamerasOption = None) -> None:
    """Show the runs in the database and how many embeddings are left."""
    from datetime import UTC, datetime

    from flows.database import FlowStore, summarize

    url = database_of(database, cameras)
    FlowStore.open_for_reading(url).close()
    store = FlowStore.open(url)
    try:
        summary = summarize(store.database)
    finally:
        store.close()
    typer.echo(f"{summary.name}: schema {summary.revision}, {len(summary.runs)} runs")
    for run in summary.runs:
        started = datetime.fromtimestamp(run.started, UTC).strftime("%Y-%m-%d %H:%M:%S")
        typer.echo(
            f"run {run.run_id} of {run.site}, begun {started} UTC, "
            f"{'complete' if run.complete else 'not finished'}: {run.sightings} sightings, "
            f"{run.journeys} journeys, {run.embeddings} embeddings"
            + (f", {run.unlinkable} sightings too late to be linked" if run.unlinkable else "")
        )


def purge(
    database: DatabaseOption = None,
    cameras: CamerasOption = None,
    everything: Annotated[
        bool,
        typer.Option("--all", help="Also what unfinished runs still need; they start anew the next time."),
    ] = False,
) -> None:
    """Delete embeddings past their time to live, and all traces of deleted ones; counts and journeys stay."""
    import time

    from flows.database import FlowStore
    from flows.database.lock import all_sites_locked

    url = database_of(database, cameras)
    FlowStore.open_for_reading(url).close()
    store = FlowStore.open(url, purge=False)
    try:
        # What a run is about to compare is not taken from under it.
        with all_sites_locked(store.database):
            deleted = store.purge_all() if everything else store.purge_expired(time.time())
            store.scrub()
    finally:
        store.close()
    typer.echo(f"{store.database.name}: {deleted} embeddings deleted")


def grant(
    role: Annotated[str, typer.Argument(help="Name of the role; it is created where it does not exist.")],
    small_cells: Annotated[
        bool,
        typer.Option(
            "--small-cells",
            help="Also routes, O-D matrix and travel times as they are, with cells of few riders: for the "
            "owner's own people.",
        ),
    ] = False,
    database: DatabaseOption = None,
    cameras: CamerasOption = None,
) -> None:
    """Let a role of a PostgreSQL server read the published views, and nothing else; no embeddings."""
    from flows.database import FlowStore
    from flows.database.readers import grant_reader

    url = database_of(database, cameras)
    FlowStore.open_for_reading(url).close()
    store = FlowStore.open(url)
    try:
        views = grant_reader(store.database, role, small_cells=small_cells)
    finally:
        store.close()
    typer.echo(
        f"{store.database.name}: {role} may read {', '.join(views)}, and nothing else. A new role has no "
        f"password yet: give it one in psql, with \\password {role}"
    )
