"""A view that has moved is told from one that has not, whatever the light and whoever passes."""

from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from tests.command_line import street
from tracking.arrays import Image
from tracking.attention import Movement, View
from tracking.attention.background import SNAPSHOTS
from tracking.attention.view import SNAPSHOT_EVERY_S, WIDTH

RED = (30, 30, 220)
HEIGHT = 90


def scene(seed: int = 1) -> Image:
    """Houses, a road, posts: a grey picture of the street, larger than the view."""
    random = np.random.default_rng(seed)
    picture = np.full((480, 800), 120, np.uint8)
    for _ in range(60):
        x, y = random.integers(0, 760), random.integers(0, 440)
        w, h = random.integers(15, 200), random.integers(8, 120)
        cv2.rectangle(picture, (int(x), int(y)), (int(x + w), int(y + h)), int(random.integers(30, 220)), -1)
    return picture


def seen(picture: Image, across: int = 0, down: int = 0, gain: float = 1.0, seed: int = 0) -> Image:
    """What a camera shows of it, with noise; its view may have moved by points of 640."""
    part = picture[60 - down : 420 - down, 80 - across : 720 - across]
    small = cv2.resize(part, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA) * gain
    small += np.random.default_rng(seed).normal(0, 2, small.shape)
    return np.clip(small, 0, 255).astype(np.uint8)


class Watch:
    """Shows a view one picture after the other."""

    def __init__(self) -> None:
        self.view, self.now = View(), 0.0

    def show(self, picture: Image, snapshots: int = 2 * SNAPSHOTS, **how: float) -> Movement | None:
        for number in range(snapshots):
            assert self.view.wants(self.now)
            self.view.see(self.now, seen(picture, seed=number, **how))  # type: ignore[arg-type]
            self.now += SNAPSHOT_EVERY_S
        return self.view.moved


@pytest.mark.parametrize(("across", "down"), [(16, 0), (-40, 12), (0, -24)])
def test_a_view_that_moved_is_told_with_its_way_and_no_more_when_it_is_back(across: int, down: int) -> None:
    watch, picture = Watch(), scene()
    assert watch.show(picture) is None
    moved = watch.show(picture, across=across, down=down)
    assert moved is not None
    assert moved.across == pytest.approx(across / 640, abs=0.01)
    assert moved.down == pytest.approx(down / 640, abs=0.01)
    assert watch.show(picture) is None


@pytest.mark.parametrize("gain", [0.2, 1.5])
def test_light_does_not_move_a_view(gain: float) -> None:
    watch, picture = Watch(), scene()
    watch.show(picture)
    assert watch.show(picture, gain=gain) is None


def test_a_sway_of_a_mast_a_lorry_and_fog_are_no_movement() -> None:
    watch, picture = Watch(), scene()
    watch.show(picture)
    assert watch.show(picture, across=6) is None
    lorry = picture.copy()
    lorry[:, 150:500] = 200
    assert watch.show(lorry) is None
    assert watch.show(np.full_like(picture, 128)) is None


def test_another_street_is_told_after_a_day_in_which_nothing_fits() -> None:
    watch = Watch()
    watch.show(scene())
    assert watch.show(scene(2)) is None
    watch.now += 86_400
    moved = watch.show(scene(2), snapshots=1)
    assert moved is not None
    assert moved.elsewhere


def test_riders_who_pass_leave_nothing_in_the_first_view() -> None:
    """Nobody can be read from what is kept: it is the same with riders in the pictures and without."""
    views = []
    for riders in ((), ((0, RED), (9, RED), (25, RED))):
        view = View()
        for number, image in enumerate(street(60, riders)[:: 60 // SNAPSHOTS][:SNAPSHOTS]):
            small = cv2.resize(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), (WIDTH, HEIGHT))
            view.see(number * SNAPSHOT_EVERY_S, np.asarray(small, np.uint8))
        views.append(view._first)
    assert views[0] is not None
    assert views[1] is not None
    assert np.abs(views[0] - views[1]).max() < 0.05


def test_a_stream_of_another_size_shows_the_same_view() -> None:
    watch, picture = Watch(), scene()
    watch.show(picture)
    for number in range(2 * SNAPSHOTS):
        smaller = cv2.resize(seen(picture, seed=number), (120, 68), interpolation=cv2.INTER_AREA)
        watch.view.see(watch.now, np.asarray(smaller, np.uint8))
        watch.now += SNAPSHOT_EVERY_S
    assert watch.view.moved is None


@pytest.mark.parametrize("clip", ["crossing_cyclist.mp4", "parking_bicycle.mp4", "walkway_01.avi"])
def test_real_streets_stay_where_they_are_and_are_told_when_they_do_not(clip: str, real_data: Path) -> None:
    with av.open(str(real_data / "video" / clip)) as container:
        pictures = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)][:240]
    pictures = pictures[:: len(pictures) // (3 * SNAPSHOTS)]
    view = View()
    for number, picture in enumerate(pictures):
        view.see(number * SNAPSHOT_EVERY_S, coarse(picture))
    assert view.moved is None
    shift = pictures[0].shape[1] // 20
    for number, picture in enumerate(pictures):
        turned = cv2.copyMakeBorder(picture[:, :-shift], 0, 0, shift, 0, cv2.BORDER_REFLECT)
        view.see(number * SNAPSHOT_EVERY_S, coarse(np.asarray(turned, np.uint8)))
    assert view.moved is not None
    assert view.moved.across == pytest.approx(0.05, abs=0.01)
    assert view.moved.down == pytest.approx(0.0, abs=0.01)


def coarse(picture: Image) -> Image:
    """As a stream shows it to the view."""
    height = round(picture.shape[0] * WIDTH / picture.shape[1])
    return np.asarray(cv2.resize(picture, (WIDTH, height), interpolation=cv2.INTER_AREA), np.uint8)
