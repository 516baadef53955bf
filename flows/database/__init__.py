"""Where sightings and journeys are kept: schema, migrations, views and the store the runner writes to."""

from flows.database.address import DatabaseAddress
from flows.database.connection import Database
from flows.database.counted import (
    CountedSource,
    CountedTime,
    Ledger,
    OpenRun,
    SourceProgress,
    Unobserved,
)
from flows.database.ownership import find_revision
from flows.database.records import (
    CameraDescription,
    DatabaseSummary,
    Footage,
    OpenSightings,
    Publication,
    RunDescription,
    RunRecord,
    RunState,
    RunSummary,
)
from flows.database.store import FlowStore
from flows.database.summary import summarize
from flows.database.tally import RunTally, runs_of, tally_runs

__all__ = [
    "CameraDescription",
    "CountedSource",
    "CountedTime",
    "Database",
    "DatabaseAddress",
    "DatabaseSummary",
    "FlowStore",
    "Footage",
    "Ledger",
    "OpenRun",
    "OpenSightings",
    "Publication",
    "RunDescription",
    "RunRecord",
    "RunState",
    "RunSummary",
    "RunTally",
    "SourceProgress",
    "Unobserved",
    "find_revision",
    "runs_of",
    "summarize",
    "tally_runs",
]
