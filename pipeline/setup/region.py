"""Proposing a region from where riders were seen."""

from collections.abc import Sequence

import numpy as np
import shapely

from tracking.arrays import FloatArray
from tracking.region import Point
from tracking.region.interest import bottom_centres

_DECIMALS = 4


def propose_region(tracks: Sequence[FloatArray], frame_size: tuple[int, int]) -> tuple[Point, ...] | None:
    """The outline of where riders' feet were, with half of each rider's width around them.

    The next rider keeps another line than those who were seen. The outline is then made as simple as leaves
    an eighth of that around each foot: few corners are easily moved.

    Args:
        tracks: (N, 4) xyxy pixels of each rider.
        frame_size: Width and height, pixels.

    Returns:
        Corners as shares of width and height; None where nobody was seen.
    """
    boxes = np.concatenate([np.zeros((0, 4)), *(np.asarray(one, np.float64) for one in tracks)])
    if not len(boxes):
        return None
    width, height = frame_size
    feet = np.clip(bottom_centres(boxes), 0.0, frame_size)
    around = np.maximum(boxes[:, 2] - boxes[:, 0], 1.0) / 2
    points = shapely.points(feet)
    outline = shapely.convex_hull(shapely.union_all(shapely.buffer(points, around)))
    needed = shapely.union_all(shapely.buffer(points, around / 8))
    coarse = float(around.max())
    while not (simple := outline.simplify(coarse)).covers(needed):
        coarse *= 0.8
    inside = shapely.intersection(simple, shapely.box(0, 0, width, height))
    corners = shapely.get_coordinates(inside.exterior)[:-1]
    return tuple(
        (round(float(x) / width, _DECIMALS), round(float(y) / height, _DECIMALS)) for x, y in corners
    )
