"""What runner and store tell each other about footage that was counted."""

from dataclasses import dataclass

from flows.values import Sighting


@dataclass(frozen=True, slots=True)
class CountedSource:
    """What was counted of one source; a source that was read in two parts is two of these.

    Attributes:
        run_id: Run that counted it.
        camera: Id of the camera.
        name: File name; empty where only the time is known.
        digest: Of the recording; empty where only the time is known.
        start: First moment counted, seconds since the epoch; None where nothing was counted yet.
        end: Behind the last moment counted; None where nothing was counted yet.
        complete: Whether its end was reached; also said of all sources of a finished run without times.
        settings: Digest of the settings it was counted with; None for a run of an older version.
    """

    run_id: str
    camera: str
    name: str
    digest: str
    start: float | None
    end: float | None
    complete: bool
    settings: str | None


@dataclass(frozen=True, slots=True)
class OpenRun:
    """A run that was not finished.

    Attributes:
        run_id: Its id.
        fingerprint: What it is resumed by.
        settings: Digest of its settings; None for a run of an older version.
        purged: It lost its embeddings and can only begin anew.
    """

    run_id: str
    fingerprint: str
    settings: str | None
    purged: bool


@dataclass(frozen=True, slots=True)
class Ledger:
    """What a database knows of a site's footage.

    Attributes:
        sources: In order of camera and time.
        open_runs: Unfinished ones over recorded footage, in order of their start.
        cameras: Every camera that the site has in the database.
        live_runs: Unfinished ones that watch streams, in order of their start.
    """

    sources: tuple[CountedSource, ...] = ()
    open_runs: tuple[OpenRun, ...] = ()
    cameras: tuple[str, ...] = ()
    live_runs: tuple[OpenRun, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceProgress:
    """How far a source was counted.

    Attributes:
        name: Of the source.
        digest: Of the source.
        start: First moment counted by this run, seconds since the epoch; None where nothing was.
        end: Behind the last moment counted; None where nothing was.
        frames: Frames decoded.
        complete: Whether its end was reached.
    """

    name: str
    digest: str
    start: float | None
    end: float | None
    frames: int
    complete: bool


@dataclass(frozen=True, slots=True)
class Unobserved:
    """A stretch of time in which a camera's footage showed nothing usable.

    Attributes:
        start: Seconds since the epoch.
        end: Seconds since the epoch.
        reason: One word, such as ``frozen``.
    """

    start: float
    end: float
    reason: str


@dataclass(frozen=True, slots=True)
class Account:
    """What a camera accounts for beside its new sightings.

    Attributes:
        sources: How far each source that was touched since the last time was counted.
        unobserved: Stretches of time that showed nothing usable.
        carried: Sightings of an earlier run that lasted longer than its footage, as they are now; they stay
            in the journeys they are in.
        retracted: Ids of such sightings that are none after all.
    """

    sources: tuple[SourceProgress, ...] = ()
    unobserved: tuple[Unobserved, ...] = ()
    carried: tuple[Sighting, ...] = ()
    retracted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CountedTime:
    """A stretch of a camera's time, to be taken out of the database.

    Attributes:
        camera: Id of the camera.
        start: Seconds since the epoch.
        end: Seconds since the epoch, exclusive.
    """

    camera: str
    start: float
    end: float
