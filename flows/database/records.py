"""What the runner and the store tell each other."""

from dataclasses import dataclass
from enum import StrEnum

from flows.database.counted import CountedTime
from flows.values import Match, Sighting


@dataclass(frozen=True, slots=True)
class Footage:
    """One recorded source of a camera.

    Attributes:
        name: File name for messages; without folder and credentials.
        digest: Says whether two sources are the same recording, wherever they lie and whatever their name.
        start: When it begins, seconds since the epoch; None where only the digest can tell whether it was
            counted before.
    """

    name: str
    digest: str
    start: float | None = None


@dataclass(frozen=True, slots=True)
class CameraDescription:
    """One camera of a run.

    Attributes:
        camera: Id in the site file.
        location: Latitude and longitude, degrees (WGS 84); None where unknown.
        footage: What the run reads from it; empty for a live stream, which no other run can read again.
    """

    camera: str
    location: tuple[float, float] | None = None
    footage: tuple[Footage, ...] = ()


@dataclass(frozen=True, slots=True)
class Publication:
    """How a site wants its statistics published.

    Attributes:
        min_count: Cells of fewer cyclists are withheld.
        interval: Length of an interval, such as ``15min``.
        chosen: Names of the values that somebody asked for. The others are defaults: a new site begins
            with them, a site that is known keeps its own.
    """

    min_count: int
    interval: str
    chosen: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RunDescription:
    """What a run is about to do.

    Attributes:
        site: Name of the site.
        timezone: IANA name of the site's time zone.
        cameras: Every camera of the site file.
        fingerprint: Digest of configuration and footage: equal fingerprints mean equal results. A live run
            puts its moment of start into it.
        started: Wall clock, seconds since the epoch.
        live: Embeddings age by the wall clock; else by event time behind the watermark.
        gallery_ttl_s: Seconds for which an embedding may stay: the longest plausible travel time.
        publication: What the database is to remember of the site's statistics; None leaves it as it is.
        settings: Digest of what decides the result apart from the footage; None where nobody says.
        removed: Counted time to delete in the same transaction, before the run begins.
    """

    site: str
    timezone: str
    cameras: tuple[CameraDescription, ...]
    fingerprint: str
    started: float
    live: bool = False
    gallery_ttl_s: float = 1200.0
    publication: Publication | None = None
    settings: str | None = None
    removed: tuple[CountedTime, ...] = ()


class RunState(StrEnum):
    """What `FlowStore.begin_run` found."""

    NEW = "new"
    RESUMED = "resumed"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run in the database.

    Attributes:
        run_id: 32 random hexadecimal digits.
        state: Whether it starts, goes on, or has nothing left to do.
        publication_changed: The site was known and is published in another way from now on.
        unlinkable: Sightings of a resumed run whose embeddings were deleted by the wall clock before the
            matcher was done with them; they are counted, but not linked any more.
    """

    run_id: str
    state: RunState
    publication_changed: bool = False
    unlinkable: int = 0


@dataclass(frozen=True, slots=True)
class OpenSightings:
    """What the matcher had in hand when the run was last saved.

    Attributes:
        sightings: Those in no stored journey, by enter time and id; without embedding where it was deleted.
        matches: Stored links between them, in the same order.
        watermark: Event time up to which matching was saved, seconds; None before the first time.
    """

    sightings: tuple[Sighting, ...]
    matches: tuple[Match, ...]
    watermark: float | None


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A line of ``pipeline db info``.

    Attributes:
        run_id: Random id.
        site: Name of the site.
        complete: Whether it was finished.
        started: Wall clock, seconds since the epoch.
        sightings: Rows of this run.
        journeys: Rows of this run.
        embeddings: Rows still in the gallery.
        unlinkable: Riders that boxes told of too late to be linked.
    """

    run_id: str
    site: str
    complete: bool
    started: float
    sightings: int
    journeys: int
    embeddings: int
    unlinkable: int = 0


@dataclass(frozen=True, slots=True)
class DatabaseSummary:
    """What ``pipeline db info`` shows.

    Attributes:
        name: The database, without credentials.
        revision: Its schema.
        runs: In order of their start.
    """

    name: str
    revision: str
    runs: tuple[RunSummary, ...]
