"""Statistics as a picture: cameras at their places, arrows as wide as their flows."""

import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from xml.sax.saxutils import escape

from flows.statistics.export import Locations
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


@dataclass(frozen=True, slots=True)
class _Point:
    x: float
    y: float


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
    places = _places(names, {name: locations.get((sites[0], name)) for name in names} if sites else {})
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


def _places(names: Sequence[str], locations: dict[str, tuple[float, float] | None]) -> dict[str, _Point]:
    known = {name: place for name, place in locations.items() if place is not None}
    if len(known) < len(names) or len(names) < 2:
        return _on_a_circle(names)
    middle = math.radians(sum(place[0] for place in known.values()) / len(known))
    east = {name: place[1] * math.cos(middle) for name, place in known.items()}
    north = {name: place[0] for name, place in known.items()}
    span_x, span_y = _span(east.values()), _span(north.values())
    scale = min((WIDTH - 2 * MARGIN) / max(span_x, 1e-9), (HEIGHT - 2 * MARGIN) / max(span_y, 1e-9))
    left = (WIDTH - scale * span_x) / 2 - scale * min(east.values())
    top = (HEIGHT - scale * span_y) / 2 + scale * max(north.values())
    return {name: _Point(left + scale * east[name], top - scale * north[name]) for name in names}


def _span(values: Collection[float]) -> float:
    return max(values) - min(values)


def _on_a_circle(names: Sequence[str]) -> dict[str, _Point]:
    radius = HEIGHT / 2 - MARGIN
    return {
        name: _Point(
            WIDTH / 2 + radius * math.sin(2 * math.pi * index / len(names)),
            HEIGHT / 2 - radius * math.cos(2 * math.pi * index / len(names)),
        )
        for index, name in enumerate(names)
    }


def _arrow(start: _Point, end: _Point, count: int, most: int) -> str:
    """A curve to the right of the straight line, so that the two directions lie side by side."""
    dx, dy = end.x - start.x, end.y - start.y
    length = math.hypot(dx, dy) or 1.0
    ux, uy = dx / length, dy / length
    bend = 0.16 * length + 12
    control = _Point((start.x + end.x) / 2 - uy * bend, (start.y + end.y) / 2 + ux * bend)
    tip_x, tip_y = end.x - control.x, end.y - control.y
    tip = math.hypot(tip_x, tip_y) or 1.0
    tx, ty = tip_x / tip, tip_y / tip
    width = max(1.5, WIDEST_PX * count / most)
    head = 7 + width / 2
    at = _Point(end.x - tx * (CAMERA_RADIUS_PX + head), end.y - ty * (CAMERA_RADIUS_PX + head))
    point = _Point(end.x - tx * CAMERA_RADIUS_PX, end.y - ty * CAMERA_RADIUS_PX)
    corners = f"{point.x:.1f},{point.y:.1f} " + " ".join(
        f"{at.x - side * ty * head:.1f},{at.y + side * tx * head:.1f}" for side in (-1, 1)
    )
    label = _Point((start.x + 2 * control.x + end.x) / 4, (start.y + 2 * control.y + end.y) / 4)
    return (
        f'<path class="flow" stroke-width="{width:.1f}" d="M{start.x:.1f},{start.y:.1f} '
        f'Q{control.x:.1f},{control.y:.1f} {at.x:.1f},{at.y:.1f}"/>'
        f'<polygon class="tip" points="{corners}"/>'
        f'<text class="count" x="{label.x:.1f}" y="{label.y:.1f}">{count}</text>'
    )


def _camera(place: _Point, name: str, total: int | None) -> str:
    count = "" if total is None else f'<text x="{place.x:.1f}" y="{place.y + 32:.1f}">{total}</text>'
    return (
        f'<circle class="camera" cx="{place.x:.1f}" cy="{place.y:.1f}" r="{CAMERA_RADIUS_PX}"/>'
        f'<text class="id" x="{place.x:.1f}" y="{place.y + 1:.1f}">{escape(name)}</text>{count}'
    )
