"""Where in the picture cyclists count, and which way they pass.

A region keeps the boxes that stand on the cycle path; a counting line, or the heading through the view,
gives a passage its direction. All of it comes from the site file in relative or pixel coordinates.
"""

from tracking.region.direction import UNCROSSED, UNKNOWN, Crossing, crossing_of, direction_of
from tracking.region.interest import RegionOfInterest, bottom_centres
from tracking.region.line import CountingLine
from tracking.region.passing import passing_times
from tracking.region.polygon import Point, PolygonError, is_relative, to_pixels, validate_polygon

__all__ = [
    "UNCROSSED",
    "UNKNOWN",
    "CountingLine",
    "Crossing",
    "Point",
    "PolygonError",
    "RegionOfInterest",
    "bottom_centres",
    "crossing_of",
    "direction_of",
    "is_relative",
    "passing_times",
    "to_pixels",
    "validate_polygon",
]
