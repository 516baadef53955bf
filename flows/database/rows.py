"""Rows in and out: the values of `flows.values` as parameters of SQL, and back."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

import numpy as np
from sqlalchemy import Column, Connection, LargeBinary, Row, Table
from sqlalchemy.dialects import postgresql

from flows.database.times import to_microseconds, to_seconds
from flows.values import Journey, Match, Sighting

Parameters = dict[str, Any]
"""One row as SQLAlchemy takes it: column name to value."""


def upsert(connection: Connection, table: Table, rows: Sequence[Parameters]) -> None:
    """Insert rows; those whose primary key is there already get the new values.

    Args:
        connection: In a transaction.
        table: The table.
        rows: With a value, as the driver takes it, for every column; of the same key the last one stays.
    """
    keys = itemgetter(*(column.name for column in table.primary_key))
    unique = list({keys(row): row for row in rows}.values())
    if unique:
        _send(connection, _statement(table, connection.dialect.name, _on_conflict(table)), table, unique)


def insert_rows(connection: Connection, table: Table, rows: Sequence[Parameters]) -> None:
    """Insert rows that are not there, with a value, as the driver takes it, for every column."""
    if rows:
        _send(connection, _statement(table, connection.dialect.name, ""), table, rows)


def insert_columns(connection: Connection, table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    """Insert rows that are not there, given as the values of every column."""
    values = [columns[column.name] for column in table.columns]
    if values[0]:
        _send_columns(connection, _statement(table, connection.dialect.name, ""), values)


def _send(connection: Connection, statement: str, table: Table, rows: Sequence[Parameters]) -> None:
    _send_columns(connection, statement, [[row[column.name] for row in rows] for column in table.columns])


def _send_columns(connection: Connection, statement: str, columns: list[Sequence[Any]]) -> None:
    """Execute a statement for all rows, without what SQLAlchemy does to each value: half of the time."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(statement, tuple(columns))
    else:
        connection.exec_driver_sql(statement, list(zip(*columns, strict=True)))


@cache
def _statement(table: Table, dialect: str, on_conflict: str) -> str:
    """SQLite takes one row after the other; a server all of them at once, as an array for each column."""
    names = ", ".join(column.name for column in table.columns)
    if dialect == "postgresql":
        arrays = ", ".join(map(_array, table.columns))
        return f"INSERT INTO {table.name} ({names}) SELECT * FROM unnest({arrays}){on_conflict}"
    places = ", ".join("?" for _ in table.columns)
    return f"INSERT INTO {table.name} ({names}) VALUES ({places}){on_conflict}"


def _array(column: Column[Any]) -> str:
    """A parameter; bytes are sent as they are, not spelled out."""
    place = "%b" if isinstance(column.type, LargeBinary) else "%s"
    dialect: Any = postgresql.dialect
    return f"CAST({place} AS {column.type.compile(dialect())}[])"


@cache
def _on_conflict(table: Table) -> str:
    keys = [column.name for column in table.primary_key]
    changed = [column.name for column in table.columns if column.name not in keys]
    change = (
        "UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in changed) if changed else "NOTHING"
    )
    return f" ON CONFLICT ({', '.join(keys)}) DO {change}"


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


def journey_row(run_id: str, journey: Journey) -> Parameters:
    """The row of `journey`."""
    return {"journey_id": journey.journey_id, "run_id": run_id}


def stop_rows(journey: Journey) -> list[Parameters]:
    """The rows of `journey_stop` of a journey, in order."""
    return [
        {"journey_id": journey.journey_id, "stop": stop, "sighting_id": one.sighting_id}
        for stop, one in enumerate(journey.sightings)
    ]


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
