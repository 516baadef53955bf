"""``pipeline audit``: is anything kept that should not be?"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.evaluate import Form, FormOption
from pipeline.commands.output import write_file
from tracking.errors import UsageError

if TYPE_CHECKING:
    from flows.database.audit import RuleCheck
    from pipeline.reports.audit import Audit


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("audit")(audit)


def audit(
    subject: Annotated[
        str,
        typer.Argument(
            metavar="DIR|URL",
            help="A folder with results, a database, or a file of `pipeline run --explain`.",
            show_default=False,
        ),
    ],
    form: FormOption = Form.TABLE,
    html_file: Annotated[
        Path | None, typer.Option("--html", help="Write a page for a data-protection officer to this file.")
    ] = None,
    face_model: Annotated[
        Path | None, typer.Option("--face-model", help="YuNet weights: also search pictures for faces.")
    ] = None,
) -> None:
    """Check pictures, footage, databases and files of reasons against what may be kept.

    Exit code 1 if something is found.
    """
    import time
    from importlib.metadata import version

    from pipeline.reasons import is_of_reasons, reason_check
    from pipeline.reports.audit import new_audit
    from pipeline.reports.document import to_json
    from pipeline.reports.html.audit import audit_page

    folder = Path(subject)
    now = time.time()
    if "://" not in subject and folder.is_dir():
        name, checks = subject, [*_folder_checks(folder, face_model, now)]
    elif face_model is not None:
        raise UsageError("--face-model: a database holds no pictures; leave the option away")
    elif "://" not in subject and is_of_reasons(folder):
        name, checks = subject, [reason_check([folder], now)]
    else:
        name, checks = _database_checks(subject, now)
    result = new_audit(name, version("fietsflow"), checks, now)
    if html_file is not None:
        write_file(html_file, audit_page(result), "--html")
    typer.echo(to_json(result) if form is Form.JSON else _text(result))
    if not result.clean:
        raise typer.Exit(1)


def _folder_checks(folder: Path, face_model: Path | None, now: float) -> "Iterator[RuleCheck]":
    """Pictures and footage, and every database and file of reasons that lies among them."""
    from anonymize import AnonymizeSettings, audit_folder
    from flows.database import RuleCheck, is_ours
    from pipeline.reasons import reason_check
    from pipeline.reports.audit import picture_checks

    yield from picture_checks(audit_folder(folder, AnonymizeSettings(face_model=face_model)))
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    yield reason_check(files, now)
    for file in files:
        if is_ours(file):
            for check in _database_checks(str(file), now)[1]:
                yield RuleCheck(f"{file}: {check.rule}", check.examined, check.findings)


def _database_checks(url: str, now: float) -> "tuple[str, list[RuleCheck]]":
    from flows.database import FlowStore, audit_database

    store = FlowStore.open_for_reading(url)
    try:
        return store.database.name, list(audit_database(store.database, now))
    finally:
        store.close()


def _text(result: "Audit") -> str:
    lines = [f"{result.subject}, checked at {result.checked_at} by fietsflow {result.version}"]
    for check in result.checks:
        lines.append(f"{'broken' if check.findings else 'kept  '}  {check.rule} ({check.examined})")
        lines += [f"        {finding}" for finding in check.findings]
    lines.append("clean" if result.clean else f"{result.findings} findings")
    return "\n".join(lines)
