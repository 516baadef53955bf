"""The SQL behind a chart, for those who ask the database themselves; its views show every cell."""

from datetime import UTC, datetime, time

from flows.statistics import utc_text
from web.view import View


def counts_query(view: View, camera: str | None = None) -> str:
    """Cyclists of the cameras in the period, added up."""
    return (
        "SELECT camera, direction, SUM(cyclists) AS cyclists, AVG(coverage) AS coverage\n"
        f"FROM camera_counts\n{_where(view, camera=camera)}\n"
        "GROUP BY camera, direction ORDER BY camera, direction;"
    )


def series_query(view: View, camera: str) -> str:
    """Cyclists of a camera, quarter by quarter; quarters may be added up to hours."""
    return (
        "SELECT interval_start, direction, cyclists, coverage\n"
        f"FROM camera_counts\n{_where(view, camera=camera)}\n"
        "ORDER BY interval_start, direction;"
    )


def routes_query(view: View) -> str:
    """Journeys by route in the period."""
    return (
        "SELECT route, SUM(cyclists) AS cyclists\n"
        f"FROM route_counts\n{_where(view)}\nGROUP BY route ORDER BY cyclists DESC;"
    )


def od_query(view: View) -> str:
    """Journeys by first and last camera in the period."""
    return (
        "SELECT origin, destination, SUM(cyclists) AS cyclists\n"
        f"FROM od_matrix\n{_where(view)}\nGROUP BY origin, destination ORDER BY origin, destination;"
    )


def travel_query(view: View, origin: str, destination: str) -> str:
    """Travel times of a pair, quarter by quarter; medians cannot be added up."""
    return (
        "SELECT interval_start, n, p15_s, median_s, p85_s, mean_s, coverage\n"
        f"FROM travel_times\n{_where(view, origin=origin, destination=destination)}\n"
        "ORDER BY interval_start;"
    )


def coverage_query(view: View) -> str:
    """The observed part of each quarter."""
    return (
        "SELECT DISTINCT camera, interval_start, coverage\n"
        f"FROM camera_counts\n{_where(view)}\nORDER BY camera, interval_start;"
    )


def outages_query(view: View) -> str:
    """What the footage said of time that could not be watched, microseconds since 1970, UTC."""
    first, end = (round(bound.timestamp() * 1e6) for bound in _bounds(view))
    return (
        "SELECT camera.name, unobserved.start_time, unobserved.end_time, unobserved.reason\n"
        "FROM unobserved JOIN camera ON camera.camera_id = unobserved.camera_id\n"
        "JOIN site ON site.site_id = camera.site_id\n"
        f"WHERE site.name = '{_quoted(view.site.name if view.site else '')}'\n"
        f"  AND unobserved.end_time > {first} AND unobserved.start_time < {end}\n"
        "ORDER BY unobserved.start_time, camera.name;"
    )


def _bounds(view: View) -> list[datetime]:
    zone = view.site.zone if view.site else UTC
    return [datetime.combine(day, time(), zone) for day in (view.days.first, view.days.end)]


def _where(view: View, **equal: str | None) -> str:
    bounds = _bounds(view)
    told = {"site": view.site.name if view.site else "", **equal}
    parts = [f"{column} = '{_quoted(name)}'" for column, name in told.items() if name is not None]
    parts += [f"interval_start >= '{utc_text(bounds[0])}'", f"interval_start < '{utc_text(bounds[1])}'"]
    return "WHERE " + "\n  AND ".join(parts)


def _quoted(name: str) -> str:
    return name.replace("'", "''")
