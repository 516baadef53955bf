"""The cameras of a site at their places, and the flows between them as wide as they are."""

import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

from markupsafe import Markup

from flows.statistics import Frame, Point, bend, lay_out
from web.charts.svg import WIDTH, picture, shortened, tag

HEIGHT = 560
RADIUS = 15
WIDEST = 18.0
NEAREST = 105.0
EDGE = 48.0
_FRAME = Frame(WIDTH, HEIGHT, 84)
_NAME = 22


@dataclass(frozen=True, slots=True)
class Place:
    """A camera.

    Attributes:
        name: Its id.
        location: Latitude and longitude; None where unknown.
        count: Written below the name.
        coverage: Observed part of the period, 0..1.
        note: What a pointer shows.
        link: Where it leads.
    """

    name: str
    location: tuple[float, float] | None
    count: str
    coverage: float
    note: str
    link: str


@dataclass(frozen=True, slots=True)
class Flow:
    """Cyclists from one camera to the next.

    Attributes:
        origin: Name of a camera.
        destination: Name of another.
        cyclists: How many.
        text: The number as it is written.
        note: What a pointer shows.
    """

    origin: str
    destination: str
    cyclists: int
    text: str
    note: str


def shade_of(coverage: float) -> str:
    """The class of a coverage, from ``cover0`` (never watched) to ``cover4`` (always)."""
    return f"cover{sum(coverage >= edge for edge in (0.0001, 0.5, 0.9, 0.995))}"


def draw_network(title: str, places: Sequence[Place], flows: Sequence[Flow]) -> Markup:
    """Draw the map of a site.

    Args:
        title: What it shows.
        places: The cameras. Of many the circles are smaller, and a name or number that would cover another is
            left to the pointer and the table.
        flows: Between them, both directions apart.
    """
    known = {one.name: one.location for one in places}
    points = apart(lay_out(list(known), known, _FRAME))
    radius = min(RADIUS, 0.25 * _least(len(points)))
    # Lines are thinner as circles are smaller.
    most = (max((flow.cyclists for flow in flows), default=0) or 1) * RADIUS / radius
    drawn = [flow for flow in flows if flow.origin in points and flow.destination in points]
    drawn.sort(key=lambda flow: -flow.cyclists)
    lines = [_flow(flow, points, most, radius) for flow in drawn]
    numbers = _numbers(drawn, points, most)
    return picture(HEIGHT, "network", title, *lines, *numbers, *_places(places, points, radius))


def apart(points: dict[str, Point]) -> dict[str, Point]:
    """Push cameras apart that stand too close to be told apart, as little as that takes.

    Args:
        points: Where they stand; many cameras may stay closer than few.
    """
    least = _least(len(points))
    places = {name: [point.x, point.y] for name, point in points.items()}
    for _ in range(min(60, max(4, 2000 // max(len(points), 1)))):
        moved = False
        for (at, one), (_, other) in combinations(enumerate(places.values()), 2):
            dx, dy = other[0] - one[0], other[1] - one[1]
            distance = math.hypot(dx, dy)
            if distance >= least - 0.5:
                continue
            # Two at the same place part in a direction of their own.
            ux, uy = (dx / distance, dy / distance) if distance > 1e-6 else (math.cos(at), math.sin(at))
            push = (least - distance) / 2
            for place, sign in ((one, -1), (other, 1)):
                place[0] = min(max(place[0] + sign * ux * push, EDGE), WIDTH - EDGE)
                place[1] = min(max(place[1] + sign * uy * push, EDGE), HEIGHT - EDGE)
            moved = True
        if not moved:
            break
    return {name: Point(x, y) for name, (x, y) in places.items()}


def _least(cameras: int) -> float:
    """How far cameras stand apart at least."""
    return min(NEAREST, 0.6 * math.sqrt(WIDTH * HEIGHT / max(cameras, 1)))


def _width(flow: Flow, most: float) -> float:
    return max(1.5, WIDEST * flow.cyclists / most)


def _flow(flow: Flow, points: dict[str, Point], most: float, radius: float) -> Markup:
    shape = bend(points[flow.origin], points[flow.destination], _width(flow, most), radius)
    corners = " ".join(f"{corner.x:.1f},{corner.y:.1f}" for corner in shape.corners)
    path = (
        f"M{shape.start.x:.1f},{shape.start.y:.1f} Q{shape.control.x:.1f},{shape.control.y:.1f} "
        f"{shape.neck.x:.1f},{shape.neck.y:.1f}"
    )
    return tag(
        "g",
        tag("title", flow.note),
        tag("path", d=path, stroke_width=_width(flow, most), class_="flow"),
        tag("polygon", points=corners, class_="tip"),
    )


def _numbers(flows: Sequence[Flow], points: dict[str, Point], most: float) -> Iterator[Markup]:
    """Numbers beside the flows, the largest first; one that would cover another is left to the table."""
    taken = [Point(point.x, point.y + off) for point in points.values() for off in (-28, 0, 32)]
    for flow in flows:
        at = bend(points[flow.origin], points[flow.destination], _width(flow, most), RADIUS).label
        if all(abs(at.x - one.x) > 34 or abs(at.y - one.y) > 16 for one in taken):
            taken.append(at)
            yield tag("text", flow.text, x=at.x, y=at.y + 5, class_="count")


_Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom."""


def _places(places: Sequence[Place], points: dict[str, Point], radius: float) -> Iterator[Markup]:
    taken: list[_Box] = [
        (at.x - radius, at.y - radius, at.x + radius, at.y + radius) for at in points.values()
    ]
    for place in places:
        at = points[place.name]
        # Names near an edge grow inwards.
        anchor = "start" if at.x < 110 else "end" if at.x > WIDTH - 110 else "middle"
        x = at.x + {"start": -radius, "end": radius, "middle": 0}[anchor]
        said = (
            ("name", shortened(place.name, _NAME), at.y - radius - 9),
            ("total", place.count, at.y + radius + 21),
        )
        texts = []
        for kind, text, y in said:
            box = _box(text, x, y, anchor)
            if not any(_cover(box, one) for one in taken):
                taken.append(box)
                texts.append(tag("text", text, x=x, y=y, class_=f"{kind} {anchor}"))
        yield tag(
            "a",
            tag("title", place.note),
            tag("circle", cx=at.x, cy=at.y, r=radius, class_=f"camera {shade_of(place.coverage)}"),
            *texts,
            href=place.link,
        )


def _box(text: str, x: float, y: float, anchor: str) -> _Box:
    """About where a text stands."""
    wide = sum(16 if unicodedata.east_asian_width(letter) in "WF" else 8 for letter in text)
    left = x - {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor] * wide
    return left, y - 12, left + wide, y + 2


def _cover(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
