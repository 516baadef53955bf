"""Where sightings and journeys are kept: schema, migrations, views and the store the runner writes to."""

from flows.database.address import DatabaseAddress
from flows.database.connection import Database
from flows.database.records import (
    CameraDescription,
    DatabaseSummary,
    Footage,
    OpenSightings,
    RunDescription,
    RunRecord,
    RunState,
    RunSummary,
)
from flows.database.store import FlowStore
from flows.database.summary import summarize

__all__ = [
    "CameraDescription",
    "Database",
    "DatabaseAddress",
    "DatabaseSummary",
    "FlowStore",
    "Footage",
    "OpenSightings",
    "RunDescription",
    "RunRecord",
    "RunState",
    "RunSummary",
    "summarize",
]
