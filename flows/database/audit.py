"""Holds a database against what may be kept of people; reads only."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import Connection, Text, func, inspect, select, text

from flows.database import runs
from flows.database.connection import Database
from flows.database.free_pages import free_pages, used_free_pages
from flows.database.gallery import Gallery
from flows.database.outbox.waiting import Waiting
from flows.database.schema import VERSION_TABLE, gallery, metadata, run, site
from flows.database.states import UNFINISHED

_SECRETS = {"password", "passwd", "pwd", "pass", "token", "auth", "secret"}
_ADVICE = "run: pipeline db purge"


@dataclass(frozen=True, slots=True)
class RuleCheck:
    """One rule, and where it is broken.

    Attributes:
        rule: What has to hold, in words that need no knowledge of databases.
        examined: What was looked at.
        findings: One sentence each; none where the rule holds.
    """

    rule: str
    examined: str
    findings: tuple[str, ...]


def audit_database(database: Database, now: float) -> tuple[RuleCheck, ...]:
    """Examine a database of the present schema.

    Args:
        database: Open, for reading at least.
        now: Wall clock, seconds since the epoch.

    Raises:
        DatabaseError: It cannot be read.
    """
    with database.transaction() as connection:
        return (
            _ages(database, connection, now),
            _runs(connection, now),
            _traces(database, connection),
            _columns(connection),
            _credentials(connection),
        )


def _ages(database: Database, connection: Connection, now: float) -> RuleCheck:
    held = Gallery(database)
    outdated = held.outdated(
        connection, lambda run_id: runs.embeddings_may_stay_from(connection, run_id, now)
    )
    waiting = Waiting(held)
    late = waiting.outdated(connection, lambda run_id: runs.embeddings_may_wait_from(connection, run_id, now))
    outdated = {one: outdated.get(one, 0) + late.get(one, 0) for one in sorted({*outdated, *late})}
    findings = [
        f"{count} embeddings of run {run_id} are older than they may become; {_ADVICE}"
        for run_id, count in outdated.items()
    ]
    total = sum(held.counts(connection).values()) + waiting.count(connection)
    return RuleCheck("No embedding is kept longer than it is needed.", f"{total} embeddings", tuple(findings))


def _runs(connection: Connection, now: float) -> RuleCheck:
    columns = (run.c.run_id, site.c.name, run.c.state, run.c.touched, run.c.gallery_ttl)
    rows = connection.execute(select(*columns).join(site, site.c.site_id == run.c.site_id)).all()
    findings = [
        f"run {row.run_id} of {row.name} was interrupted and never taken up again; run it again, or with "
        "--replace, or delete what it needs with: pipeline db purge --all"
        for row in rows
        if row.state == UNFINISHED and runs.interrupted_for_long(row.touched, row.gallery_ttl, now)
    ]
    return RuleCheck("No run was left unfinished.", f"{len(rows)} runs", tuple(findings))


def _traces(database: Database, connection: Connection) -> RuleCheck:
    rule = "Nothing is left of embeddings that were deleted."
    if database.path is None or database.gallery_path is None:
        return RuleCheck(rule, "table gallery on the server", tuple(_server_traces(connection)))
    held = sum(Gallery(database).counts(connection).values()) + Waiting(Gallery(database)).count(connection)
    findings = [*_misplaced(connection), *_file_traces(database.gallery_path, held)]
    if used := used_free_pages(database.path):
        findings.append(f"{database.path}: {used} free pages are not empty; write it anew with VACUUM")
    examined = f"{database.path} with {free_pages(database.path)} free pages, and the files beside it"
    return RuleCheck(rule, examined, tuple(findings))


def _misplaced(connection: Connection) -> Iterator[str]:
    count = connection.execute(select(func.count()).select_from(gallery)).scalar_one()
    if count:
        yield f"{count} embeddings lie in the database itself instead of the file beside it; {_ADVICE}"


def _file_traces(path: Path, held: int) -> Iterator[str]:
    for suffix in ("-journal", "-wal"):
        beside = path.with_name(path.name + suffix)
        if beside.exists() and beside.stat().st_size:
            yield f"{beside} was left by a program that died, and may hold embeddings; {_ADVICE}"
    if not path.exists():
        return
    if held == 0:
        yield f"{path} holds no embedding, but was not removed; {_ADVICE}"
    if path.stat().st_mode & 0o077:
        yield f"{path} can be read by other users of the machine; run: chmod 600 {path}"
    if used := used_free_pages(path):
        yield f"{path}: {used} free pages are not empty; {_ADVICE}"


def _server_traces(connection: Connection) -> Iterator[str]:
    about = "SELECT relpersistence, pg_relation_size(oid) FROM pg_class WHERE oid = 'gallery'\\:\\:regclass"
    persistence, size = connection.execute(text(about)).one()
    if persistence != "u":
        yield (
            "table gallery is written to the server's log, and so to replicas and backups; tell the server: "
            "ALTER TABLE gallery SET UNLOGGED"
        )
    if size and not connection.execute(select(func.count()).select_from(gallery)).scalar_one():
        yield f"table gallery is empty, but its file still has {size} bytes; {_ADVICE}"


def _columns(connection: Connection) -> RuleCheck:
    inspector = inspect(connection)
    tables = [name for name in inspector.get_table_names() if name != VERSION_TABLE]
    findings: list[str] = []
    for name in sorted(tables):
        if name not in metadata.tables:
            findings.append(f"table {name} is not one of this program's; look at what it holds, and why")
            continue
        known = metadata.tables[name].columns
        findings += [
            f"column {name}.{column['name']} is not one of this program's; look at what it holds, and why"
            for column in inspector.get_columns(name)
            if column["name"] not in known
        ]
    return RuleCheck(
        "There is no place for pictures, names or other things that tell who somebody is.",
        f"the columns of {len(tables)} tables",
        tuple(findings),
    )


def _credentials(connection: Connection) -> RuleCheck:
    findings: list[str] = []
    examined = 0
    for table in metadata.tables.values():
        for column in (one for one in table.columns if isinstance(one.type, Text)):
            values = connection.execute(select(column).where(column.contains(":")).distinct()).scalars().all()
            examined += len(values)
            leaking = sum(holds_credentials(value) for value in values if value)
            if leaking:
                findings.append(
                    f"column {table.name}.{column.name} holds an address with a password in {leaking} of its "
                    "values; change that password, and delete the run with --replace"
                )
    return RuleCheck("No password of a camera or a database is stored.", f"{examined} texts", tuple(findings))


def holds_credentials(value: str) -> bool:
    """Whether a text, or a text inside JSON, holds an address with a user, a password or a token."""
    return any(_is_leaking(word) for part in _texts(value) for word in part.split() if "://" in word)


def _texts(value: str) -> Iterable[str]:
    try:
        inner = json.loads(value)
    except ValueError:
        return [value]
    if isinstance(inner, dict):
        return [part for one in inner.values() for part in _texts(json.dumps(one))]
    if isinstance(inner, list):
        return [part for one in inner for part in _texts(json.dumps(one))]
    return [inner] if isinstance(inner, str) else [value]


def _is_leaking(word: str) -> bool:
    try:
        address = urlsplit(word.strip("'\"()<>,;"))
    except ValueError:  # Not an address after all; what stands before an @ is still a secret.
        return "@" in word
    return "@" in address.netloc or not _SECRETS.isdisjoint(key.lower() for key in parse_qs(address.query))
