"""``pipeline db list``, ``rename-camera`` and ``remove-camera``: the sites and cameras of a database."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.commands.options import CamerasOption, DatabaseOption, database_of
from tracking.errors import FietsflowError, UsageError

if TYPE_CHECKING:
    from rich.table import Table

    from flows.database import Database
    from flows.database.inventory import ListedSite


class Form(StrEnum):
    """How the list is written."""

    TABLE = "table"
    JSON = "json"


SiteArgument = Annotated[str, typer.Argument(help="Name of the site, as `pipeline db list` shows it.")]


def register(commands: typer.Typer) -> None:
    """Add the commands to ``pipeline db``."""
    commands.command("list")(list_sites)
    commands.command("rename-camera")(rename_camera)
    commands.command("remove-camera")(remove_camera)


def list_sites(
    database: DatabaseOption = None,
    cameras: CamerasOption = None,
    form: Annotated[Form, typer.Option("--format", help="How the list is written.")] = Form.TABLE,
) -> None:
    """Show sites, cameras with the period counted of each, and runs."""
    import json
    import sys

    from flows.database import FlowStore
    from flows.database.inventory import list_sites as read_sites

    store = FlowStore.open_for_reading(database_of(database, cameras))
    try:
        sites = read_sites(store.database)
    finally:
        store.close()
    if form is Form.JSON:
        typer.echo(json.dumps([_plain(one) for one in sites], indent=2, ensure_ascii=False))
        return
    from rich.console import Console

    # Nothing is folded where another program reads the lines.
    console = Console(width=None if sys.stdout.isatty() else 400, highlight=False)
    for table in _tables(sites):
        console.print(table)
    if not sites:
        typer.echo(f"{store.database.name}: no sites yet")


def rename_camera(
    site: SiteArgument,
    old: Annotated[str, typer.Argument(help="Present id of the camera.")],
    new: Annotated[str, typer.Argument(help="Its id from now on.")],
    database: DatabaseOption = None,
    cameras: CamerasOption = None,
) -> None:
    """Give a camera another id; all that was counted moves with it."""
    from flows.database.cameras import rename_camera as rename

    _require_usable(new)
    with _opened(database_of(database, cameras)) as opened:
        rename(opened, site, old, new)
    typer.echo(f"{opened.name}: camera {old} of {site} is {new} now; write `id: {new}` in the site file too")


def remove_camera(
    site: SiteArgument,
    camera: Annotated[str, typer.Argument(help="Id of the camera.")],
    database: DatabaseOption = None,
    cameras: CamerasOption = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete a camera with everything that was counted at it; journeys are cut there. Asks first."""
    from flows.database.cameras import find_camera
    from flows.database.cameras import remove_camera as remove

    with _opened(database_of(database, cameras)) as opened:
        find_camera(opened, site, camera)
        if not yes:
            _confirm(f"{opened.name}: delete camera {camera} of {site}, with all that was counted at it?")
        left = remove(opened, site, camera)
    typer.echo(
        f"{opened.name}: camera {camera} of {site} is deleted, with {left.sightings} passages and "
        f"{left.recordings} recordings; {left.journeys} journeys ended, began or were cut there"
    )


@contextmanager
def _opened(url: str) -> "Iterator[Database]":
    """A database that is there already, for writing."""
    from flows.database import FlowStore

    FlowStore.open_for_reading(url).close()
    store = FlowStore.open(url)
    try:
        yield store.database
    finally:
        store.close()


def _require_usable(name: str) -> None:
    from pydantic import TypeAdapter, ValidationError

    from pipeline.configuration.fields import CameraId

    try:
        TypeAdapter(CameraId).validate_python(name)
    except ValidationError as error:
        raise UsageError(f"NEW: {error.errors()[0]['msg'].removeprefix('Value error, ')}") from None


def _confirm(question: str) -> None:
    try:
        agreed = typer.confirm(question)
    except typer.Abort:
        raise UsageError("nobody answered, and nothing was deleted; give --yes to delete unasked") from None
    if not agreed:
        raise FietsflowError("nothing was deleted")


def _tables(sites: "Iterable[ListedSite]") -> "Iterator[Table]":
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from pipeline.screen import new_table

    for one in sites:
        zone = ZoneInfo(one.timezone)

        def local(moment: float | None, zone: ZoneInfo = zone) -> str:
            return "-" if moment is None else datetime.fromtimestamp(moment, zone).isoformat(" ", "seconds")

        counted = new_table(
            ["camera", "first observed", "last observed"],
            ["hours observed", "recordings", "cyclists"],
            title=f"{one.site}, times of {one.timezone}",
        )
        for camera in one.cameras:
            numbers = (f"{camera.observed_s / 3600:.2f}", str(camera.recordings), str(camera.cyclists))
            counted.add_row(camera.camera, local(camera.first), local(camera.last), *numbers)
        yield counted
        runs = new_table(["run", "state", "started", "finished"])
        for run in one.runs:
            runs.add_row(run.run, run.state, local(run.started), local(run.finished))
        yield runs


def _plain(one: "ListedSite") -> dict[str, Any]:
    """A site for JSON; times in UTC."""
    from dataclasses import asdict
    from datetime import UTC, datetime

    moments = {"first", "last", "started", "finished"}

    def plain(value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {key: plain(inner, key) for key, inner in value.items()}
        if isinstance(value, tuple | list):
            return [plain(inner) for inner in value]
        if name in moments and value is not None:
            return datetime.fromtimestamp(value, UTC).isoformat()
        return value

    whole: dict[str, Any] = plain(asdict(one))
    return whole
