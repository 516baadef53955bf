"""A finished passage becomes a sighting that tells when and where, and never who."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.values import Sighting
from pipeline.stages import Passage, SightingMaker
from pipeline.telemetry import Stage, StageClock
from tests.pipeline.fakes import MORNING, ListedEncoder
from tracking.values import Crop, Tracklet


def passage(
    crops: int = 2, confidence: float = 1.0, start: float = MORNING, length_s: float = 2.0
) -> Passage:
    """A ride of some crops."""
    times = np.linspace(start, start + length_s, 5)
    boxes = np.array([[10, 20, 40, 80]] * 5, np.float32) + np.arange(5, dtype=np.float32)[:, None]
    kept = tuple(Crop(float(times[n % 5]), np.full((8, 4, 3), n, np.uint8), 1.0, 0.0) for n in range(crops))
    tracklet = Tracklet(
        camera="A", source="a.mp4", start_frame=7, local_id=3, times=times, boxes=boxes,
        scores=np.full(5, 0.9, np.float32), stationary_s=0.12345, direction="left", crops=kept,
    )  # fmt: skip
    return Passage(tracklet, confidence, start, start + length_s)


def sighting(one: Passage, run_id: str = "run", encoder: ListedEncoder | None = None) -> Sighting:
    return SightingMaker(run_id, encoder or ListedEncoder(), StageClock()).make(one)


def changed(one: Passage, **values: object) -> Passage:
    return replace(one, tracklet=replace(one.tracklet, **values))


def test_a_sighting_tells_where_when_and_which_way() -> None:
    made = sighting(passage())
    assert (made.camera, made.direction, made.frames, made.model_id) == ("A", "left", 5, "listed")
    assert (made.enter_time, made.exit_time) == (MORNING, MORNING + 2.0)
    assert made.stationary_s == pytest.approx(0.123)


def test_the_same_passage_has_the_same_id_whatever_it_looked_like() -> None:
    first = passage()
    other_looks = changed(passage(crops=1), local_id=9, direction="right")
    assert sighting(first).sighting_id == sighting(other_looks).sighting_id
    other_model = ListedEncoder([(0.0, 1.0)])
    assert sighting(first).sighting_id == sighting(first, encoder=other_model).sighting_id


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda one: changed(one, camera="B"), id="camera"),
        pytest.param(lambda one: changed(one, source="b.mp4"), id="file"),
        pytest.param(lambda one: changed(one, start_frame=8), id="first frame"),
        pytest.param(lambda one: changed(one, boxes=one.tracklet.boxes + 5), id="place"),
    ],
)
def test_another_place_or_moment_has_another_id(change: Callable[[Passage], Passage]) -> None:
    assert sighting(change(passage())).sighting_id != sighting(passage()).sighting_id


def test_ids_of_two_runs_never_meet() -> None:
    assert sighting(passage(), "one").sighting_id != sighting(passage(), "two").sighting_id


def test_the_embedding_is_the_mean_of_the_crops_at_unit_norm() -> None:
    made = sighting(passage(crops=2), encoder=ListedEncoder([(1.0, 0.0), (0.0, 1.0)]))
    assert made.embedding == pytest.approx(np.full(2, np.sqrt(0.5)))


def test_every_crop_has_one_vote_however_long_its_embedding() -> None:
    made = sighting(passage(crops=2), encoder=ListedEncoder([(3.0, 0.0), (0.0, 1.0)]))
    assert made.embedding == pytest.approx(np.full(2, np.sqrt(0.5)))


def test_crops_that_agree_are_trusted_more_than_few_or_torn_ones() -> None:
    torn = ListedEncoder([(1.0, 0.0), (0.0, 1.0)])
    many, few = sighting(passage(crops=8)).quality, sighting(passage(crops=1)).quality
    assert 0 < sighting(passage(crops=8), encoder=torn).quality < many <= 1
    assert 0 < few < many


def test_a_doubtful_passage_is_trusted_less() -> None:
    sure, doubtful = sighting(passage()).quality, sighting(passage(confidence=0.25)).quality
    assert doubtful == pytest.approx(sure / 4, abs=1e-4)


def test_without_a_crop_it_counts_but_cannot_be_linked() -> None:
    clock = StageClock()
    made = SightingMaker("run", ListedEncoder(), clock).make(passage(crops=0))
    assert (made.embedding, made.quality, made.frames) == (None, 0.0, 5)
    assert clock.seconds[Stage.EMBED] == 0.0


def test_embedding_takes_its_time_on_the_clock() -> None:
    clock = StageClock()
    SightingMaker("run", ListedEncoder(), clock).make(passage())
    assert {stage for stage, seconds in clock.seconds.items() if seconds > 0} == {Stage.EMBED}


@given(start=st.floats(0, 4e9), length_s=st.floats(0.001, 300))
def test_times_are_whole_microseconds_as_the_database_keeps_them(start: float, length_s: float) -> None:
    made = sighting(passage(start=start, length_s=length_s))
    for time in (made.enter_time, made.exit_time):
        kept = round(time * 1_000_000)
        assert kept / 1_000_000 == time, f"{time!r} comes back as {kept / 1_000_000!r}"
    assert abs(made.enter_time - start) <= 1e-6
