"""The rows of the statistics; field names are the columns, the same as in the SQL views."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar


@dataclass(frozen=True, slots=True)
class CameraCount:
    """Cyclists who entered the view of a camera in one direction.

    Attributes:
        site: Name of the site.
        camera: Camera id.
        direction: Heading; ``any`` at a camera that never saw a cyclist.
        interval_start: UTC.
        interval_end: UTC.
        cyclists: None where nothing was observed.
        coverage: Observed part of the interval, 0..1.
    """

    site: str
    camera: str
    direction: str
    interval_start: datetime
    interval_end: datetime
    cyclists: int | None
    coverage: float


@dataclass(frozen=True, slots=True)
class RouteCount:
    """Journeys over the same cameras in the same order that began in the interval.

    Attributes:
        site: Name of the site.
        route: Camera ids joined by ``>``; a single id for cyclists seen by one camera only.
        interval_start: UTC.
        interval_end: UTC.
        cyclists: Number of journeys.
        share: Of all journeys that began in the interval, 0..1; None where something is withheld or where a
            camera was watched less than half as long as another.
        coverage: Observed part of the interval, 0..1, of the least watched camera of the route; for a single
            camera of the least watched of the site.
    """

    site: str
    route: str
    interval_start: datetime
    interval_end: datetime
    cyclists: int
    share: float | None
    coverage: float


@dataclass(frozen=True, slots=True)
class OdCount:
    """Journeys from one camera to another, whatever lay between, that began in the interval.

    Attributes:
        site: Name of the site.
        origin: First camera.
        destination: Last camera.
        interval_start: UTC.
        interval_end: UTC.
        cyclists: Number of journeys over at least two sightings; None where one of both cameras was not
            watching and nothing can be told.
        coverage: Observed part of the interval, 0..1, of the end that was watched less.
    """

    site: str
    origin: str
    destination: str
    interval_start: datetime
    interval_end: datetime
    cyclists: int | None
    coverage: float


@dataclass(frozen=True, slots=True)
class TravelTime:
    """Travel times between two cameras, from entering the one view to entering the other.

    Attributes:
        site: Name of the site.
        origin: The earlier camera, not necessarily the first of the journey.
        destination: A later camera, not necessarily the next.
        interval_start: UTC; the journey began in the interval.
        interval_end: UTC.
        n: Number of trips that were measured: those that may be told.
        p15_s: 15th percentile, seconds, linearly interpolated.
        median_s: Median, seconds.
        p85_s: 85th percentile, seconds.
        mean_s: Mean, seconds.
        coverage: Observed part of the interval, 0..1, of the camera that was watched less.
    """

    site: str
    origin: str
    destination: str
    interval_start: datetime
    interval_end: datetime
    n: int
    p15_s: float
    median_s: float
    p85_s: float
    mean_s: float
    coverage: float


@dataclass(frozen=True, slots=True)
class CorrectedRouteCount:
    """A route count with what it is worth, given the precision and recall measured at the site.

    Attributes:
        site: Name of the site.
        route: Camera ids joined by ``>``.
        interval_start: UTC.
        interval_end: UTC.
        cyclists: Number of journeys that were counted.
        expected: Number of true journeys to expect.
        low: Lower end of the interval that holds the truth in 95 of 100 cases.
        high: Its upper end.
        coverage: As in a route count.
    """

    site: str
    route: str
    interval_start: datetime
    interval_end: datetime
    cyclists: int
    expected: float
    low: float
    high: float
    coverage: float


@dataclass(frozen=True, slots=True)
class CorrectedCameraCount:
    """A count of a camera, with the number that a spot check makes one expect.

    Attributes:
        site: Name of the site.
        camera: Camera id.
        direction: As in `CameraCount`.
        interval_start: UTC.
        interval_end: UTC.
        cyclists: As the program counted them.
        expected: Corrected by the check; None where none is in force, or nothing was observed.
        low: Lower end of the 95 % interval.
        high: Upper end.
        coverage: Observed part of the interval, 0..1; nothing is scaled up to the whole.
        checks: Numbers of the spot checks that were used, with ``+`` between them.
    """

    site: str
    camera: str
    direction: str
    interval_start: datetime
    interval_end: datetime
    cyclists: int | None
    expected: float | None
    low: float | None
    high: float | None
    coverage: float
    checks: str


AnyRow = CameraCount | RouteCount | OdCount | TravelTime | CorrectedRouteCount | CorrectedCameraCount
"""A row of any of the tables."""

Row = TypeVar("Row", CameraCount, RouteCount, OdCount, TravelTime, CorrectedRouteCount, CorrectedCameraCount)


@dataclass(frozen=True, slots=True)
class Statistics(Generic[Row]):
    """An answer.

    Attributes:
        rows: Sorted by site, place and interval.
        withheld: Whether cells of few cyclists were to be left out. It says what was asked, not what was
            found: even the number of such cells can give one away.
    """

    rows: tuple[Row, ...]
    withheld: bool = False
