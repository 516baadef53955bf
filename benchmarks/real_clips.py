"""The real clips, and the cyclists in them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip and the cyclists in it, counted by eye.

    Attributes:
        name: What to call it.
        files: File or pattern in the folder of clips.
        cyclists: Passages.
        timed: Whether start times stand in the names.
    """

    name: str
    files: str
    cyclists: int
    timed: bool = False


CLIPS = (
    Clip("crossing_cyclist", "crossing_cyclist.mp4", 1),
    Clip("parking_bicycle", "parking_bicycle.mp4", 2),
    Clip("crossing_truck", "crossing_truck.mp4", 0),
    Clip("cars_only", "cars_only.mp4", 0),
    Clip("junction", "junction_2020-*.mp4", 1, timed=True),
    Clip("junction_cars", "junction_cars.mp4", 0),
    Clip("crosswalk_usa", "crosswalk_usa.mp4", 4),
    Clip("walkway_01", "walkway_01.avi", 1),
    Clip("walkway_07", "walkway_07.avi", 1),
    Clip("walkway_12", "walkway_12.avi", 0),
    Clip("street_three", "street_three.mp4", 3),
    Clip("campus_bicycle", "campus_bicycle.mp4", 1),
    Clip("campus_scooter", "campus_scooter.mp4", 0),
    Clip("walkway_02", "walkway_02.avi", 1),
    Clip("walkway_04", "walkway_04.avi", 1),
    Clip("walkway_06", "walkway_06.avi", 2),
    Clip("walkway_08", "walkway_08.avi", 1),
    Clip("walkway_10", "walkway_10.avi", 1),
)
