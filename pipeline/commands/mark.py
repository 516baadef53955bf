"""``pipeline mark``: time of a camera whose counts are not to be used, and why."""

from enum import StrEnum
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
)
from pipeline.commands.options import DatabaseOption
from tracking.errors import UsageError

if TYPE_CHECKING:
    from flows.database.review import Mark


class Because(StrEnum):
    """Reasons for a mark; the words of `flows.database.review.REASONS`."""

    ROADWORKS = "roadworks"
    CAMERA_MOVED = "camera_moved"
    EVENT = "event"
    WEATHER = "weather"
    WRONG_COUNTS = "wrong_counts"
    OTHER = "other"


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("mark")(mark)


def mark(
    source: SourceArgument = None,
    camera: Annotated[list[str] | None, typer.Option("--camera", help="Camera id; may be repeated.")] = None,
    start: Annotated[str | None, typer.Option("--from", help="First local moment: 2026-05-01T08:00.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="End, not included.")] = None,
    because: Annotated[Because | None, typer.Option("--because", help="Kind of reason.")] = None,
    note: Annotated[str, typer.Option("--note", help="What else there is to say; needed for other.")] = "",
    database: DatabaseOption = None,
    site: SiteOption = None,
    role: RoleOption = "operator",
    list_: Annotated[bool, typer.Option("--list", help="Show every mark, withdrawn ones too.")] = False,
    withdraw: Annotated[
        int | None, typer.Option("--withdraw", metavar="NUMBER", help="This mark holds no more; --reason.")
    ] = None,
    reason: ReasonOption = None,
) -> None:
    """Mark time of a camera whose counts are not to be used: statistics treat it as not watched."""
    asked = Asked(source, database, site)
    if withdraw is not None:
        _withdraw(asked, withdraw, role, reason)
    elif list_:
        _list(asked)
    else:
        if not camera or start is None or end is None or because is None:
            raise UsageError(
                "say what is marked and why: --camera A --from 2026-05-01T08:00 --to 2026-05-01T18:00 "
                f"--because {' | '.join(Because)}"
            )
        if because is Because.OTHER and not note.strip():
            raise UsageError("--because other says nothing by itself; add --note TEXT")
        _add(asked, camera, (start, end), because, note, role)


def _add(
    asked: Asked, cameras: list[str], time: tuple[str, str], because: Because, note: str, role: str
) -> None:
    from flows.database.review import Mark, add_mark

    with opened(asked, write=True) as judged:
        start, end = (judged.moment(text, name) for text, name in zip(time, ("--from", "--to"), strict=True))
        for name in cameras:
            new = Mark(judged.site.name, name, start, end, because.value, note, said_by(role))
            number = add_mark(judged.database, new)
            typer.echo(
                f"mark {number}: camera {name}, {judged.local(start)} to {judged.local(end)}, is treated as "
                f"not watched ({because.value}); take it back with: mark --withdraw {number} --reason TEXT"
            )


def _withdraw(asked: Asked, number: int, role: str, reason: str | None) -> None:
    from flows.database.review import Withdrawal, withdraw_mark

    why = require_reason(reason, "--withdraw")
    with opened(asked, write=True) as judged:
        withdraw_mark(judged.database, judged.site.name, number, Withdrawal(said_by(role), why))
    typer.echo(f"mark {number} is withdrawn; it stays in the list")


def _list(asked: Asked) -> None:
    from flows.database.review import read_marks

    with opened(asked, write=False) as judged:
        marks = read_marks(judged.database, judged.site.name)
        if not marks:
            typer.echo(f"site {judged.site.name}: nothing is marked")
        for one in marks:
            typer.echo(_line(judged, one))


def _line(judged: Judged, one: "Mark") -> str:
    note = f" ({one.note})" if one.note else ""
    told = (
        f"mark {one.number}: camera {one.camera}, {judged.local(one.start)} to {judged.local(one.end)}, "
        f"{one.reason}{note}; {judged.local(one.said.made)} by {one.said.role}"
    )
    return told + judged.taken_back(one.withdrawn)
