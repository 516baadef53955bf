"""What the pages ask of the database: what `pipeline stats` asks, with answers remembered while they hold.

A key holds the question as the server's policy has it, so that nobody is told what others may see.
"""

from collections.abc import Callable, Hashable, Sized
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from threading import BoundedSemaphore, Lock
from typing import Any, TypeVar

from sqlalchemy import text

from flows.database import Database, read_checks
from flows.database.review import SpotCheck
from flows.publishing import Published, published_days
from flows.statistics import (
    CameraCount,
    CorrectedCameraCount,
    CorrectedRouteCount,
    Known,
    Observed,
    OdCount,
    Outage,
    Query,
    Reliability,
    RouteCount,
    Site,
    Standing,
    Statistics,
    TravelTime,
    Unlinked,
    camera_counts,
    corrected_counts,
    corrected_routes,
    observed_times,
    od_matrix,
    outages,
    read_sites,
    route_counts,
    standings,
    travel_times,
    unlinked,
)
from flows.statistics.rows import Row
from pipeline.alarms import Alarm, stored_alarms

AT_ONCE = 8
"""So many questions are asked at once; a pool of connections holds more."""

Found = TypeVar("Found", bound=Sized)


@dataclass(frozen=True, slots=True)
class Policy:
    """What the server shows, whoever asks.

    Attributes:
        min_count: Cells of fewer cyclists are withheld; None: as each site has asked.
        site: The only site that is shown; None for all.
        reliability: Precision and recall of routes, where labelled time told them.
    """

    min_count: int | None = None
    site: str | None = None
    reliability: Reliability | None = None


class Answers:
    """Asks a database, and asks again only when it has changed.

    Every method raises `DatabaseError` where the database cannot be read, and `UsageError` where a query
    names what is not there.

    Args:
        database: Open for reading.
        policy: What is shown.
    """

    def __init__(self, database: Database, policy: Policy) -> None:
        self.policy = policy
        self._database = database
        self._known, self._stamp = Known(), self._present()
        self._guard = Lock()
        self._turns = BoundedSemaphore(AT_ONCE)

    def sites(self) -> tuple[Site, ...]:
        """The sites that are shown, with what of them is withheld."""
        query = Query(site=self.policy.site, min_count=self.policy.min_count)
        return self._ask("sites", query, read_sites)

    def observed(self) -> dict[str, Observed]:
        """The time that the footage of each site spans."""
        return self._ask("observed", None, lambda database, _: observed_times(database))

    def counts(self, query: Query) -> tuple[CameraCount, ...]:
        """Rows of ``camera_counts``."""
        return self._rows("counts", query, camera_counts)

    def routes(self, query: Query) -> tuple[RouteCount, ...]:
        """Rows of ``route_counts``, without what is withheld."""
        return self._rows("routes", query, route_counts)

    def od(self, query: Query) -> tuple[OdCount, ...]:
        """Rows of ``od_matrix``, likewise."""
        return self._rows("od", query, od_matrix)

    def travel_times(self, query: Query) -> tuple[TravelTime, ...]:
        """Rows of ``travel_times``, likewise."""
        return self._rows("travel-times", query, travel_times)

    def corrected(self, query: Query) -> tuple[CorrectedRouteCount, ...]:
        """Routes with the number to expect; empty where nobody labelled any time."""
        reliability = self.policy.reliability
        if reliability is None:
            return ()
        return self._rows(
            "corrected", query, lambda base, asked, known: corrected_routes(base, asked, reliability, known)
        )

    def standings(self, site: str) -> tuple[Standing, ...]:
        """How the cameras of a site are in this minute."""
        return self._ask("standings", self._now(site), lambda base, asked: standings(base, *asked))

    def alarms(self, site: str) -> tuple[Alarm, ...]:
        """What somebody should look at, in this minute."""
        known = self._of_now()
        return self._ask(
            "alarms",
            self._now(site),
            lambda base, asked: stored_alarms(base, asked[0], asked[1], known=known),
            known,
        )

    def _now(self, site: str) -> tuple[Query, datetime]:
        """What is asked of the present: the answer holds for a minute, unless the database changes."""
        return self._held(Query(site=site)), datetime.now(UTC).replace(second=0, microsecond=0)

    def checks(self, site: Site) -> tuple[SpotCheck, ...]:
        """Spot checks of a site, without what was counted in each minute."""
        return self._ask("checks", site.name, read_checks)

    def published(self, site: Site, start: float, end: float) -> tuple[Published, ...]:
        """Days that were published, with what the database says otherwise today."""
        known = self._of_now()
        return self._ask(
            "published",
            (site, start, end),
            lambda base, asked: published_days(base, asked[0], asked[1], asked[2], known),
            known,
        )

    def corrected_counts(self, query: Query) -> tuple[CorrectedCameraCount, ...]:
        """Rows of ``camera_counts``, corrected by the spot checks in force."""
        return self._rows("corrected_counts", query, corrected_counts)

    def corrected_together(self, query: Query) -> tuple[CorrectedCameraCount, ...]:
        """The same with the directions of each camera together."""
        return self._rows("corrected_together", query, partial(corrected_counts, together=True))

    def outages(self, query: Query) -> tuple[Outage, ...]:
        """When cameras did not watch, and why."""
        return self._ask("outages", self._held(query), outages)

    def unlinked(self, query: Query) -> tuple[Unlinked, ...]:
        """Riders of boxes who could not be linked, and why."""
        return self._ask("unlinked", self._held(query), unlinked)

    def _held(self, query: Query) -> Query:
        """The query under the server's policy, which no reader can change."""
        return Query(
            interval=query.interval,
            start=query.start,
            end=query.end,
            site=self.policy.site or query.site,
            cameras=query.cameras,
            min_count=self.policy.min_count,
        )

    def _rows(
        self, table: str, query: Query, ask: Callable[[Database, Query, Known], Statistics[Row]]
    ) -> tuple[Row, ...]:
        known = self._of_now()
        return self._ask(table, self._held(query), lambda base, asked: ask(base, asked, known).rows, known)

    def _ask(
        self, table: str, query: Any, ask: Callable[[Database, Any], Found], known: Known | None = None
    ) -> Found:
        def found() -> Found:
            with self._turns:
                return ask(self._database, query)

        return (known or self._of_now()).of((table, query), found, lambda rows: 3 * len(rows) + 1)

    def _of_now(self) -> Known:
        """What is known of the database as it is; nothing, where it has changed.

        What is still being found of another state is told to those who asked before, and forgotten.
        """
        stamp = self._present()
        with self._guard:
            if stamp != self._stamp:
                self._known, self._stamp = Known(), stamp
            return self._known

    def _present(self) -> Hashable:
        """Something that differs whenever the database has changed."""
        path = self._database.path
        if path is None:
            with self._database.transaction() as connection:
                return str(connection.execute(text("SELECT CAST(pg_current_snapshot() AS TEXT)")).scalar())
        files = (path, path.with_name(path.name + "-wal"))
        states = [file.stat() if file.exists() else None for file in files]
        return tuple((state.st_mtime_ns, state.st_size, state.st_ino) if state else None for state in states)
