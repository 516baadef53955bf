"""Whether a run works, and whether it has what it needs: what ``/healthz`` and ``/readyz`` answer."""

from dataclasses import dataclass
from typing import Any

from pipeline.monitor.probe import DatabaseReading
from pipeline.telemetry.states import RunReadings


@dataclass(frozen=True, slots=True)
class Verdict:
    """An answer.

    Attributes:
        good: Whether all is well.
        body: What it rests on, for JSON.
    """

    good: bool
    body: dict[str, Any]


def health_of(run: RunReadings) -> Verdict:
    """Whether the main loop goes round; one that does not is mended by a restart."""
    body = {
        "status": "works" if run.is_alive else "stuck",
        "last_beat_s": round(run.beat_age_s, 3),
        "limit_s": round(run.beat_limit_s, 3),
    }
    return Verdict(run.is_alive, body)


def readiness_of(run: RunReadings, database: DatabaseReading) -> Verdict:
    """Whether the database answers and at least one camera is seen.

    One camera of several that is away makes nothing unready: a restart would not bring it back, and the
    others are counted. It is named, and an alarm of its own.
    """
    seen = sorted(name for name, camera in run.cameras.items() if camera.connected)
    unseen = {
        name: camera.reason or "" for name, camera in sorted(run.cameras.items()) if not camera.connected
    }
    good = database.reachable and bool(seen)
    body = {
        "status": "ready" if good else "not ready",
        "database": {"reachable": database.reachable, "reason": database.reason},
        "cameras": {"seen": seen, "not_seen": unseen},
    }
    return Verdict(good, body)
