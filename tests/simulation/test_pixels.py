import numpy as np
import pytest

from simulation.camera import place_camera
from simulation.looks import draw_look
from simulation.scene import Scene
from simulation.settings import LookSettings, PictureSettings
from simulation.streams import Purpose, stream
from simulation.tracks import Track, watch
from simulation.world import CYCLISTS, Actor, Kind, Visit

SIZE = (320, 180)
TIMES = np.arange(0, 20, 0.2)
NIGHT = PictureSettings(light="night", exposure_s=1e-4)
"""No shadows fall at night, so whatever changes is the body."""


def passing(kind: Kind, identity: int = 1, **changes: float) -> Visit:
    look = draw_look(LookSettings(), stream(identity, Purpose.RIDER))
    values = {"time_s": 10.0, "heading": 1, "lateral_m": -0.7, "speed_ms": 4.0} | changes
    company = () if kind is Kind.CYCLIST or kind not in CYCLISTS else (look,)
    return Visit(Actor(identity, kind, look, company), 0, **values)  # type: ignore[arg-type]


def look_at(
    camera_number: int, *visits: Visit, picture: PictureSettings = NIGHT, seed: int = 2
) -> tuple[Scene, list[Track]]:
    camera = place_camera(camera_number, SIZE, stream(seed, Purpose.CAMERA, camera_number))
    scene = Scene(camera, camera_number, visits, TIMES, settings=picture, seed=seed)
    tracks = watch(visits, camera, TIMES)
    return scene, sorted(tracks, key=lambda track: track.visit.actor.identity)


OLD = (Kind.CYCLIST, Kind.PEDESTRIAN, Kind.PUSHED_BICYCLE, Kind.SCOOTER, Kind.CAR)
SELDOM = (Kind.CARGO_BICYCLE, Kind.CHILD_SEAT, Kind.TANDEM, Kind.RECUMBENT, Kind.E_SCOOTER, Kind.MOPED)


@pytest.mark.parametrize(
    ("kind", "camera"),
    [*((kind, camera) for kind in OLD for camera in range(5)), *((one, 3) for one in SELDOM)],
)
def test_pixels_of_an_actor_fill_its_true_box(kind: Kind, camera: int) -> None:
    scene, (seen,) = look_at(camera, passing(kind))
    compared = 0
    for frame, box, visible in zip(seen.frames, seen.boxes, seen.visible, strict=True):
        changed = np.abs(scene.clean(int(frame)).astype(int) - scene.background).max(axis=2) > 6
        rows, columns = np.nonzero(changed)
        if len(rows) < 40 or box[3] - box[1] < 24:
            continue
        drawn = np.asarray([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])
        outside = np.maximum([box[0] - drawn[0], box[1] - drawn[1], drawn[2] - box[2], drawn[3] - box[3]], 0)
        assert outside.max() <= 1.5, f"frame {frame}: drawn {drawn}, true {box.round(1)}"
        if visible < 0.999:
            continue
        slack = np.abs(drawn - box).max()
        assert slack <= 0.12 * (box[3] - box[1]) + 2, f"frame {frame}: drawn {drawn}, true {box.round(1)}"
        compared += 1
    assert compared >= 5, f"only {compared} frames were compared"


def test_nearer_rider_hides_the_farther_one() -> None:
    near = passing(Kind.CYCLIST, 1, lateral_m=-1.0)
    far = passing(Kind.CYCLIST, 2, lateral_m=0.6)
    _, (first, second) = look_at(3, near, far)
    _, (alone,) = look_at(3, near)
    assert (first.visible == alone.visible).all(), "the nearer one was hidden"
    assert second.visible.min() < 0.6, f"the farther one stayed visible to {second.visible.min():.2f}"


def test_visible_share_counts_what_is_really_covered() -> None:
    near, far = passing(Kind.CAR, 1, lateral_m=-4.0, speed_ms=0.4), passing(Kind.CYCLIST, 2, lateral_m=0.5)
    scene, (_, hidden) = look_at(3, near, far)
    empty, _ = look_at(3, near)
    alone, (free,) = look_at(3, far)
    for frame, share in zip(hidden.frames, hidden.visible / np.maximum(free.visible, 0.01), strict=True):
        with_car = (scene.clean(int(frame)) != empty.clean(int(frame))).any(axis=2).sum()
        without = (alone.clean(int(frame)) != alone.background).any(axis=2).sum()
        if without > 200:
            drawn = with_car / without
            assert abs(drawn - share) < 0.3, f"frame {frame}: {drawn:.2f} drawn, {share:.2f} in the truth"


def test_street_furniture_hides_and_stays_in_front() -> None:
    cabinet = passing(Kind.CABINET, 1, heading=0, speed_ms=0.0, lateral_m=-2.4, time_s=0.0)
    scene, (furniture, rider) = look_at(3, cabinet, passing(Kind.CYCLIST, 2))
    assert rider.visible.min() < 0.8, f"the rider stayed visible to {rider.visible.min():.2f}"
    left, top, right, bottom = furniture.boxes[0].astype(int)
    core = np.s_[top + 5 : bottom - 4, left + 4 : right - 4]
    for frame in rider.frames:
        assert (scene.clean(int(frame))[core] == scene.background[core]).all(), "the rider shone through"


def test_daylight_casts_a_shadow_that_the_box_leaves_out() -> None:
    scene, (seen,) = look_at(0, passing(Kind.CYCLIST), picture=PictureSettings())
    middle = len(seen.frames) // 2
    changed = (scene.clean(int(seen.frames[middle])) < scene.background).all(axis=2)
    left, top, right, bottom = seen.boxes[middle].astype(int)
    changed[top - 2 : bottom + 3, left - 2 : right + 3] = False
    assert changed.sum() > 10, f"{changed.sum()} darker pixels"


def test_tracks_do_not_depend_on_who_was_seen_long_before() -> None:
    late = passing(Kind.CYCLIST, 2, time_s=15.0, speed_ms=12.0)
    early = passing(Kind.CYCLIST, 1, time_s=2.0, speed_ms=12.0)
    _, (_, after) = look_at(0, early, late)
    _, (alone,) = look_at(0, late)
    assert (after.boxes == alone.boxes).all()
    assert (after.visible == alone.visible).all()
