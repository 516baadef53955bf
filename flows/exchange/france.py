"""Counts by the French national scheme: sites, channels and measures.

Written after version 0.2.5 of ``schema-comptage-mobilites`` of schema.data.gouv.fr, and valid by 0.2.3 and
0.2.4 too. A counting site of the scheme is one of our cameras, a channel one direction of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from flows.exchange.passages import Passages, csv_text, passages_of
from flows.statistics import CameraCount, CorrectedCameraCount, Interval, Observed, Site, utc_text
from tracking.errors import UsageError

SITES = (
    "site_id",
    "parent_site_id",
    "site_name",
    "fr_insee_code",
    "xlong",
    "ylat",
    "external_ids",
    "infrastructure_type",
)
"""Columns of ``sites.csv``."""

CHANNELS = (
    "channel_id",
    "channel_provider_id",
    "site_provider_id",
    "site_id",
    "mobility_type",
    "comment",
    "counter_transmission_type",
    "publication_transmission_type",
    "counter_type",
    "direction",
    "provider_direction_code",
    "provider_direction_name",
    "data_provider_name",
    "temporality",
    "started_at",
    "ended_at",
    "last_updated_at",
    "time_step",
    "provider_portal_url",
)
"""Columns of ``channels.csv``."""

MEASURES = ("channel_id", "counter_id", "start_datetime", "end_datetime", "count")
"""Columns of ``measures.csv``."""


def french_files(
    rows: Sequence[CameraCount],
    site: Site,
    observed: Observed,
    interval: Interval,
    least_coverage: float,
    temporary: bool,
    corrected: Sequence[CorrectedCameraCount] | None = None,
) -> dict[str, str]:
    """Write the three files.

    The scheme has one number for each measure. So corrected numbers are channels of their own, whose names
    end with ``:corrected``, and the comment of every channel says which of both it has.

    Args:
        rows: Counts of one site.
        site: The site.
        observed: The time that its footage spans.
        interval: Length of the intervals.
        least_coverage: An interval that was watched less has no number, for the scheme cannot say how much
            was watched.
        temporary: The cameras stand there for a while only.
        corrected: The same counts corrected by spot checks: they stand where what was counted would, and a
            measure without a check has no number. None: what was counted.

    Returns:
        Name of the file → its text.

    Raises:
        UsageError: A camera has no location, or the interval is the whole time.
    """
    if interval is Interval.TOTAL:
        raise UsageError(
            "--interval total has no step of time, which this scheme needs; give 15min, 1h or 1d"
        )
    passages, figures = passages_of(rows), _Figures.of(corrected)
    cameras = {one.camera for one in passages}
    return {
        "sites.csv": csv_text(SITES, list(_sites(site, cameras))),
        "channels.csv": csv_text(CHANNELS, list(_channels(passages, figures, observed, interval, temporary))),
        "measures.csv": csv_text(MEASURES, _measures(passages, figures, least_coverage)),
    }


@dataclass(frozen=True, slots=True)
class _Figures:
    """The numbers of the measures.

    Attributes:
        corrected: By camera, direction and beginning; None where what was counted is told.
    """

    corrected: Mapping[tuple[str, str, datetime], CorrectedCameraCount] | None

    @classmethod
    def of(cls, rows: Sequence[CorrectedCameraCount] | None) -> Self:
        """Take corrected rows, or None."""
        if rows is None:
            return cls(None)
        return cls({(row.camera, row.direction, row.interval_start): row for row in rows})

    def channel(self, camera: str, direction: str) -> str:
        """Its name."""
        return f"{camera}:{direction}" if self.corrected is None else f"{camera}:{direction}:corrected"

    def number(self, one: Passages, direction: str) -> object:
        """What stands as ``count``; None where nothing is known."""
        if self.corrected is None:
            return one.directions.get(direction)
        row = self.corrected.get((one.camera, direction, one.start))
        return None if row is None or row.expected is None else f"{row.expected:.1f}"

    def comment(self, camera: str, direction: str) -> str:
        """What the numbers of a channel are."""
        if self.corrected is None:
            return "as counted by the program, not corrected"
        rows = [row for key, row in self.corrected.items() if key[:2] == (camera, direction)]
        checks = {number for row in rows if row.expected is not None for number in row.checks.split("+")}
        if not checks:
            return "no spot check holds, so there are no corrected numbers"
        names = ", ".join(sorted(checks, key=int))
        return f"corrected by spot checks by hand (number {names}); empty where none holds"


def _sites(site: Site, cameras: set[str]) -> Iterator[Sequence[object]]:
    for camera in site.cameras:
        if camera.name not in cameras:
            continue
        if camera.location is None:
            raise UsageError(
                f"camera '{camera.name}' has no location, which this scheme needs; give it in "
                "the site file (location: [lat, lon]) and run it again"
            )
        latitude, longitude = camera.location
        yield (camera.name, None, camera.name, None, f"{longitude:.6f}", f"{latitude:.6f}", None, None)


def _channels(
    passages: Sequence[Passages], figures: _Figures, observed: Observed, interval: Interval, temporary: bool
) -> Iterator[Sequence[object]]:
    until = max((one.end for one in passages), default=observed.end)
    for camera, directions in _directions(passages).items():
        for direction in directions:
            told: Mapping[str, object] = {
                "channel_id": figures.channel(camera, direction),
                "site_id": camera,
                "mobility_type": "BIKE",
                "comment": figures.comment(camera, direction),
                "counter_type": "VIDEO SENSOR",
                "provider_direction_code": direction,
                "temporality": "TEMPORARY" if temporary else "PERMANENT",
                "started_at": _moment(observed.start),
                "last_updated_at": _moment(min(until, observed.end)),
                "time_step": round(interval.longest_s),
            }
            yield [told.get(name) for name in CHANNELS]


def _directions(passages: Sequence[Passages]) -> dict[str, list[str]]:
    """Directions of each camera; one that was never watched has none, and so no channel."""
    found: dict[str, set[str]] = {}
    for one in passages:
        found.setdefault(one.camera, set()).update(one.directions)
    return {camera: sorted(names) for camera, names in found.items()}


def _measures(
    passages: Sequence[Passages], figures: _Figures, least_coverage: float
) -> Iterator[Sequence[object]]:
    directions = _directions(passages)
    for one in passages:
        counted = one.coverage >= least_coverage and one.coverage > 0
        for direction in directions[one.camera]:
            number = figures.number(one, direction) if counted else None
            bounds = (_moment(one.start), _moment(one.end))
            yield (figures.channel(one.camera, direction), one.camera, *bounds, number)


def _moment(moment: datetime) -> str:
    """ISO 8601 in UTC, in whole seconds."""
    return utc_text(moment).replace(" ", "T") + "Z"
