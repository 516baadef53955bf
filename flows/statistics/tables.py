"""The four tables by the names of the command line."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from flows.database import Database
from flows.statistics.counts import camera_counts
from flows.statistics.query import Query
from flows.statistics.routes import od_matrix, route_counts
from flows.statistics.rows import AnyRow, CameraCount, OdCount, RouteCount, Statistics, TravelTime
from flows.statistics.travel_times import travel_times


@dataclass(frozen=True, slots=True)
class StatisticsTable:
    """One of the tables.

    Attributes:
        ask: Answers a query.
        row: Kind of its rows, whose fields are the columns.
    """

    ask: Callable[[Database, Query], Statistics[Any]]
    row: type[AnyRow]


TABLES: Mapping[str, StatisticsTable] = MappingProxyType(
    {
        "counts": StatisticsTable(camera_counts, CameraCount),
        "routes": StatisticsTable(route_counts, RouteCount),
        "od": StatisticsTable(od_matrix, OdCount),
        "travel-times": StatisticsTable(travel_times, TravelTime),
    }
)
"""The tables by name."""
