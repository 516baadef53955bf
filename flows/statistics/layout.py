"""Where cameras stand in a picture, and how an arrow bends from one to the next."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """A place in a picture, from its upper left corner."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Frame:
    """Size of a picture, and the margin in which no camera stands."""

    width: float
    height: float
    margin: float


@dataclass(frozen=True, slots=True)
class Arrow:
    """A curve with a head.

    Attributes:
        start: Middle of the camera it comes from.
        control: Of the quadratic curve.
        neck: Where the curve ends and the head begins.
        corners: Of the head, the tip first.
        label: Beside the middle of the curve.
    """

    start: Point
    control: Point
    neck: Point
    corners: tuple[Point, Point, Point]
    label: Point


def lay_out(
    names: Sequence[str], locations: Mapping[str, tuple[float, float] | None], frame: Frame
) -> dict[str, Point]:
    """Place cameras as on a map, north up.

    Args:
        names: The cameras.
        locations: Latitude and longitude, degrees. Cameras without stand in a row along the lower edge; where
            fewer than two have one, all stand on a circle.
        frame: The picture.
    """
    known = {name: place for name in names if (place := locations.get(name)) is not None}
    if len(known) < 2:
        return _on_a_circle(names, frame)
    middle = math.radians(sum(place[0] for place in known.values()) / len(known))
    east = {name: place[1] * math.cos(middle) for name, place in known.items()}
    north = {name: place[0] for name, place in known.items()}
    span_x, span_y = _span(east.values()), _span(north.values())
    wide, high = frame.width - 2 * frame.margin, frame.height - 2 * frame.margin
    scale = min(wide / max(span_x, 1e-9), high / max(span_y, 1e-9))
    left = (frame.width - scale * span_x) / 2 - scale * min(east.values())
    top = (frame.height - scale * span_y) / 2 + scale * max(north.values())
    placed = {name: Point(left + scale * east[name], top - scale * north[name]) for name in known}
    return placed | _in_a_row([name for name in names if name not in known], frame)


def bend(start: Point, end: Point, width: float, radius: float) -> Arrow:
    """A curve to the right of the straight line, so that the two directions lie side by side.

    Args:
        start: Middle of a camera.
        end: Middle of another.
        width: Of the line.
        radius: Of the circle around a camera, at which the tip ends.
    """
    dx, dy = end.x - start.x, end.y - start.y
    length = math.hypot(dx, dy) or 1.0
    off = 0.16 * length + 12
    control = Point((start.x + end.x) / 2 - dy / length * off, (start.y + end.y) / 2 + dx / length * off)
    tip_x, tip_y = end.x - control.x, end.y - control.y
    tip = math.hypot(tip_x, tip_y) or 1.0
    tx, ty = tip_x / tip, tip_y / tip
    head = 7 + width / 2
    neck = Point(end.x - tx * (radius + head), end.y - ty * (radius + head))
    point = Point(end.x - tx * radius, end.y - ty * radius)
    left, right = (Point(neck.x - side * ty * head, neck.y + side * tx * head) for side in (-1, 1))
    label = Point((start.x + 2 * control.x + end.x) / 4, (start.y + 2 * control.y + end.y) / 4)
    return Arrow(start, control, neck, (point, left, right), label)


def _span(values: Collection[float]) -> float:
    return max(values) - min(values)


def _in_a_row(names: Sequence[str], frame: Frame) -> dict[str, Point]:
    """Within the margin, where nothing else stands."""
    step = (frame.width - frame.margin) / max(len(names), 1)
    return {
        name: Point(frame.margin / 2 + step * (index + 0.5), frame.height - 0.55 * frame.margin)
        for index, name in enumerate(names)
    }


def _on_a_circle(names: Sequence[str], frame: Frame) -> dict[str, Point]:
    radius = frame.height / 2 - frame.margin
    return {
        name: Point(
            frame.width / 2 + radius * math.sin(2 * math.pi * index / len(names)),
            frame.height / 2 - radius * math.cos(2 * math.pi * index / len(names)),
        )
        for index, name in enumerate(names)
    }
