"""Counting lines of the site file."""

from pydantic import Field, field_validator

from tracking.region.polygon import Point, PolygonError, is_relative, to_pixels, validate_points
from tracking.settings import Settings


class CountingLine(Settings):
    """A line across the cycle path with a name for each direction of crossing.

    Seen along the line from its first to its second point, `forward` is the crossing from the left-hand
    to the right-hand side: for a line drawn from left to right in the picture, downwards.
    """

    points: tuple[Point, Point] = Field(
        description="The two ends, relative (all coordinates at most 1) or in pixels."
    )
    forward: str = Field(
        "in", min_length=1, description="Name of the crossing from left to right of the line."
    )
    backward: str = Field(
        "out", min_length=1, description="Name of the crossing from right to left of the line."
    )

    @field_validator("points")
    @classmethod
    def _usable(cls, points: tuple[Point, Point]) -> tuple[Point, Point]:
        start, end = validate_points(points, None)
        if start == end:
            raise PolygonError("the two points of a counting line must differ")
        return start, end

    def ends(self, frame_size: tuple[int, int] | None) -> tuple[Point, Point]:
        """The two ends in pixels.

        Args:
            frame_size: Width and height in pixels; may be None for a line in pixels.

        Raises:
            PolygonError: An end lies outside the frame, or the line is relative and there is no frame.
        """
        points = validate_points(self.points, frame_size)
        if frame_size is None and is_relative(points):
            raise PolygonError("a counting line in relative coordinates needs the size of the frame")
        start, end = to_pixels(points, frame_size) if frame_size else points
        return start, end
