"""Where sightings and journeys are kept: schema, migrations, views and the store the runner writes to."""

from flows.database.address import DatabaseAddress
from flows.database.audit import RuleCheck, audit_database
from flows.database.connection import Database
from flows.database.counted import (
    Account,
    CountedSource,
    CountedTime,
    Ledger,
    OpenRun,
    SourceProgress,
    Unobserved,
)
from flows.database.inbox import Delivery, Inbox, Owner
from flows.database.kept import KeptEmbeddings, kept_embeddings, overdue_embeddings
from flows.database.lock import site_lock
from flows.database.look_distances import distance_counts
from flows.database.outbox.outbox import Outbox
from flows.database.outbox.pending import Pending, Watched
from flows.database.ownership import find_revision, is_ours
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
from flows.database.review import read_checks, read_marks
from flows.database.store import FlowStore
from flows.database.summary import summarize
from flows.database.tally import RunTally, runs_of, tally_runs
from flows.database.travelled import travelled

__all__ = [
    "Account",
    "CameraDescription",
    "CountedSource",
    "CountedTime",
    "Database",
    "DatabaseAddress",
    "DatabaseSummary",
    "Delivery",
    "FlowStore",
    "Footage",
    "Inbox",
    "KeptEmbeddings",
    "Ledger",
    "OpenRun",
    "OpenSightings",
    "Outbox",
    "Owner",
    "Pending",
    "Publication",
    "RuleCheck",
    "RunDescription",
    "RunRecord",
    "RunState",
    "RunSummary",
    "RunTally",
    "SourceProgress",
    "Unobserved",
    "Watched",
    "audit_database",
    "distance_counts",
    "find_revision",
    "is_ours",
    "kept_embeddings",
    "overdue_embeddings",
    "read_checks",
    "read_marks",
    "runs_of",
    "site_lock",
    "summarize",
    "tally_runs",
    "travelled",
]
