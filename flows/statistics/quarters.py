"""Reads numbers by quarter of an hour as arrays: a month of a city has a hundred thousand of them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy import Column, ColumnElement, Connection, Text, cast, func, select

from flows.database.rollups.quarters import QUARTER_US
from flows.statistics.sites import Period
from tracking.arrays import IntArray

_ROOM = 2**31
"""Numbers of a quarter are smaller: cyclists, and microseconds of a quarter."""


def read_quarters(
    connection: Connection, number: Column[int], cameras: Sequence[int], period: Period, *by: Column[Any]
) -> dict[tuple[Any, ...], tuple[IntArray, IntArray]]:
    """Read a column of a table that has a row for each camera and quarter.

    The database joins the numbers into one text for each key, which takes a third of the time of a row each.

    Args:
        connection: To the database.
        number: What is read, 0 or more.
        cameras: Keys of the cameras.
        period: The quarters that begin in it.
        by: More columns that tell rows of a camera and quarter apart.

    Returns:
        Camera and `by` → (N,) beginnings of the quarters in order, microseconds, and (N,) numbers.
    """
    of = number.table.c
    keys = (of.camera_id, *by)
    query = (
        select(*keys, joined(of.bin, number))
        .where(of.camera_id.in_(cameras), of.bin >= period.start, of.bin < period.end)
        .group_by(*keys)
    )
    return {tuple(key): taken_apart(text) for *key, text in connection.execute(query).all()}


def joined(moment: Column[int], number: Column[int]) -> ColumnElement[str]:
    """The moments and numbers of a group as one text; moments begin a quarter, numbers are 0 or more."""
    return func.aggregate_strings(cast(moment // QUARTER_US * _ROOM + number, Text), ",")


def taken_apart(text: str) -> tuple[IntArray, IntArray]:
    """The (N,) moments of such a text in order, microseconds, and the (N,) numbers."""
    quarter, value = np.divmod(np.sort(np.fromstring(text, np.int64, sep=",")), _ROOM)
    return quarter * QUARTER_US, value
