"""The SQL of the views: the same rows, to the last digit, in SQLite and PostgreSQL.

Four of them read roll-ups (see `flows.database.rollups`), so that what is asked of a day costs what the day
holds: they begin with the quarters, which an index finds by the text that is asked for. ``CROSS JOIN`` keeps
SQLite to that order; PostgreSQL chooses its own. Both dialects share everything but two expressions: how a
time becomes text, and the smaller of two numbers. Sums stay in whole microseconds and are divided once, at
the end.
"""

from flows.database.rollups.quarters import QUARTER_US

VIEWS = ("journeys_flat", "camera_counts", "route_counts", "od_matrix", "travel_times")
"""Names, in an order in which they can be created."""


def view_definition(name: str, dialect: str) -> str:
    """Write the SELECT behind a view.

    Args:
        name: One of `VIEWS`.
        dialect: ``sqlite`` or ``postgresql``.
    """
    if name == "journeys_flat":
        return _journeys_flat(dialect)
    return _VIEWS[name].replace(_LEAST_OF, _FUNCTIONS[dialect])


def _utc_text(time: str, dialect: str) -> str:
    """Microseconds as ``YYYY-MM-DD HH:MM:SS``, UTC, just as the index of the schema has it."""
    if dialect == "sqlite":
        seconds = f"({_floor(time, 1_000_000)}) / 1000000"
        return f"datetime({seconds}, 'unixepoch')"
    return f"fietsflow_text({time})"


def _floor(time: str, step: int) -> str:
    """The last multiple of `step` that is not later, before 1970 too."""
    return f"{time} - (({time}) % {step} + {step}) % {step}"


def _double(number: str) -> str:
    return f"CAST({number} AS DOUBLE PRECISION)"


def _journeys_flat(dialect: str) -> str:
    # A sighting is of the run of its journey, and a match holds the time from the sighting before: to look
    # these up by their own keys would double what a row costs.
    return f"""
SELECT site.name AS site, sighting.run_id AS run, journey_stop.journey_id AS journey,
       journey_stop.stop + 1 AS stop, camera.name AS camera, sighting.direction,
       {_utc_text("sighting.enter_time", dialect)} AS enter_time,
       {_utc_text("sighting.exit_time", dialect)} AS exit_time,
       {_double("sighting.exit_time - sighting.enter_time")} / 1000000 AS duration_s,
       {_double("match.travel")} / 1000000 AS travel_s,
       match.distance, match.probability
FROM sighting
JOIN journey_stop ON journey_stop.sighting_id = sighting.sighting_id
JOIN camera ON camera.camera_id = sighting.camera_id
JOIN site ON site.site_id = camera.site_id
LEFT JOIN match ON match.to_sighting = sighting.sighting_id AND journey_stop.stop > 0"""


def _part(observed: str) -> str:
    """Observed part of an interval, 0..1."""
    return f"{_double(observed)} / {QUARTER_US}"


_LEAST_OF = "least_of"
_FUNCTIONS = {"sqlite": "MIN", "postgresql": "LEAST"}
"""The smaller of two numbers, in each dialect."""

_WATCHING = """
watching AS (
    SELECT camera.site_id, COUNT(*) AS all_cameras,
           SUM(CASE WHEN EXISTS (SELECT 1 FROM coverage WHERE coverage.camera_id = camera.camera_id)
               THEN 1 ELSE 0 END) AS cameras
    FROM camera GROUP BY camera.site_id
)"""
"""How many cameras a site has, and how many of them were ever observed."""

_EVERYBODY = f"watched.least = {QUARTER_US} AND watched.cameras = watching.all_cameras"
"""Whether each camera of the site watched all the time, as most of the time: then none is looked up."""

_WATCH = """
LEFT JOIN watching ON watching.site_id = site.site_id
LEFT JOIN watched ON watched.site_id = site.site_id AND watched.bin = quarter.bin"""


def _observed(camera: str) -> str:
    """Observed time of a camera; a server would rather read those of all time than look each up."""
    return f"(SELECT observed FROM covered WHERE camera_id = {camera} AND covered.bin = quarter.bin)"


_LEAST = """CASE WHEN COALESCE(watched.cameras, 0) < COALESCE(NULLIF(watching.cameras, 0), 1) THEN 0
    ELSE watched.least END"""
"""Time of the least watched camera of a site, of those that were ever observed."""

_WATCHED_HERE = f"CASE WHEN {_EVERYBODY} THEN {QUARTER_US} ELSE {_observed('headings.camera_id')} END"

_CAMERA_COUNTS = f"""
WITH RECURSIVE {_WATCHING},
headings AS (
    SELECT camera_id, site_id, name, 0 AS place,
           (SELECT MIN(direction) FROM seen WHERE seen.camera_id = camera.camera_id) AS direction
    FROM camera
    UNION ALL
    SELECT camera_id, site_id, name, place + 1,
           (SELECT MIN(seen.direction) FROM seen
            WHERE seen.camera_id = headings.camera_id AND seen.direction > headings.direction)
    FROM headings WHERE direction IS NOT NULL
)
SELECT site.name AS site, headings.name AS camera, COALESCE(headings.direction, 'any') AS direction,
       quarter.interval_start, quarter.interval_end,
       CASE WHEN {_WATCHED_HERE} > 0 THEN COALESCE(
           (SELECT cyclists FROM seen WHERE seen.camera_id = headings.camera_id AND seen.bin = quarter.bin
            AND seen.direction = headings.direction), 0) END AS cyclists,
       COALESCE({_part(_WATCHED_HERE)}, 0.0) AS coverage
FROM quarter CROSS JOIN site CROSS JOIN watched CROSS JOIN headings
LEFT JOIN watching ON watching.site_id = site.site_id
WHERE watched.site_id = site.site_id AND watched.bin = quarter.bin AND headings.site_id = site.site_id
    AND (headings.direction IS NOT NULL OR headings.place = 0)"""

_ROUTE_COUNTS = f"""
WITH {_WATCHING}
SELECT site.name AS site, route.name AS route, quarter.interval_start, quarter.interval_end,
       route_count.cyclists,
       CASE WHEN 2 * {_LEAST} >= COALESCE(watched.most, 0)
            THEN {_double("route_count.cyclists")} / {_double("route_count.journeys")} END AS share,
       CASE WHEN {_EVERYBODY} THEN 1.0 WHEN route.stops > 1 THEN
           (SELECT {_part("MIN(COALESCE(covered.observed, 0))")}
            FROM route_stop LEFT JOIN covered
                ON covered.camera_id = route_stop.camera_id AND covered.bin = route_count.bin
            WHERE route_stop.route_id = route_count.route_id)
       ELSE {_part(_LEAST)} END AS coverage
FROM quarter CROSS JOIN site CROSS JOIN route_count CROSS JOIN route{_WATCH}
WHERE route_count.site_id = site.site_id AND route_count.bin = quarter.bin
    AND route.route_id = route_count.route_id"""


_LESS_COVERED = f"""CASE WHEN {_EVERYBODY} THEN {QUARTER_US}
    ELSE {_LEAST_OF}(COALESCE({_observed("origin.camera_id")}, 0),
                     COALESCE({_observed("destination.camera_id")}, 0)) END"""
"""Observed time of the end that was watched less."""

_OD_COLUMNS = """site.name AS site, origin.name AS origin, destination.name AS destination,
       quarter.interval_start, quarter.interval_end"""

_OD_MATRIX = f"""
WITH RECURSIVE {_WATCHING},
pairs AS (
    SELECT camera.camera_id AS origin_id,
           (SELECT MIN(destination_id) FROM od_count WHERE od_count.origin_id = camera.camera_id)
               AS destination_id
    FROM camera
    UNION ALL
    SELECT origin_id,
           (SELECT MIN(od_count.destination_id) FROM od_count
            WHERE od_count.origin_id = pairs.origin_id AND od_count.destination_id > pairs.destination_id)
    FROM pairs WHERE destination_id IS NOT NULL
)
SELECT {_OD_COLUMNS}, od_count.cyclists, {_part(_LESS_COVERED)} AS coverage
FROM quarter CROSS JOIN site CROSS JOIN od_count
CROSS JOIN camera AS origin CROSS JOIN camera AS destination{_WATCH}
WHERE od_count.site_id = site.site_id AND od_count.bin = quarter.bin
    AND origin.camera_id = od_count.origin_id AND destination.camera_id = od_count.destination_id
UNION ALL
SELECT {_OD_COLUMNS}, CASE WHEN {_LESS_COVERED} > 0 THEN 0 END, {_part(_LESS_COVERED)} AS coverage
FROM quarter CROSS JOIN site CROSS JOIN watched
CROSS JOIN camera AS origin CROSS JOIN pairs CROSS JOIN camera AS destination
LEFT JOIN watching ON watching.site_id = site.site_id
LEFT JOIN od_count AS told
    ON told.site_id = site.site_id AND told.bin = quarter.bin
    AND told.origin_id = pairs.origin_id AND told.destination_id = pairs.destination_id
WHERE watched.site_id = site.site_id AND watched.bin = quarter.bin
    AND origin.site_id = site.site_id AND pairs.origin_id = origin.camera_id
    AND destination.camera_id = pairs.destination_id
    AND {_LEAST} < {QUARTER_US} AND told.bin IS NULL AND {_LESS_COVERED} < {QUARTER_US}"""


def _percentile(percent: int) -> str:
    return f"{_double(f'p{percent}')} / 100000000"


_TRAVEL_TIMES = f"""
WITH {_WATCHING}
SELECT {_OD_COLUMNS}, travel_time.trips AS n,
       {_percentile(15)} AS p15_s, {_percentile(50)} AS median_s, {_percentile(85)} AS p85_s,
       {_double("travel_time.total")} / travel_time.trips / 1000000 AS mean_s,
       {_part(_LESS_COVERED)} AS coverage
FROM quarter CROSS JOIN site CROSS JOIN travel_time
CROSS JOIN camera AS origin CROSS JOIN camera AS destination{_WATCH}
WHERE travel_time.site_id = site.site_id AND travel_time.bin = quarter.bin
    AND origin.camera_id = travel_time.origin_id AND destination.camera_id = travel_time.destination_id"""

_VIEWS = {
    "camera_counts": _CAMERA_COUNTS,
    "route_counts": _ROUTE_COUNTS,
    "od_matrix": _OD_MATRIX,
    "travel_times": _TRAVEL_TIMES,
}
