"""Single simulated frames with their labels."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training the detector needs the extra lab")

from workshop.detector.frames import cached_frames
from workshop.detector.learning.samples import Label
from workshop.detector.simulated import SimulatedFrameSettings, render_frames


def settings(**changes: object) -> SimulatedFrameSettings:
    given = {
        "scenarios": ["rush_hour"],
        "seeds": [5],
        "cameras": 2,
        "frames": 4,
        "size": [320, 192],
        **changes,
    }
    return SimulatedFrameSettings.model_validate(given)


def test_everybody_is_labelled_where_pixels_differ_from_the_empty_street() -> None:
    frames = list(render_frames(settings(frames=6)))
    empty = np.median([frame.image for frame in frames[:6]], axis=0)
    shown = [
        np.abs(frame.image.astype(float) - empty)[int(top) : int(bottom), int(left) : int(right)].mean()
        for frame in frames[:6]
        for (left, top, right, bottom), label in zip(frame.boxes, frame.labels, strict=True)
        if label == Label.CYCLIST
    ]
    assert len(shown) >= 2
    assert np.median(shown) > 10, shown


def test_frames_are_named_by_scenario_seed_and_camera_and_labels_are_complete() -> None:
    frames = list(render_frames(settings()))
    assert [frame.name for frame in frames[3:5]] == ["rush_hour/5-0-3", "rush_hour/5-1-0"]
    assert all((frame.background == 1).all() for frame in frames)
    assert all(frame.image.shape == (192, 320, 3) for frame in frames)


def test_the_same_seed_paints_the_same_frames_and_another_does_not() -> None:
    first, again, other = (next(iter(render_frames(settings(seeds=[seed])))) for seed in (5, 5, 6))
    np.testing.assert_array_equal(first.image, again.image)
    assert first.image.tobytes() != other.image.tobytes()


def test_busy_streets_show_what_is_no_cyclist() -> None:
    labels = np.concatenate([frame.labels for frame in render_frames(settings(busy=True, frames=8))])
    assert {Label.CYCLIST, Label.PEDESTRIAN, Label.OTHER} <= set(labels.tolist())


def test_a_real_street_shows_behind_painted_people() -> None:
    street = np.full((200, 400, 3), (10, 200, 10), np.uint8)
    frame = next(iter(render_frames(settings(real_share=1.0), [street])))
    assert np.median(frame.image[..., 1]) > 150
    assert np.median(frame.image[..., 2]) < 60


def test_wild_cameras_see_streets_as_the_simulation_never_does() -> None:
    tame = next(iter(render_frames(settings())))
    wild = next(iter(render_frames(settings(wild_share=1.0))))
    assert np.abs(tame.image.astype(int) - wild.image).mean() > 5


def test_hardly_visible_people_are_neither_right_nor_wrong() -> None:
    labels = [label for frame in render_frames(settings(min_visible=1.0)) for label in frame.labels]
    assert Label.IGNORED in labels


def test_painted_frames_are_read_back_as_they_were(tmp_path: Path) -> None:
    painted: list[int] = []
    first = cached_frames(settings(), (), tmp_path, painted.append)
    second = cached_frames(settings(), (), tmp_path, painted.append)
    assert painted == list(range(1, 9)), "painted once"
    for one, other, fresh in zip(first, second, render_frames(settings()), strict=True):
        for frame in (other, fresh):
            assert frame.name == one.name
            np.testing.assert_array_equal(frame.image, one.image)
            np.testing.assert_array_equal(frame.boxes, one.boxes)
            np.testing.assert_array_equal(frame.labels, one.labels)


def test_other_settings_are_painted_anew(tmp_path: Path) -> None:
    cached_frames(settings(frames=1), (), tmp_path)
    cached_frames(settings(frames=1, seeds=[6]), (), tmp_path)
    assert len(list(tmp_path.glob("frames-*.npz"))) == 2
