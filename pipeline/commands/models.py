"""``pipeline models``: which models there are, their cards, fetching and verifying them."""

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracking.errors import UsageError, WeightsError

if TYPE_CHECKING:
    from pipeline.registry import ModelEntry

models_app = typer.Typer(help="List, show, fetch and verify models.", no_args_is_help=True)


class TableFormat(StrEnum):
    """How a list is printed."""

    TABLE = "table"
    JSON = "json"


FormatOption = Annotated[TableFormat, typer.Option("--format", help="How to print.")]


def register(app: typer.Typer) -> None:
    """Add the command group."""
    app.add_typer(models_app, name="models")


@models_app.command("list")
def list_models(output: FormatOption = TableFormat.TABLE) -> None:
    """Show every model that a name stands for, and whether it is on this machine."""
    from pipeline.registry import known_models
    from pipeline.registry.cache import cache_folder
    from pipeline.registry.download import cached_file
    from pipeline.registry.screen import print_headlines

    rows = [_row(entry, cached_file(entry)) for entry in known_models()]
    _print(rows, output, title=f"Models (cache: {cache_folder()})")
    if output is TableFormat.TABLE:
        print_headlines(rows)


@models_app.command("show")
def show(
    model: Annotated[str, typer.Argument(help="Name of `pipeline models list`, or a file.")],
    output: FormatOption = TableFormat.TABLE,
) -> None:
    """Show the card of a model: what it is, how good it is, where it fails."""
    from pipeline.registry.entries import read_card
    from pipeline.registry.screen import print_card
    from tracking.model_card import card_path

    name, _, path = _target(model)
    if path is None:
        raise UsageError(f"{name} is not on this machine; get it with `pipeline models fetch {name}`")
    card = read_card(path)
    if card is None:
        raise UsageError(f"{path}: there is no card {card_path(path).name} beside the file")
    values = json.loads(card_path(path).read_text("utf-8"))
    if output is TableFormat.JSON:
        typer.echo(json.dumps(values, indent=2, ensure_ascii=False))
    else:
        print_card(values, card)


@models_app.command("fetch")
def fetch(
    names: Annotated[list[str], typer.Argument(help="Names of `pipeline models list`.")],
    sha256: Annotated[
        str | None, typer.Option(help="Checksum of the model, where the list knows none.")
    ] = None,
) -> None:
    """Download models into the cache and check them against their checksums."""
    from pipeline.registry import fetch_model

    if sha256 is not None and len(names) > 1:
        raise UsageError("--sha256: a checksum belongs to one model; fetch them one by one")
    for entry in [_entry(name) for name in names]:
        with _DownloadBar(entry.file_name) as bar:
            path = fetch_model(entry, sha256, bar.update)
        typer.echo(f"{entry.name}: {path} (licence of the weights: {entry.licence})")


@models_app.command("verify")
def verify(
    models: Annotated[
        list[str] | None, typer.Argument(help="Names or files; without any, all models on this machine.")
    ] = None,
    output: FormatOption = TableFormat.TABLE,
) -> None:
    """Compute checksums and answers to a known picture, and compare them with what they should be."""
    from pipeline.registry import known_models
    from pipeline.registry.download import cached_file

    found = [(entry.name, entry, cached_file(entry)) for entry in known_models()]
    chosen = [_target(name) for name in models] if models else [f for f in found if f[2] is not None]
    rows = [_verdict(name, entry, path) for name, entry, path in chosen]
    _print(rows, output, title="Checksums and known answers")
    if any(row["result"] != "ok" for row in rows):
        raise typer.Exit(1)


def _entry(name: str) -> "ModelEntry":
    from pipeline.registry import find_model, known_models

    entry = find_model(name)
    if entry is None:
        names = ", ".join(known.name for known in known_models())
        raise UsageError(f"{name!r} is no model; right would be one of: {names}")
    return entry


def _target(name: str) -> "tuple[str, ModelEntry | None, Path | None]":
    """A file, or the file of a name where it is on this machine."""
    from pipeline.registry.download import cached_file

    if Path(name).is_file():
        return name, None, Path(name)
    entry = _entry(name)
    return entry.name, entry, cached_file(entry)


def _verdict(name: str, entry: "ModelEntry | None", path: Path | None) -> dict[str, object]:
    from pipeline.registry.checksums import verify_card, verify_entry
    from pipeline.registry.known_answer import verify_answer

    row: dict[str, object] = {
        "name": name,
        "result": "ok",
        "answer": None,
        "sha256": None,
        "file": str(path) if path else None,
    }
    if path is None:
        return row | {"result": "not on this machine"}
    try:
        row["sha256"] = verify_card(path) if entry is None else verify_entry(entry, path)
        row["answer"] = "as recorded" if verify_answer(path) else None
    except WeightsError as error:
        return row | {"result": str(error)}
    if row["sha256"] is None:
        return row | {"result": "no card with a checksum beside the file"}
    return row


def _row(entry: "ModelEntry", path: Path | None) -> dict[str, object]:
    from pipeline.registry.entries import read_card
    from pipeline.registry.screen import headline

    where = "package" if entry.shipped else "cache" if path else "to fetch"
    card = read_card(path) if path else None
    return {
        "name": entry.name,
        "task": entry.task,
        "runtime": entry.runtime,
        "licence": entry.licence,
        "size": entry.size or (path.stat().st_size if path else None),
        "where": where,
        "date": str(card.date) if card and card.date else None,
        "threshold": card.threshold if card else None,
        "quality": headline(card),
        "sha256": entry.sha256 or entry.sha256_prefix,
        "url": entry.url,
    }


def _print(rows: list[dict[str, object]], output: TableFormat, title: str) -> None:
    if output is TableFormat.JSON:
        typer.echo(json.dumps(rows, indent=2))
        return
    from pipeline.registry.screen import print_rows

    print_rows(rows, title)


class _DownloadBar:
    """A progress bar on a terminal; silent elsewhere."""

    def __init__(self, label: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, Progress, TransferSpeedColumn

        console = Console(stderr=True)
        self._progress = Progress(
            "{task.description}",
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._task = self._progress.add_task(label, total=None)

    def __enter__(self) -> "_DownloadBar":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def update(self, received: int, total: int | None) -> None:
        """Show how far the download is."""
        self._progress.update(self._task, completed=received, total=total)
