"""When the detector looks, and where: on small moving blocks whose place is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracking.arrays import Image
from tracking.attention import Attention, AttentionSettings, Glance
from tracking.attention.parts import enclosing, moving_parts

SIZE = (640, 360)
BLOCK = (8, 20)
LOOKING = AttentionSettings(every_frame=False)


def picture(block_at: tuple[int, int] | None = None, seed: int = 1) -> Image:
    """A small grey picture with noise, (90, 160), and perhaps a dark block with its corner there."""
    noise = np.random.default_rng(seed).normal(110, 2, (90, 160))
    if block_at is not None:
        x, y = block_at
        noise[y : y + BLOCK[1], x : x + BLOCK[0]] = 20
    return np.clip(noise, 0, 255).astype(np.uint8)


def decisions(
    attention: Attention, pictures: list[tuple[float, Image]], size: tuple[int, int] = SIZE
) -> list[Glance]:
    return [attention.decide(seconds, size, lambda width, one=one: one) for seconds, one in pictures]


def film(seconds: float, rider: tuple[float, float] = (1e9, 1e9), fps: int = 25) -> list[tuple[float, Image]]:
    """Noise, and a block that crosses to the right between two moments."""
    frames = []
    for number in range(int(seconds * fps)):
        time = number / fps
        there = rider[0] <= time <= rider[1]
        x = int(150 * (time - rider[0]) / (rider[1] - rider[0])) if there else 0
        frames.append((time, picture((x, 40) if there else None, seed=number)))
    return frames


def test_a_picture_of_another_size_is_looked_at_as_a_whole_until_its_background_is_known() -> None:
    other = [(10 + seconds, np.pad(one, ((0, 1), (0, 0)), "edge")) for seconds, one in film(10)]
    found = decisions(Attention(LOOKING), [*film(10), *other])
    before, after = found[:250], found[250:]
    assert not before[-1].looks
    looks = [glance for glance in after if glance.due][:10]
    assert all(glance == Glance() for glance in looks), looks
    assert not after[-1].looks, "the other size is the usual one now"


def test_every_frame_is_every_frame_and_the_whole_of_it() -> None:
    found = decisions(Attention(AttentionSettings(every_frame=True)), film(2))
    assert found == [Glance()] * 50


@pytest.mark.parametrize(("fps", "looks"), [(25, 63), (12, 63), (10, 63), (5, 50)])
def test_while_all_may_move_it_looks_at_the_set_rate_whatever_the_footage_has(fps: int, looks: int) -> None:
    still_learning = LOOKING.model_copy(update={"quiet_rate": 0.1})
    found = decisions(Attention(still_learning), film(10, fps=fps))
    assert sum(one.looks for one in found) == pytest.approx(looks, abs=2)
    assert all(one.looks for one in found if one.due)


def test_a_limit_of_looks_holds_for_every_frame_too() -> None:
    found = decisions(Attention(AttentionSettings(every_frame=True), most_fps=5.0), film(4))
    assert sum(one.looks for one in found) == pytest.approx(20, abs=1)


def test_where_nothing_moves_it_looks_once_a_second_and_at_everything() -> None:
    found = decisions(Attention(LOOKING), film(20))[5 * 25 :]
    assert sum(one.looks for one in found) == 15
    assert all(not one.parts for one in found if one.looks)
    assert sum(one.due for one in found) == pytest.approx(15 * 6.25, abs=2), "what is left out was due"


def test_who_rides_by_is_in_every_look_and_most_looks_are_small() -> None:
    rider = (12.0, 16.0)
    frames = film(20, rider)
    parts = []
    for (seconds, _), one in zip(frames, decisions(Attention(LOOKING), frames), strict=True):
        if one.due and rider[0] <= seconds <= rider[1]:
            assert one.looks, seconds
            if one.parts:
                x = int(150 * (seconds - rider[0]) / (rider[1] - rider[0]))
                box = np.array([x, 40, x + BLOCK[0], 40 + BLOCK[1]]) * 4
                left, top, right, bottom = box.tolist()
                assert any(a <= left and b <= top and right <= c and bottom <= d for a, b, c, d in one.parts)
                parts += [(c - a) * (d - b) for a, b, c, d in one.parts]
    assert len(parts) > 12
    assert np.mean(parts) < 0.35 * SIZE[0] * SIZE[1]


def test_without_parts_it_looks_at_the_whole_while_something_moves() -> None:
    settings_ = LOOKING.model_copy(update={"parts": False})
    found = decisions(Attention(settings_), film(20, (12.0, 16.0)))
    assert all(not one.parts for one in found)
    assert sum(one.looks for one in found[12 * 25 : 16 * 25]) == pytest.approx(25, abs=2)


def test_what_moves_far_from_the_region_does_not_matter() -> None:
    region = np.zeros((90, 160), np.uint8)
    region[:20] = 1
    found = decisions(Attention(LOOKING, region=region), film(20, (12.0, 16.0)))
    assert sum(one.looks for one in found[12 * 25 : 16 * 25]) <= 5


def test_a_change_of_light_is_looked_at_as_a_whole() -> None:
    frames = [(seconds, one if seconds < 10 else one // 2) for seconds, one in film(11)]
    after = [one for one in decisions(Attention(LOOKING), frames)[250:] if one.due]
    assert all(one.looks and not one.parts for one in after)


def test_a_damaged_picture_is_looked_at() -> None:
    assert Attention(LOOKING).decide(0.0, SIZE, lambda width: None) == Glance()


@settings(max_examples=12, deadline=None)
@given(begin=st.floats(12.0, 20.0), rider=st.floats(1.0, 19.0))
def test_who_begins_in_the_middle_decides_as_if_there_from_the_beginning(begin: float, rider: float) -> None:
    frames = film(24, (rider, rider + 4), fps=10)
    whole = decisions(Attention(LOOKING), frames)
    attention = Attention(LOOKING)
    shown = [frame for frame in frames if frame[0] >= begin - attention.memory_s]
    again = decisions(attention, shown)
    behind = [one for frame, one in zip(frames, whole, strict=True) if frame[0] >= begin]
    assert again[len(again) - len(behind) :] == behind


PART = st.tuples(st.integers(0, 600), st.integers(0, 320), st.integers(1, 200), st.integers(1, 200))


@given(st.lists(PART, min_size=1, max_size=8))
def test_parts_hold_all_that_moves_and_share_no_pixel(boxes: list[tuple[int, int, int, int]]) -> None:
    moving = [(x, y, min(x + w, SIZE[0]), min(y + h, SIZE[1])) for x, y, w, h in boxes]
    parts = enclosing(moving, SIZE)
    seen = np.zeros(SIZE[::-1], int)
    for left, top, right, bottom in parts:
        assert 0 <= left < right <= SIZE[0]
        assert 0 <= top < bottom <= SIZE[1]
        seen[top:bottom, left:right] += 1
    assert seen.max() <= 1
    for left, top, right, bottom in moving if parts else ():
        assert seen[top:bottom, left:right].all()


def test_single_points_are_noise() -> None:
    changed = np.zeros((90, 160), bool)
    changed[10, 10] = changed[50, 80] = changed[50, 81] = True
    assert moving_parts(changed, SIZE) == ()
    changed[51, 80] = True
    assert len(moving_parts(changed, SIZE)) == 1


def fast_film(seconds: float, begin: float, speed: float, fps: int = 25) -> list[tuple[float, Image]]:
    """Noise, and a block that crosses to the right from a moment on, points per second."""
    frames = []
    for number in range(int(seconds * fps)):
        x = int(speed * (number / fps - begin))
        frames.append((number / fps, picture((x, 40) if 0 <= x < 150 else None, seed=number)))
    return frames


@pytest.mark.parametrize(("speed", "looks"), [(20, 6.25), (75, 12.5)])
def test_who_leaves_the_place_between_two_looks_is_looked_at_more_often(speed: float, looks: float) -> None:
    """20 points high: 3.75 heights a second are 22 km/h, one height is 6."""
    found = decisions(Attention(LOOKING), fast_film(14, 12, speed))
    riding = found[int(12.5 * 25) : int(13.5 * 25)]
    assert sum(one.looks for one in riding) == pytest.approx(looks, abs=1)
    assert all(one.due for one in riding if one.looks)


def two_film(gap: int) -> list[tuple[float, Image]]:
    """Noise, and from the twelfth second on two slow blocks, so many points apart, one behind the other."""
    frames = fast_film(14, 12, 20)
    for time, one in frames:
        x = int(20 * (time - 12)) + BLOCK[0] + gap
        if x >= BLOCK[0] + gap:
            one[40:60, x : x + BLOCK[0]] = 20
    return frames


@pytest.mark.parametrize(("gap", "looks"), [(8, 12.5), (40, 6.25)])
def test_two_who_meet_are_looked_at_more_often_and_two_far_apart_are_not(gap: int, looks: float) -> None:
    """A gap of 8 points is less than half of their height, and 40 points are two heights."""
    found = decisions(Attention(LOOKING), two_film(gap))[int(12.5 * 25) : int(13.5 * 25)]
    assert sum(one.looks for one in found) == pytest.approx(looks, abs=1)


def test_no_more_looks_than_the_limit_however_fast() -> None:
    found = decisions(Attention(LOOKING, most_fps=5.0), fast_film(14, 12, 75))
    assert sum(one.looks for one in found[int(12.5 * 25) : int(13.5 * 25)]) == pytest.approx(5, abs=1)


def test_noise_that_comes_and_goes_is_nobody_fast() -> None:
    frames = fast_film(14, 1e9, 0)
    for number, (_, one) in enumerate(frames[300:]):
        y, x = np.random.default_rng(number).integers(0, (80, 150))
        one[y : y + 4, x : x + 4] = 20
    assert sum(one.looks for one in decisions(Attention(LOOKING), frames)[312:337]) <= 9


@settings(max_examples=8, deadline=None)
@given(begin=st.floats(12.0, 16.0), rider=st.floats(11.5, 15.0))
def test_who_begins_while_somebody_is_fast_decides_as_if_there_from_the_beginning(
    begin: float, rider: float
) -> None:
    frames = fast_film(17, rider, 75, fps=12)
    whole = decisions(Attention(LOOKING), frames)
    attention = Attention(LOOKING)
    again = decisions(attention, [frame for frame in frames if frame[0] >= begin - attention.memory_s])
    behind = [one for frame, one in zip(frames, whole, strict=True) if frame[0] >= begin]
    assert again[len(again) - len(behind) :] == behind
