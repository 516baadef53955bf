"""Rows in and out: the values of `flows.values` as parameters of SQL, and back."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np
from sqlalchemy import Compiled, Connection, Row, Table
from sqlalchemy.dialects import postgresql, sqlite

from flows.database.times import to_microseconds, to_seconds
from flows.values import Match, Sighting

Parameters = dict[str, Any]
"""One row as SQLAlchemy takes it: column name to value."""

_DIALECTS: Mapping[str, Any] = MappingProxyType({"sqlite": sqlite, "postgresql": postgresql})


def upsert(connection: Connection, table: Table, rows: Sequence[Parameters]) -> None:
    """Insert rows; those whose primary key is there already get the new values.

    Args:
        connection: In a transaction.
        table: The table.
        rows: With a value, as the driver takes it, for every column.
    """
    if rows:
        _send(connection, _upsert(table, connection.dialect.name), rows)


def insert_rows(connection: Connection, table: Table, rows: Sequence[Parameters]) -> None:
    """Insert rows that are not there, with a value, as the driver takes it, for every column."""
    if rows:
        _send(connection, _insert(table, connection.dialect.name), rows)


def _send(connection: Connection, statement: Compiled, rows: Sequence[Parameters]) -> None:
    """Execute a statement for each row, without what SQLAlchemy does to each value: half of the time."""
    names = getattr(statement, "positiontup", None)
    if names is None:
        connection.exec_driver_sql(str(statement), list(rows))
    else:
        connection.exec_driver_sql(str(statement), [tuple(row[name] for name in names) for row in rows])


@cache
def _insert(table: Table, dialect: str) -> Compiled:
    return _compiled(_DIALECTS[dialect].insert(table), table, dialect)


@cache
def _upsert(table: Table, dialect: str) -> Compiled:
    statement = _DIALECTS[dialect].insert(table)
    keys = [column.name for column in table.primary_key]
    changed = {
        column.name: statement.excluded[column.name] for column in table.columns if column.name not in keys
    }
    if changed:
        statement = statement.on_conflict_do_update(index_elements=keys, set_=changed)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=keys)
    return _compiled(statement, table, dialect)


def _compiled(statement: Any, table: Table, dialect: str) -> Compiled:
    names = [column.name for column in table.columns]
    written: Compiled = statement.compile(dialect=_DIALECTS[dialect].dialect(), column_keys=names)
    return written


def sighting_row(run_id: str, camera_id: int, sighting: Sighting) -> Parameters:
    """The row of `sighting`, without the embedding."""
    return {
        "sighting_id": sighting.sighting_id,
        "run_id": run_id,
        "camera_id": camera_id,
        "enter_time": to_microseconds(sighting.enter_time),
        "exit_time": to_microseconds(sighting.exit_time),
        "direction": sighting.direction,
        "frames": int(sighting.frames),
        "stationary_s": float(sighting.stationary_s),
        "quality": float(sighting.quality),
        "model_id": sighting.model_id,
    }


def gallery_rows(run_id: str, sightings: Iterable[Sighting]) -> list[Parameters]:
    """The embeddings, as little-endian float32."""
    return [
        {
            "sighting_id": sighting.sighting_id,
            "run_id": run_id,
            "exit_time": to_microseconds(sighting.exit_time),
            "embedding": np.ascontiguousarray(sighting.embedding, "<f4").tobytes(),
        }
        for sighting in sightings
        if sighting.embedding is not None
    ]


def match_row(run_id: str, match: Match) -> Parameters:
    """The row of `match`."""
    return {
        "from_sighting": match.from_sighting,
        "to_sighting": match.to_sighting,
        "run_id": run_id,
        "distance": float(match.distance),
        "probability": None if match.probability is None else float(match.probability),
        "travel": to_microseconds(match.travel_s),
    }


def sighting_of(row: Row[Any], embeddings: Mapping[str, bytes]) -> Sighting:
    """Read a row of `sighting`, joined with its camera's name, and its embedding where it is left."""
    values = row._mapping
    embedding = embeddings.get(values["sighting_id"])
    return Sighting(
        sighting_id=values["sighting_id"],
        camera=values["name"],
        enter_time=to_seconds(values["enter_time"]),
        exit_time=to_seconds(values["exit_time"]),
        direction=values["direction"],
        frames=values["frames"],
        stationary_s=values["stationary_s"],
        quality=values["quality"],
        embedding=None if embedding is None else np.frombuffer(embedding, "<f4").astype(np.float32),
        model_id=values["model_id"],
    )


def match_of(row: Row[Any]) -> Match:
    """Read a row of `match`."""
    values = row._mapping
    return Match(
        from_sighting=values["from_sighting"],
        to_sighting=values["to_sighting"],
        distance=values["distance"],
        probability=values["probability"],
        travel_s=to_seconds(values["travel"]),
    )
