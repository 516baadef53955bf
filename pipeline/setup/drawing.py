"""What is drawn on a camera's picture: region, exclusions and line, as shares of width and height."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.configuration import Configuration
from tracking.region import CountingLine, Point, is_relative

_DECIMALS = 4

Shape = tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes of one camera.

    Attributes:
        roi: Corners of the region; none for the whole picture.
        exclude: Corners of each part in which nothing counts.
        line: The two ends of the counting line; none where there is no line.
        forward: Name of the crossing from left to right of the line, seen from its first to its second end.
        backward: Name of the crossing back.
    """

    roi: Shape = ()
    exclude: tuple[Shape, ...] = ()
    line: Shape = ()
    forward: str = "in"
    backward: str = "out"

    @property
    def values(self) -> dict[str, Any]:
        """Keys of a camera and what a site file says for them."""
        line = {"points": _lists(self.line), "forward": self.forward, "backward": self.backward}
        return {
            "roi": _lists(self.roi) or None,
            "exclude": [_lists(one) for one in self.exclude],
            "counting_line": line if self.line else None,
        }


def drawing_of(configuration: Configuration, camera_id: str, frame_size: tuple[int, int]) -> Drawing:
    """What is drawn for a camera now.

    Args:
        configuration: Of the site.
        camera_id: Camera.
        frame_size: Width and height, pixels.
    """
    camera = configuration.camera(camera_id)
    line = camera.counting_line
    names = (line.forward, line.backward) if line else ("in", "out")
    return Drawing(
        relative(camera.roi or (), frame_size),
        tuple(relative(one, frame_size) for one in camera.exclude),
        relative(line.points, frame_size) if line else (),
        *names,
    )


def relative(points: Sequence[Sequence[float]], frame_size: tuple[int, int]) -> Shape:
    """Points as shares of width and height, whatever they were."""
    pairs = [(float(x), float(y)) for x, y in points]
    width, height = (1, 1) if is_relative(pairs) else frame_size
    return tuple((round(x / width, _DECIMALS), round(y / height, _DECIMALS)) for x, y in pairs)


def drawn_on(configuration: Configuration, camera_id: str, drawing: Drawing) -> Configuration:
    """The same site with other shapes for a camera; nothing is written.

    Raises:
        UsageError: The line cannot be used; polygons are checked where they are placed.
    """
    line = None
    if drawing.line:
        line = CountingLine.model_validate(drawing.values["counting_line"])
    camera = configuration.camera(camera_id).model_copy(
        update={"roi": drawing.roi or None, "exclude": drawing.exclude, "counting_line": line}
    )
    cameras = tuple(camera if one.id == camera_id else one for one in configuration.cameras)
    return configuration.model_copy(update={"cameras": cameras})


def _lists(points: Shape) -> list[list[float]]:
    return [[x, y] for x, y in points]
