"""From boxes to passages: where they count, which way they went, what is kept of them, and when."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from pipeline.stages import CameraChain, Passage
from pipeline.stages.camera_chain import spread
from pipeline.telemetry import Stage, StageClock
from tests.pipeline.fakes import FPS, MORNING, SIZE, Ride, boxes, chain, frame
from tracking.arrays import FloatArray, Image, IntArray
from tracking.region import CountingLine, RegionOfInterest
from tracking.riders import Glance, JudgedPassage, RiderSettings
from tracking.tracklets import ShortTrack
from tracking.values import Crop, Frame

LIMITS = RiderSettings.model_validate({"judge": {"by": "limits"}})
BEHIND_S = 6.0
"""Every passage is judged within so many seconds."""


def watch(watched: CameraChain, frames: int, *rides: Ride) -> list[Passage]:
    """Take so many frames through a chain and close it."""
    passages = []
    for number in range(frames):
        passages += watched.process(frame(number), boxes(number, *rides))
    return passages + watched.finish()


def test_a_ride_through_the_view_is_one_passage_at_its_moments() -> None:
    (passage,) = watch(chain(), 60, Ride(first=5, last=35))
    times = passage.tracklet.times - MORNING
    assert (passage.tracklet.source, passage.tracklet.start_frame) == ("a.mp4", 5)
    assert (times[0], times[-1]) == pytest.approx((0.5, 3.5))
    assert 0 < passage.confidence <= 1


def test_only_who_stands_in_the_region_counts() -> None:
    path, street = Ride(bottom=170.0), Ride(bottom=80.0)
    lower_half = RegionOfInterest(SIZE, [[0, 0.5], [1, 0.5], [1, 1], [0, 1]])
    assert len(watch(chain(), 60, path, street)) == 2
    (passage,) = watch(chain(region=lower_half), 60, path, street)
    assert passage.tracklet.boxes[:, 3] == pytest.approx(170.0)


def test_a_passage_begins_and_ends_at_the_edge_of_the_region() -> None:
    right_half = RegionOfInterest(SIZE, [[0.5, 0], [1, 0], [1, 1], [0.5, 1]])
    (passage,) = watch(chain(region=right_half), 60, Ride())
    middle = passage.tracklet.boxes[:, [0, 2]].mean(axis=1)
    assert middle.min() >= SIZE[0] / 2
    assert middle[0] == pytest.approx(SIZE[0] / 2, abs=8.0)


@pytest.mark.parametrize(
    ("ride", "heading", "over_the_line"),
    [
        (Ride(), "right", "into town"),
        (Ride(left=290.0, step=-8.0), "left", "out of town"),
        (Ride(last=14), "right", "uncrossed"),
    ],
)
def test_direction_is_the_heading_or_the_name_the_counting_line_gives(
    ride: Ride, heading: str, over_the_line: str
) -> None:
    # Drawn upwards, its right-hand side lies to the right in the picture.
    line = CountingLine(points=((0.5, 1.0), (0.5, 0.0)), forward="into town", backward="out of town")
    (plain,), (named,) = watch(chain(), 60, ride), watch(chain(counting_line=line), 60, ride)
    assert (plain.tracklet.direction, named.tracklet.direction) == (heading, over_the_line)


@pytest.mark.parametrize("most", [1, 3, 8])
def test_a_passage_keeps_a_few_crops_in_order_of_time(most: int) -> None:
    (passage,) = watch(chain(crops=most), 60, Ride())
    times = [crop.time for crop in passage.tracklet.crops]
    assert 1 <= len(times) <= most
    assert times == sorted(times)
    assert set(times) <= set(passage.tracklet.times.tolist()), "a crop of a moment at which nobody was there"


def test_every_crop_went_through_the_blur() -> None:
    def blacken(image: Image) -> Image:
        return np.zeros_like(image)

    (passage,) = watch(chain(anonymise=blacken), 60, Ride())
    assert passage.tracklet.crops
    assert not any(crop.image.any() for crop in passage.tracklet.crops)


@pytest.mark.parametrize(
    ("there", "most", "kept"),
    [(0, 3, []), (2, 3, [0, 1]), (3, 3, [0, 1, 2]), (9, 3, [0, 4, 8]), (9, 1, [0]), (5, 4, [0, 1, 3, 4])],
)
def test_too_many_crops_are_spread_over_the_passage(there: int, most: int, kept: list[int]) -> None:
    crops = [Crop(float(n), np.zeros((2, 2, 3), np.uint8), 1.0, 0.0) for n in range(there)]
    assert [crop.time for crop in spread(crops, most)] == kept


class AskedClassifier:
    """Answers as it is told and keeps what it was asked about."""

    def __init__(self, odds: float) -> None:
        self.asked: list[list[Image]] = []
        self._odds = odds

    def look(self, crops: Sequence[Image]) -> Glance | None:
        self.asked.append(list(crops))
        return Glance(self._odds, "on_foot", 6.0) if crops else None


@pytest.mark.parametrize(("odds", "counted"), [(6.0, 1), (-6.0, 0)])
def test_a_classifier_sees_the_anonymous_crops_before_a_passage_is_judged(odds: float, counted: int) -> None:
    def blacken(image: Image) -> Image:
        return np.zeros_like(image)

    classifier, refused = AskedClassifier(odds), list[JudgedPassage | ShortTrack]()
    learnt = RiderSettings.model_validate({"judge": {"by": "learnt"}})
    faint = replace(Ride(), score=0.4)
    watched = chain(anonymise=blacken, crops=4, rider=learnt, classifier=classifier, refused=refused.append)
    passages = watch(watched, 60, faint)
    assert (len(passages), len(refused)) == (counted, 1 - counted)
    ((*crops,),) = classifier.asked
    assert 1 <= len(crops) <= 4
    assert not any(crop.any() for crop in crops)
    for passage in passages:
        assert len(passage.tracklet.crops) == len(crops)


def test_limits_ask_no_classifier() -> None:
    classifier = AskedClassifier(-6.0)
    assert len(watch(chain(rider=LIMITS, classifier=classifier), 60, Ride())) == 1
    assert classifier.asked == []


class NotedCrops:
    """A `CropSampler` that only notes what it is told."""

    def __init__(self) -> None:
        self.known: set[int] = set()
        self.taken: list[int] = []

    def observe(self, local_ids: IntArray, boxes: FloatArray, frame: Frame) -> None:
        assert len(local_ids) == len(boxes)
        self.known |= set(local_ids.tolist())

    def take(self, local_id: int) -> tuple[Crop, ...]:
        self.taken.append(local_id)
        return ()

    def drop(self, local_id: int) -> None:
        self.known.discard(local_id)


@pytest.mark.parametrize(
    "rides",
    [
        pytest.param([Ride()], id="a cyclist"),
        pytest.param([Ride(step=0.2)], id="somebody who hardly moves"),
        pytest.param([Ride(last=2)], id="a box of three frames"),
        pytest.param([Ride(), Ride(first=12, bottom=70.0)], id="two cyclists"),
    ],
)
def test_nothing_is_kept_of_anybody_whose_passage_is_over(rides: Sequence[Ride]) -> None:
    crops = NotedCrops()
    watched = chain(sampler=crops)
    passages = watch(watched, 120, *rides)
    assert crops.known == set()
    assert len(set(crops.taken)) >= len(passages)
    assert watched.quiet


def test_who_stands_still_adds_no_crops() -> None:
    waits = Ride(first=0, last=60, step=0.0)
    rides = Ride(first=0, last=35, bottom=70.0)
    seen: list[int] = []

    class Counted(NotedCrops):
        def observe(self, local_ids: IntArray, boxes: FloatArray, frame: Frame) -> None:
            super().observe(local_ids, boxes, frame)
            seen.extend(1 for bottom in boxes[:, 3] if bottom == waits.bottom)

    watch(chain(sampler=Counted()), 90, waits, rides)
    assert len(seen) <= 1.5 * FPS, f"{len(seen)} of 61 frames of somebody who stands gave a crop"


def test_the_end_of_the_footage_closes_what_is_in_view() -> None:
    watched, ride = chain(), Ride(first=5, last=100, step=4.0)
    found = [one for number in range(60) for one in watched.process(frame(number), boxes(number, ride))]
    assert (found, watched.quiet) == ([], False)
    (passage,) = watched.finish()
    assert passage.tracklet.times[-1] == pytest.approx(MORNING + 5.9)
    assert watched.quiet


def test_no_passage_begins_before_what_is_settled() -> None:
    """At any moment: whatever is still to come enters later than the chain has promised."""
    rides = [Ride(first=3, last=30), Ride(first=20, last=50, bottom=70.0), Ride(first=90, last=120)]
    watched = chain()
    promises: list[float] = []
    entered: list[tuple[int, float]] = []
    for number in range(200):
        for passage in watched.process(frame(number), boxes(number, *rides)):
            entered.append((len(promises), float(passage.tracklet.times[0])))
        promises.append(watched.settled_until)
    assert len(entered) == 3
    for said, enter in entered:
        assert all(promise <= enter for promise in promises[:said]), f"a rider of {enter} came too late"
    assert promises == sorted(promises)
    last = MORNING + 199 / FPS
    assert promises[-1] == pytest.approx(last), "nobody is in view, yet nothing more is settled"


def test_a_passage_is_told_while_the_footage_goes_on() -> None:
    watched, ride = chain(), Ride(first=0, last=30)
    told = [n for n in range(200) if watched.process(frame(n), boxes(n, ride))]
    assert len(told) == 1
    assert told[0] - 30 <= BEHIND_S * FPS


def test_nothing_is_settled_before_the_first_frame() -> None:
    watched = chain()
    assert watched.settled_until == -np.inf
    assert watched.quiet
    assert watched.finish() == []


def test_time_is_counted_for_tracking_and_blurring() -> None:
    clock = StageClock()
    watch(chain(clock=clock), 40, Ride())
    busy = {stage for stage, seconds in clock.seconds.items() if seconds > 0}
    assert busy == {Stage.TRACK, Stage.ANONYMISE}


@pytest.mark.parametrize("rate", [4.0, 6.25, 8.33, 12.5, 25.0])
@pytest.mark.parametrize("late", [0.0, 0.4, 0.8])
def test_entry_and_exit_do_not_depend_on_when_the_looks_fall(rate: float, late: float) -> None:
    """80 pixels a second over a region from 80 to 240: the foot enters at 0.6875 s and leaves at 2.6875 s."""
    watched = chain(region=RegionOfInterest(SIZE, [[0.25, 0], [0.75, 0], [0.75, 1], [0.25, 1]]))
    before, passages = -np.inf, []
    for look in range(int(8 * rate)):
        seconds = (look + late) / rate
        number = seconds * FPS
        found = boxes(0, Ride(first=0, left=10 + 8 * number)) if seconds < 3.5 else boxes(0)
        one = replace(frame(0, index=look, time=MORNING + seconds), before=before)
        passages += watched.process(one, found)
        before = one.time
    (passage,) = passages
    assert passage.enter - MORNING == pytest.approx(0.6875, abs=2e-3)
    assert passage.leave - MORNING == pytest.approx(2.6875, abs=2e-3)


def test_who_is_in_view_when_footage_begins_entered_no_earlier() -> None:
    (passage,) = watch(chain(), 60, Ride(first=0, left=-14.0))
    assert passage.enter == passage.tracklet.times[0] == MORNING


def test_nothing_settled_lies_behind_an_entry_between_two_looks() -> None:
    watched, settled, passages = chain(), [], []
    before = -np.inf
    for number in range(80):
        one = replace(frame(number), before=before)
        passages += watched.process(one, boxes(number, Ride(first=6, left=-14.0)))
        before = one.time
        settled.append(watched.settled_until)
    (passage,) = passages
    in_view = [until for number, until in enumerate(settled) if 6 <= number <= 40]
    assert passage.enter < passage.tracklet.times[0]
    assert max(in_view) <= passage.enter
