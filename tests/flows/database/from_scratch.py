"""What the views have to show, computed from all passages and journeys: slow, and without any roll-up."""

from itertools import groupby

from sqlalchemy import Connection, text

from flows.statistics.sites import Period, Site
from flows.statistics.trips import Trip

INTERVAL_US = 900_000_000


def rows_from_scratch(connection: Connection) -> dict[str, list[tuple[object, ...]]]:
    """The rows of four views, sorted."""
    dialect = connection.dialect.name
    definitions = {
        "camera_counts": _camera_counts(dialect),
        "route_counts": _route_counts(dialect),
        "od_matrix": _od_matrix(dialect),
        "travel_times": _travel_times(dialect),
    }
    return {name: sorted_rows(connection, query) for name, query in definitions.items()}


def sorted_rows(connection: Connection, query: str) -> list[tuple[object, ...]]:
    rows = connection.execute(text(query.replace(":", r"\:"))).all()
    return sorted((tuple(row) for row in rows), key=str)


def _utc_text(time: str, dialect: str) -> str:
    """Microseconds as ``YYYY-MM-DD HH:MM:SS``, UTC."""
    seconds = f"({_floor(time, 1_000_000)}) / 1000000"
    if dialect == "sqlite":
        return f"datetime({seconds}, 'unixepoch')"
    return f"to_char(to_timestamp({seconds}) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')"


def _floor(time: str, step: int) -> str:
    """The last multiple of `step` that is not later, before 1970 too."""
    return f"{time} - (({time}) % {step} + {step}) % {step}"


def _double(number: str) -> str:
    return f"CAST({number} AS DOUBLE PRECISION)"


def _interval_columns(dialect: str, column: str = "bin") -> str:
    start, end = _utc_text(column, dialect), _utc_text(f"{column} + {INTERVAL_US}", dialect)
    return f"{start} AS interval_start, {end} AS interval_end"


_STOPS = """
stops AS (
    SELECT site.site_id, site.name AS site, journey_stop.journey_id, journey_stop.stop,
           camera.camera_id, camera.name AS camera, sighting.enter_time,
           MIN(sighting.enter_time) OVER journeys AS journey_start,
           COUNT(*) OVER journeys AS stop_count
    FROM journey_stop
    JOIN sighting ON sighting.sighting_id = journey_stop.sighting_id
    JOIN camera ON camera.camera_id = sighting.camera_id
    JOIN site ON site.site_id = camera.site_id
    WINDOW journeys AS (PARTITION BY journey_stop.journey_id)
)"""


_COVERED = f"""
pieces AS (
    SELECT camera_id, start_time, end_time,
           MAX(end_time) OVER (PARTITION BY camera_id ORDER BY start_time, end_time
                               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
    FROM coverage
),
observed AS (
    SELECT camera_id, CASE WHEN reached > start_time THEN reached ELSE start_time END AS start_time, end_time
    FROM pieces WHERE reached IS NULL OR reached < end_time
),
cut AS (
    SELECT camera_id, start_time, end_time, {_floor("start_time", INTERVAL_US)} AS bin FROM observed
    UNION ALL
    SELECT camera_id, start_time, end_time, bin + {INTERVAL_US} FROM cut WHERE bin + {INTERVAL_US} < end_time
),
covered AS (
    SELECT camera_id, bin,
           SUM(CASE WHEN end_time < bin + {INTERVAL_US} THEN end_time ELSE bin + {INTERVAL_US} END
               - CASE WHEN start_time > bin THEN start_time ELSE bin END) AS observed_us
    FROM cut GROUP BY camera_id, bin
)"""

_BINS = f"""
footage_bins AS (
    SELECT camera_id, bin FROM covered UNION ALL
    SELECT camera_id, {_floor("start_time", INTERVAL_US)} FROM unobserved UNION ALL
    SELECT camera_id, {_floor("end_time - 1", INTERVAL_US)} FROM unobserved
),
bins AS (
    SELECT camera.site_id, MIN(footage_bins.bin) AS bin, MAX(footage_bins.bin) AS last_bin
    FROM footage_bins JOIN camera ON camera.camera_id = footage_bins.camera_id GROUP BY camera.site_id
    UNION ALL
    SELECT site_id, bin + {INTERVAL_US}, last_bin FROM bins WHERE bin < last_bin
)"""

_WATCHED = """
watching AS (
    SELECT camera.site_id, COUNT(*) AS cameras
    FROM camera WHERE camera_id IN (SELECT camera_id FROM coverage) GROUP BY camera.site_id
),
watched AS (
    SELECT camera.site_id, covered.bin, MAX(observed_us) AS most_us,
           CASE WHEN COUNT(*) < MAX(watching.cameras) THEN 0 ELSE MIN(observed_us) END AS least_us
    FROM covered
    JOIN camera ON camera.camera_id = covered.camera_id
    JOIN watching ON watching.site_id = camera.site_id
    GROUP BY camera.site_id, covered.bin
)"""
"""Time of the least and of the most watched camera of a site, of those that were ever observed."""


def _part(observed_us: str) -> str:
    """Observed part of an interval, 0..1."""
    return f"{_double(observed_us)} / {INTERVAL_US}"


def _camera_counts(dialect: str) -> str:
    return f"""
WITH RECURSIVE {_COVERED},
{_BINS},
seen AS (
    SELECT camera_id, direction, {_floor("enter_time", INTERVAL_US)} AS bin, COUNT(*) AS cyclists
    FROM sighting GROUP BY 1, 2, 3
),
headings AS (
    SELECT DISTINCT camera_id, direction FROM sighting
    UNION ALL
    SELECT camera_id, 'any' FROM camera WHERE camera_id NOT IN (SELECT camera_id FROM sighting)
)
SELECT site.name AS site, camera.name AS camera, headings.direction,
       {_interval_columns(dialect, "bins.bin")},
       CASE WHEN covered.observed_us > 0 THEN COALESCE(seen.cyclists, 0) END AS cyclists,
       COALESCE({_part("covered.observed_us")}, 0.0) AS coverage
FROM bins
JOIN site ON site.site_id = bins.site_id
JOIN camera ON camera.site_id = bins.site_id
JOIN headings ON headings.camera_id = camera.camera_id
LEFT JOIN covered ON covered.camera_id = camera.camera_id AND covered.bin = bins.bin
LEFT JOIN seen ON seen.camera_id = camera.camera_id AND seen.direction = headings.direction
    AND seen.bin = bins.bin"""


def _route_counts(dialect: str) -> str:
    joined = "group_concat(camera, '>')" if dialect == "sqlite" else "string_agg(camera, '>')"
    return f"""
WITH RECURSIVE {_STOPS},
{_COVERED},
{_WATCHED},
steps AS (
    SELECT site_id, site, journey_id, {_floor("journey_start", INTERVAL_US)} AS bin, stop, stop_count,
           {joined} OVER (PARTITION BY journey_id ORDER BY stop
                          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS route
    FROM stops
),
least AS (
    SELECT stops.journey_id, MIN(COALESCE(covered.observed_us, 0)) AS observed_us
    FROM stops LEFT JOIN covered
        ON covered.camera_id = stops.camera_id AND covered.bin = {_floor("journey_start", INTERVAL_US)}
    GROUP BY stops.journey_id
),
routes AS (
    SELECT site, route, steps.bin, COUNT(*) AS cyclists,
           SUM(COUNT(*)) OVER (PARTITION BY site, steps.bin) AS journeys,
           MIN(CASE WHEN stop_count > 1 THEN least.observed_us
               ELSE COALESCE(watched.least_us, 0) END) AS observed_us,
           MIN(COALESCE(watched.least_us, 0)) AS least_us, MIN(COALESCE(watched.most_us, 0)) AS most_us
    FROM steps
    JOIN least ON least.journey_id = steps.journey_id
    LEFT JOIN watched ON watched.site_id = steps.site_id AND watched.bin = steps.bin
    WHERE stop = stop_count - 1
    GROUP BY site, route, steps.bin
)
SELECT site, route, {_interval_columns(dialect)}, cyclists,
       CASE WHEN 2 * least_us >= most_us THEN {_double("cyclists")} / {_double("journeys")} END AS share,
       {_part("observed_us")} AS coverage
FROM routes"""


_ENDS_COVERED = """
LEFT JOIN covered AS left_covered
    ON left_covered.camera_id = {table}.origin_id AND left_covered.bin = {table}.bin
LEFT JOIN covered AS right_covered
    ON right_covered.camera_id = {table}.destination_id AND right_covered.bin = {table}.bin"""

_LESS_COVERED = """CASE WHEN COALESCE(left_covered.observed_us, 0) < COALESCE(right_covered.observed_us, 0)
    THEN COALESCE(left_covered.observed_us, 0) ELSE COALESCE(right_covered.observed_us, 0) END"""
"""Observed time of the end that was watched less."""


def _od_matrix(dialect: str) -> str:
    return f"""
WITH RECURSIVE {_STOPS},
{_COVERED},
{_WATCHED},
{_BINS},
trips AS (
    SELECT outset.site_id, outset.site, outset.camera AS origin, outset.camera_id AS origin_id,
           arrival.camera AS destination, arrival.camera_id AS destination_id,
           {_floor("outset.journey_start", INTERVAL_US)} AS bin
    FROM stops AS outset
    JOIN stops AS arrival
        ON arrival.journey_id = outset.journey_id AND arrival.stop = arrival.stop_count - 1
    WHERE outset.stop = 0 AND outset.stop_count >= 2
),
told AS (
    SELECT site_id, site, origin, origin_id, destination, destination_id, bin, COUNT(*) AS cyclists
    FROM trips GROUP BY site_id, site, origin, origin_id, destination, destination_id, bin
),
pairs AS (SELECT DISTINCT site_id, site, origin, origin_id, destination, destination_id FROM trips),
lacking AS (
    SELECT bins.site_id, bins.bin FROM bins
    LEFT JOIN watched ON watched.site_id = bins.site_id AND watched.bin = bins.bin
    WHERE COALESCE(watched.least_us, 0) < {INTERVAL_US}
),
cells AS (
    SELECT site, origin, origin_id, destination, destination_id, bin, cyclists FROM told
    UNION ALL
    SELECT pairs.site, pairs.origin, pairs.origin_id, pairs.destination, pairs.destination_id,
           lacking.bin, NULL
    FROM pairs JOIN lacking ON lacking.site_id = pairs.site_id
    LEFT JOIN told ON told.origin_id = pairs.origin_id AND told.destination_id = pairs.destination_id
        AND told.bin = lacking.bin
    WHERE told.bin IS NULL
),
measured AS (
    SELECT cells.site, cells.origin, cells.destination, cells.bin, cells.cyclists,
           {_LESS_COVERED} AS observed_us
    FROM cells{_ENDS_COVERED.format(table="cells")}
)
SELECT site, origin, destination, {_interval_columns(dialect)},
       CASE WHEN cyclists IS NULL AND observed_us > 0 THEN 0 ELSE cyclists END AS cyclists,
       {_part("observed_us")} AS coverage
FROM measured WHERE cyclists IS NOT NULL OR observed_us < {INTERVAL_US}"""


def _travel_times(dialect: str) -> str:
    percentiles = ",\n       ".join(
        f"{_percentile(percent)} AS {name}"
        for percent, name in ((15, "p15_s"), (50, "median_s"), (85, "p85_s"))
    )
    return f"""
WITH RECURSIVE {_STOPS},
{_COVERED},
trips AS (
    SELECT origin.site, origin.camera AS origin, destination.camera AS destination,
           origin.camera_id AS origin_id, destination.camera_id AS destination_id,
           {_floor("origin.journey_start", INTERVAL_US)} AS bin,
           destination.enter_time - origin.enter_time AS travel
    FROM stops AS origin
    JOIN stops AS destination
        ON destination.journey_id = origin.journey_id AND destination.stop > origin.stop
),
ranked AS (
    SELECT site, origin, origin_id, destination, destination_id, bin, travel,
           ROW_NUMBER() OVER (PARTITION BY site, origin, destination, bin ORDER BY travel) - 1 AS place,
           COUNT(*) OVER (PARTITION BY site, origin, destination, bin) - 1 AS last_place
    FROM trips
)
SELECT site, origin, destination, {_interval_columns(dialect, "ranked.bin")}, COUNT(*) AS n,
       {percentiles},
       {_double("SUM(travel)")} / COUNT(*) / 1000000 AS mean_s,
       MIN({_part(_LESS_COVERED)}) AS coverage
FROM ranked{_ENDS_COVERED.format(table="ranked")}
GROUP BY site, origin, destination, ranked.bin"""


def _percentile(percent: int) -> str:
    """Linear interpolation between the two nearest ranks (NumPy's ``linear``), exact."""
    below, weight = f"last_place * {percent} / 100", f"last_place * {percent} % 100"
    weighted = f"""SUM(CASE WHEN place = {below} THEN travel * (100 - {weight})
                WHEN place = {below} + 1 THEN travel * ({weight}) ELSE 0 END)"""
    return f"{_double(weighted)} / 100000000"


def trips_from_scratch(connection: Connection, site: Site, period: Period) -> list[Trip]:
    """The journeys that began in a period, in that order."""
    query = f"""
WITH {_STOPS}
SELECT journey_id, camera, enter_time FROM stops
WHERE site_id = {site.site_id} AND journey_start >= {period.start} AND journey_start < {period.end}
ORDER BY journey_id, stop"""
    found = []
    for _, rows in groupby(connection.execute(text(query)), key=lambda row: row[0]):
        members = list(rows)
        found.append(Trip(tuple(row[1] for row in members), tuple(row[2] for row in members)))
    return sorted(found, key=lambda trip: (trip.enter_times, trip.cameras))
