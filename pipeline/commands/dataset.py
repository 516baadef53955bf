"""``pipeline dataset``: pictures of riders, anonymised, to train and to measure encoders."""

import contextlib
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.options import SetOption, given
from tracking.errors import FietsflowError

if TYPE_CHECKING:
    from pipeline.datasets import DatasetFolder


class Published(StrEnum):
    """Published data sets whose size is known."""

    MARKET = "market"
    DUKE = "duke"
    MARS = "mars"
    LAST = "last"


SplitOption = Annotated[
    str,
    typer.Option(
        "--split", metavar="TRAIN/HELD_OUT", help="Minutes of every cycle; the cycle must fill an hour."
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    commands = typer.Typer(
        help="Build, split, review and check data sets for re-identification.", no_args_is_help=True
    )
    commands.command("build")(build)
    commands.command("split")(split)
    commands.command("review")(review)
    commands.command("check")(check)
    app.add_typer(commands, name="dataset")


def build(
    site: Annotated[Path, typer.Argument(help="Site file, for example groningen.yaml.")],
    out: Annotated[Path, typer.Argument(help="Folder to write; must be empty or not there yet.")],
    truth: Annotated[
        Path | None, typer.Option(help="The simulation's truth folder: take boxes and identities from it.")
    ] = None,
    split: SplitOption = "50/10",
    crops_per_tracklet: Annotated[
        int, typer.Option(min=1, max=256, help="Most pictures of one passage.")
    ] = 16,
    set_: SetOption = None,
) -> None:
    """Cut the riders out of a site's footage, anonymised, into train, validation and test."""
    from pipeline.configuration import load_configuration
    from pipeline.datasets import BuildPlan, build_dataset
    from reid.datasets import SplitRule

    rule = SplitRule.parse(split)
    configuration = load_configuration(site, given(set_, {}))
    dataset = build_dataset(BuildPlan(configuration, rule, crops_per_tracklet, truth), out)
    for camera in dataset.manifest.cameras:
        for problem in camera.problems:
            typer.echo(f"camera {camera.id}: {problem}", err=True)
    _show(dataset)
    if dataset.manifest.links == "none":
        typer.echo(f"link riders over the cameras for the test part: pipeline dataset review {out}")


def split(
    out: Annotated[Path, typer.Argument(help="Folder that `pipeline dataset build` wrote.")],
    split: SplitOption = "50/10",
) -> None:
    """Divide a set anew; pictures stay those of the same passages and cameras."""
    from pipeline.datasets import split_dataset
    from reid.datasets import SplitRule

    _show(split_dataset(out, SplitRule.parse(split)))


def review(
    out: Annotated[Path, typer.Argument(help="Folder that `pipeline dataset build` wrote.")],
    encoder: Annotated[
        str | None,
        typer.Option(help="Proposes the links: colour_stripes, a name, or a model file; the site's."),
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the page; 0 for any.")] = 8765,
    host: Annotated[str, typer.Option(help="Address; the default lets nobody else connect.")] = "127.0.0.1",
    nearest: Annotated[
        int, typer.Option(min=1, max=50, help="Riders to compare each rider with, the most alike first.")
    ] = 3,
) -> None:
    """Link riders over the cameras in the browser, and write the linked test part."""
    from pipeline.datasets.review import ReviewServer, open_session

    session = open_session(out, encoder, nearest)
    with ReviewServer(session, host, port) as server:
        if not server.loopback:
            typer.echo(f"{host} can be reached by others: they see the pictures and may answer", err=True)
        typer.echo(f"{session.standing().open} questions at {server.url} (stop with Ctrl-C)")
        with contextlib.suppress(KeyboardInterrupt):
            server.serve_forever()
    standing = session.standing()
    typer.echo(
        f"{standing.same} same, {standing.different} different, {standing.open} open; "
        + ("the linked test part is written" if standing.written else f"go on with the same command on {out}")
    )


def check(
    folder: Annotated[Path, typer.Argument(help="Copy of a published data set.")],
    layout: Annotated[Published, typer.Option("--layout", help="Which set it is a copy of.")],
) -> None:
    """Read a published data set and compare its size with what its authors say."""
    from rich.console import Console

    from pipeline.screen import new_table
    from reid.datasets import PUBLISHED, compare_with_documented

    published = PUBLISHED[layout.value]
    findings = compare_with_documented(layout.value, published.read(folder))
    table = new_table(["part", "what"], ["found", "published"], f"{folder}: {published.title}")
    for finding in findings:
        for what in ("identities", "images", "tracklets"):
            wanted = getattr(finding.documented, what)
            if wanted is not None:
                table.add_row(finding.part, what, f"{getattr(finding.found, what):,}", f"{wanted:,}")
    Console().print(table)
    if not all(finding.is_whole for finding in findings):
        raise FietsflowError(
            f"{folder}: is not the {published.title} that its authors published; "
            "copy it again, or compare its results with nobody else's"
        )


def _show(dataset: "DatasetFolder") -> None:
    """Print the sizes as a table, one row for each part and camera."""
    from rich.console import Console

    from pipeline.screen import new_table

    manifest = dataset.manifest
    title = f"{dataset.path}: {manifest.site}, split {manifest.split}, links: {manifest.links}"
    table = new_table(["part", "camera"], ["identities", "tracklets", "crops"], title)
    for entry in manifest.counts:
        table.add_row(
            entry.part.value,
            manifest.camera(entry.camera).id,
            *map(str, (entry.identities, entry.tracklets, entry.crops)),
        )
    Console().print(table)
    if not any(entry.part in {"validation", "test"} for entry in manifest.counts):
        typer.echo(
            f"no passage lies in held-out minutes; for short footage: pipeline dataset split {dataset.path} "
            "--split 2/1",
            err=True,
        )
