import numpy as np
import pytest

from pipeline.simulation.camera import place_camera
from pipeline.simulation.looks import draw_look
from pipeline.simulation.scene import Scene
from pipeline.simulation.settings import LookSettings, PictureSettings
from pipeline.simulation.streams import Purpose, stream
from pipeline.simulation.view import Appearance, appear, visibility
from pipeline.simulation.world import Actor, Kind, Visit

SIZE = (320, 180)
TIMES = np.arange(0, 20, 0.2)
NIGHT = PictureSettings(light="night", exposure_s=1e-4)
"""No shadows fall at night, so whatever changes is the body."""


def passing(kind: Kind, identity: int = 1, **changes: float) -> Visit:
    look = draw_look(LookSettings(), stream(identity, Purpose.RIDER))
    values = {"time_s": 10.0, "heading": 1, "lateral_m": -0.7, "speed_ms": 4.0} | changes
    return Visit(Actor(identity, kind, look), 0, **values)  # type: ignore[arg-type]


def look_at(camera_number: int, *visits: Visit, seed: int = 2) -> tuple[Scene, list[Appearance]]:
    camera = place_camera(camera_number, SIZE, stream(seed, Purpose.CAMERA, camera_number))
    seen = [a for visit in visits if (a := appear(visit, camera, TIMES)) is not None]
    return Scene(camera, camera_number, seen, NIGHT, seed), seen


@pytest.mark.parametrize("camera", range(5))
@pytest.mark.parametrize("kind", [Kind.CYCLIST, Kind.PEDESTRIAN, Kind.PUSHED_BICYCLE, Kind.SCOOTER, Kind.CAR])
def test_pixels_of_an_actor_fill_its_true_box(camera: int, kind: Kind) -> None:
    scene, (seen,) = look_at(camera, passing(kind))
    compared = 0
    for frame, box, inside in zip(seen.frames, seen.boxes, seen.inside, strict=True):
        changed = np.abs(scene.clean(int(frame)).astype(int) - scene.background).max(axis=2) > 6
        rows, columns = np.nonzero(changed)
        if len(rows) < 40 or box[3] - box[1] < 24:
            continue
        drawn = np.asarray([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])
        outside = np.maximum([box[0] - drawn[0], box[1] - drawn[1], drawn[2] - box[2], drawn[3] - box[3]], 0)
        assert outside.max() <= 1.5, f"frame {frame}: drawn {drawn}, true {box.round(1)}"
        if inside < 0.999:
            continue
        slack = np.abs(drawn - box).max()
        assert slack <= 0.12 * (box[3] - box[1]) + 2, f"frame {frame}: drawn {drawn}, true {box.round(1)}"
        compared += 1
    assert compared >= 5, f"only {compared} frames were compared"


def test_nearer_rider_hides_the_farther_one() -> None:
    near = passing(Kind.CYCLIST, 1, lateral_m=-1.0)
    far = passing(Kind.CYCLIST, 2, lateral_m=0.6)
    _, seen = look_at(3, near, far)
    shares = visibility(seen)
    inside = seen[0].inside > 0.99
    assert shares[0][inside].min() > 0.99, "the nearer one was hidden"
    assert shares[1].min() < 0.6, f"the farther one stayed visible to {shares[1].min():.2f}"


def test_street_furniture_hides_and_stays_in_front() -> None:
    cabinet = passing(Kind.CABINET, 9, heading=0, speed_ms=0.0, lateral_m=-2.4, time_s=0.0)
    rider = passing(Kind.CYCLIST, 1)
    scene, seen = look_at(3, cabinet, rider)
    shares = visibility(seen)
    assert min(s.min() for s, a in zip(shares, seen, strict=True) if a.visit is rider) < 0.8
    box = seen[0].boxes[0].astype(int)
    core = np.s_[box[1] + 5 : box[3] - 4, box[0] + 4 : box[2] - 4]
    for frame in seen[1].frames:
        assert (scene.clean(int(frame))[core] == scene.background[core]).all(), "the rider shone through"


def test_daylight_casts_a_shadow_that_the_box_leaves_out() -> None:
    camera = place_camera(0, SIZE, stream(2, Purpose.CAMERA, 0))
    seen = appear(passing(Kind.CYCLIST), camera, TIMES)
    assert seen is not None
    scene = Scene(camera, 0, [seen], PictureSettings(), 2)
    middle = len(seen.frames) // 2
    changed = (scene.clean(int(seen.frames[middle])) < scene.background).all(axis=2)
    left, top, right, bottom = seen.boxes[middle].astype(int)
    changed[top - 2 : bottom + 3, left - 2 : right + 3] = False
    assert changed.sum() > 10, f"{changed.sum()} darker pixels"
