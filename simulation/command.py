"""``pipeline simulate``: video of a made-up city with its exact truth."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import rich.progress


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("simulate")(simulate)


def simulate(
    out: Annotated[Path, typer.Argument(help="Folder for the videos, site.yaml and truth/.")],
    cameras: Annotated[
        int | None, typer.Option(min=1, max=200, help="Number of cameras; 5, or the scenario's.")
    ] = None,
    minutes: Annotated[
        float | None, typer.Option(min=0.05, help="Length of the recording; 10, or the scenario's.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same city.")] = 7,
    day: Annotated[int, typer.Option(min=0, help="On another day other people pass the same cameras.")] = 0,
    riders_per_hour: Annotated[
        float | None,
        typer.Option(min=1, help="Riders who enter the network per hour; 240, or the scenario's."),
    ] = None,
    scenario: Annotated[str, typer.Option(help="Circumstances; a wrong name lists all.")] = "calm",
    size: Annotated[str, typer.Option(help="Width x height of the pictures, even numbers.")] = "640x360",
    fps: Annotated[float, typer.Option(min=1, max=60, help="Frames per second.")] = 10.0,
    detections_only: Annotated[
        bool, typer.Option("--detections-only", help="Write detections and sightings, no video.")
    ] = False,
    perfect: Annotated[
        bool, typer.Option("--perfect", help="Detections without errors, well-separated embeddings.")
    ] = False,
    separability: Annotated[
        float | None, typer.Option(min=0.01, help="How far embeddings of different riders lie apart.")
    ] = None,
    contact_sheet: Annotated[
        Path | None, typer.Option(help="Also write a picture of all cameras and some riders.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = 2,
    serve: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=65535,
            metavar="PORT",
            help="Then play the videos again and again as live streams, for live.yaml, until Ctrl-C; a city "
            "that is there already is not simulated anew.",
        ),
    ] = None,
) -> None:
    """Write video of several cameras along a street, a ready site file, and the exact truth."""
    if serve is not None and (out / "site.yaml").is_file():
        _serve(out, serve)
        return
    from datetime import datetime, timedelta
    from zoneinfo import ZoneInfo

    from simulation import Recording, create_world, load_scenario, write_contact_sheet
    from simulation import simulate as write
    from simulation.sitefile import TIMEZONE
    from tracking.errors import FietsflowError

    settings = load_scenario(scenario).adapted(
        riders_per_hour=riders_per_hour,
        detections_only=detections_only,
        perfect=perfect,
        separability=separability,
    )
    cameras = cameras or settings.cameras or 5
    start = datetime(2024, 5, 14, 0 if settings.demand.daily_curve else 8, tzinfo=ZoneInfo(TIMEZONE))
    start += timedelta(days=day)
    duration_s = 60 * (minutes or settings.minutes or 10.0)
    world = create_world(settings, cameras=cameras, duration_s=duration_s, start=start, seed=seed, day=day)
    recording = Recording(world, _size(size), fps)
    frames = sum(len(recording.recorder(number).times_s) for number in range(cameras))
    try:
        with _progress() as bar:
            task = bar.add_task(f"{cameras} cameras", total=frames)
            write(out, recording, workers=workers, progress=lambda done: bar.update(task, completed=done))
        if contact_sheet is not None:
            write_contact_sheet(contact_sheet, recording)
    except OSError as error:
        place = error.filename or out
        raise FietsflowError(
            f"{place}: cannot be written ({error.strerror}); choose another folder"
        ) from error
    typer.echo(f"{out / 'site.yaml'}: {cameras} cameras, {frames} frames; truth in {out / 'truth'}")
    if serve is not None:
        _serve(out, serve)


def _serve(folder: Path, port: int) -> None:
    """Play what was simulated until somebody stops it."""
    from simulation.serving import StreamServer, write_live_site
    from tracking.errors import UsageError

    try:
        server = StreamServer(folder, port)
    except OSError as error:
        raise UsageError(f"--serve {port}: {error.strerror}; give a free port, or 0 for any") from None
    with server:
        site = write_live_site(folder, server.server_address[1])
        typer.echo(f"{site}: {len(server.recordings)} streams; Ctrl-C stops")
        server.serve_forever()


def _size(text: str) -> tuple[int, int]:
    from tracking.errors import UsageError

    width, _, height = text.partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise UsageError(f"--size: {text!r} is no size; write width x height such as 640x360")
    size = int(width), int(height)
    if min(size) < 64 or max(size) > 4096 or size[0] % 2 or size[1] % 2:
        raise UsageError(f"--size: {text} must be even numbers between 64 and 4096")
    return size


def _progress() -> "rich.progress.Progress":
    import sys

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not sys.stderr.isatty(),
    )
