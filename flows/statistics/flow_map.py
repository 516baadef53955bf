"""Statistics as a picture: cameras at their places, arrows as wide as their flows."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from xml.sax.saxutils import escape

from flows.statistics.export import Locations
from flows.statistics.layout import Frame, Point, bend, lay_out
from flows.statistics.rows import AnyRow, CameraCount, OdCount, RouteCount
from tracking.errors import UsageError
from tracking.region import UNCROSSED

WIDTH, HEIGHT, MARGIN = 900, 520, 90
WIDEST_PX = 16.0
CAMERA_RADIUS_PX = 17
_STYLE = (
    "text{font:14px system-ui,sans-serif;fill:#1b2a33;text-anchor:middle;dominant-baseline:middle}"
    ".title{font-size:18px;font-weight:600}.flow{fill:none;stroke:#0f7b6c;stroke-opacity:.55}"
    ".tip{fill:#0f7b6c;fill-opacity:.8}.camera{fill:#1b2a33}.id{fill:#fff;font-weight:600}"
    ".count{paint-order:stroke;stroke:#fff;stroke-width:4px}"
)


def to_flow_map(rows: Sequence[AnyRow], locations: Locations, cameras: Sequence[tuple[str, str]]) -> str:
    """Draw the flows of one site, added up over all intervals of the rows.

    Args:
        rows: Of counts, routes or the O-D matrix.
        locations: Latitude and longitude by site and camera; where one is missing, all cameras of
            the picture stand on a circle.
        cameras: (site, camera) of every camera to show.

    Returns:
        A self-contained SVG document.

    Raises:
        UsageError: The rows belong to several sites, or carry no numbers of cyclists.
    """
    sites = sorted({row.site for row in rows} or {site for site, _ in cameras})
    if len(sites) > 1:
        raise UsageError(f"--format svg draws one site; choose with --site one of {', '.join(sites)}")
    names = [camera for site, camera in cameras if site in sites]
    known = {name: locations.get((sites[0], name)) for name in names} if sites else {}
    places = lay_out(names, known, Frame(WIDTH, HEIGHT, MARGIN))
    totals, flows = _totals(rows)
    body = [_arrow(places[a], places[b], count, max(flows.values())) for (a, b), count in flows.items()]
    body += [_camera(places[name], name, totals.get(name)) for name in names]
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
            f'<style>{_STYLE}</style><rect width="100%" height="100%" fill="#f6f8f7"/>',
            f'<text class="title" x="{WIDTH / 2}" y="32">{escape(_title(sites, rows))}</text>',
            *body,
            "</svg>\n",
        )
    )


def _title(sites: Sequence[str], rows: Sequence[AnyRow]) -> str:
    site = sites[0] if sites else "no site"
    if not rows:
        return f"{site}: nothing to show"
    start = min(row.interval_start for row in rows)
    end = max(row.interval_end for row in rows)
    return f"{site}: cyclists, {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC"


def _totals(rows: Sequence[AnyRow]) -> tuple[Counter[str], dict[tuple[str, str], int]]:
    """Cyclists per camera (from counts; not who crossed no line) and per pair of cameras."""
    totals: Counter[str] = Counter()
    flows: Counter[tuple[str, str]] = Counter()
    for row in rows:
        if isinstance(row, CameraCount):
            # Missing is not zero: what nobody observed gets no number.
            if row.cyclists is not None and row.direction != UNCROSSED:
                totals[row.camera] += row.cyclists
        elif isinstance(row, OdCount):
            if row.cyclists:
                flows[row.origin, row.destination] += row.cyclists
        elif isinstance(row, RouteCount):
            stops = row.route.split(">")
            for pair in pairwise(stops):
                flows[pair] += row.cyclists
        else:
            raise UsageError("--format svg draws counts, routes and od; travel times have no flow to draw")
    return totals, dict(sorted(flows.items(), key=lambda item: -item[1]))


def _arrow(start: Point, end: Point, count: int, most: int) -> str:
    width = max(1.5, WIDEST_PX * count / most)
    shape = bend(start, end, width, CAMERA_RADIUS_PX)
    corners = " ".join(f"{corner.x:.1f},{corner.y:.1f}" for corner in shape.corners)
    return (
        f'<path class="flow" stroke-width="{width:.1f}" d="M{start.x:.1f},{start.y:.1f} '
        f'Q{shape.control.x:.1f},{shape.control.y:.1f} {shape.neck.x:.1f},{shape.neck.y:.1f}"/>'
        f'<polygon class="tip" points="{corners}"/>'
        f'<text class="count" x="{shape.label.x:.1f}" y="{shape.label.y:.1f}">{count}</text>'
    )


def _camera(place: Point, name: str, total: int | None) -> str:
    count = "" if total is None else f'<text x="{place.x:.1f}" y="{place.y + 32:.1f}">{total}</text>'
    return (
        f'<circle class="camera" cx="{place.x:.1f}" cy="{place.y:.1f}" r="{CAMERA_RADIUS_PX}"/>'
        f'<text class="id" x="{place.x:.1f}" y="{place.y + 1:.1f}">{escape(name)}</text>{count}'
    )
