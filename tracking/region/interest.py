"""The part of the picture in which cyclists count (A3)."""

from collections.abc import Sequence

import numpy as np
import shapely

from tracking.arrays import BoolArray, FloatArray, Image
from tracking.region.polygon import Point, PolygonError, to_pixels, validate_polygon


def bottom_centres(boxes: FloatArray) -> FloatArray:
    """Where each box stands on the ground: the centre of its bottom edge.

    Args:
        boxes: (N, 4) xyxy pixels.

    Returns:
        (N, 2) float64 x, y pixels.
    """
    corners = np.asarray(boxes, np.float64).reshape(-1, 4)
    return np.stack([(corners[:, 0] + corners[:, 2]) / 2, corners[:, 3]], axis=1)


class RegionOfInterest:
    """A polygon less the polygons cut out of it, in the pixels of one camera's frames."""

    def __init__(
        self,
        frame_size: tuple[int, int],
        polygon: Sequence[Sequence[float]] | None = None,
        exclusions: Sequence[Sequence[Sequence[float]]] = (),
    ) -> None:
        """Place the polygons in the frame.

        Args:
            frame_size: Width and height in pixels.
            polygon: Corners, relative (all coordinates at most 1) or in pixels; None for the whole frame.
            exclusions: Polygons in which boxes do not count, each relative or in pixels.

        Raises:
            PolygonError: A polygon is not usable, or nothing is left of the region.
        """
        width, height = self._frame_size = frame_size
        corners = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)]
        outline = corners if polygon is None else self._place(polygon)
        holes = [shapely.Polygon(self._place(hole)) for hole in exclusions]
        self._area = shapely.Polygon(outline).difference(shapely.union_all(holes))
        if self._area.area == 0:
            raise PolygonError("the exclusion polygons leave nothing of the region of interest")
        shapely.prepare(self._area)

    @property
    def share(self) -> float:
        """Share of the frame that the region covers, 0 to 1."""
        width, height = self._frame_size
        return float(self._area.area) / (width * height)

    def mask(self, width: int, height: int) -> Image:
        """(height, width) uint8, 1 where the middle of a point of so small a picture lies in the region."""
        across, down = self._frame_size[0] / width, self._frame_size[1] / height
        x, y = np.meshgrid((np.arange(width) + 0.5) * across, (np.arange(height) + 0.5) * down)
        return np.asarray(shapely.intersects_xy(self._area, x, y), np.uint8)

    def _place(self, polygon: Sequence[Sequence[float]]) -> tuple[Point, ...]:
        return to_pixels(validate_polygon(polygon, self._frame_size), self._frame_size)

    def within_frame(self, points: FloatArray) -> FloatArray:
        """(N, 2) points, those outside the frame moved to its edge."""
        return np.asarray(np.clip(points, 0.0, self._frame_size))

    def share_until_edge(self, inside: FloatArray, outside: FloatArray) -> float | None:
        """How far one may go from a point towards another before the region ends.

        Args:
            inside: (2,) x, y pixels in the region.
            outside: (2,) x, y pixels.

        Returns:
            0 to 1, share of the way; None where the other point lies in the region too.
        """
        if shapely.intersects_xy(self._area, *outside):
            return None
        way = shapely.LineString([inside, outside])
        edges = shapely.intersection(way, self._area.boundary)
        return None if edges.is_empty else float(shapely.distance(shapely.Point(inside), edges) / way.length)

    def contains(self, boxes: FloatArray) -> BoolArray:
        """Mark the boxes whose bottom centre lies in the region, its edge included.

        A point outside the frame counts as lying on the frame's edge: the box of a rider who is cut off
        by the edge may reach beyond it.

        Args:
            boxes: (N, 4) xyxy pixels.

        Returns:
            (N,) mask.
        """
        points = self.within_frame(bottom_centres(boxes))
        return np.asarray(shapely.intersects_xy(self._area, points[:, 0], points[:, 1]))
