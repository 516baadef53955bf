"""From footage to a site file: cameras and starts by the names, regions by where riders were seen.

What is watched for that stays in memory, as boxes; a picture is handed out only blurred, and none is written.
"""

from pipeline.setup.begin import Asked, Begun, begin_site
from pipeline.setup.drawing import Drawing, drawing_of, drawn_on
from pipeline.setup.judged import OUTSIDE, Judged, judge_looks
from pipeline.setup.moving import moving_pictures, reach_of
from pipeline.setup.preview import CameraLooks, look_at_camera
from pipeline.setup.still import still_of
from pipeline.setup.writing import (
    LinkEdit,
    Network,
    kept_beside,
    stamp_of,
    write_drawing,
    write_network,
)

__all__ = [
    "OUTSIDE",
    "Asked",
    "Begun",
    "CameraLooks",
    "Drawing",
    "Judged",
    "LinkEdit",
    "Network",
    "begin_site",
    "drawing_of",
    "drawn_on",
    "judge_looks",
    "kept_beside",
    "look_at_camera",
    "moving_pictures",
    "reach_of",
    "stamp_of",
    "still_of",
    "write_drawing",
    "write_network",
]
