"""What is remembered of a track, and of the bicycles around it."""

import numpy as np
import pytest

from tests.tracking.riders.scenes import bicycle_box, detections_at, seated_box, standing_box
from tracking.riders import AssociationSettings, Candidates, RiderSettings, associate
from tracking.riders.evidence import Evidence, EvidenceLog
from tracking.riders.measuring import measure
from tracking.riders.motion import measure_motion
from tracking.riders.parked import WheelsHistory

STILL = np.random.default_rng(0)


def candidates(*boxes: tuple[float, float, float, float, float, int]) -> Candidates:
    class Silent:
        """No jitter."""

        @staticmethod
        def normal(mean: float, spread: float, shape: tuple[int, ...]) -> np.ndarray:
            return np.zeros(shape)

    return associate(detections_at(0.0, [lambda time: boxes], Silent()), AssociationSettings())  # type: ignore[arg-type]


def seen(xs: list[float], person: bool = True, fps: float = 10.0) -> Evidence:
    log = EvidenceLog(1000)
    for index, x in enumerate(xs):
        boxes = [bicycle_box(x, 300), *([seated_box(x, 300)] if person else [])]
        log.observe(np.array([0]), candidates(*boxes), index / fps)
    return log.of(0)


def test_memory_of_a_track_is_bounded_and_stays_spread_over_its_life() -> None:
    log = EvidenceLog(100)
    for index in range(5000):
        log.observe(np.array([7]), candidates(standing_box(100, 300)), index / 10)
    evidence = log.of(7)
    assert len(evidence) <= 100
    assert evidence.times[0] == 0.0
    assert evidence.times[-1] > 490
    log.forget(7)
    assert len(log) == 0


def test_unassigned_rows_leave_nothing_behind() -> None:
    log = EvidenceLog(100)
    log.observe(np.array([-1]), candidates(standing_box(100, 300)), 0.0)
    assert len(log) == 0
    assert len(log.of(3)) == 0


@pytest.mark.parametrize("speed", [0.0, 0.5, 1.0, 3.0, -2.0])
@pytest.mark.parametrize("fps", [5.0, 10.0, 30.0])
def test_speed_is_measured_in_own_heights_per_second(speed: float, fps: float) -> None:
    motion = measure_motion(seen([400 + speed * 60 * index / fps for index in range(int(5 * fps))], fps=fps))
    assert motion.speed == pytest.approx(abs(speed), rel=0.05, abs=0.02)
    assert motion.displacement == pytest.approx(abs(speed) * 5, rel=0.15, abs=0.05)


def test_lone_bicycle_is_measured_with_the_height_of_a_rider() -> None:
    alone = measure_motion(seen([400 + 12.0 * index for index in range(50)], person=False))
    ridden = measure_motion(seen([400 + 12.0 * index for index in range(50)]))
    assert alone.speed == pytest.approx(ridden.speed, rel=0.05)


def test_bicycle_that_stays_when_the_person_has_gone_is_parked() -> None:
    history, log = WheelsHistory(30.0), EvidenceLog(1000)
    for index in range(80):
        x = 100 + 6.0 * index
        rows = candidates(standing_box(x, 300), bicycle_box(340, 300))
        history.observe(rows, index / 10)
        has_person = np.flatnonzero(rows.person > 0)
        assigned = np.full(len(rows), -1)
        assigned[has_person] = 0
        log.observe(assigned, rows, index / 10)
    evidence = log.of(0)
    paired = np.isfinite(evidence.wheels_boxes[:, 0])
    assert paired.any(), "the pedestrian never came near the bicycle"
    assert history.parked(evidence, 0.6, 0.2)[paired].all()


def test_ridden_bicycle_is_not_parked_although_others_ride_the_same_line() -> None:
    history, log = WheelsHistory(30.0), EvidenceLog(1000)
    for index in range(100):
        places = [100 + 15.0 * (index - start) for start in (0, 20, 40) if 0 <= index - start < 40]
        rows = candidates(*(box for x in places for box in (seated_box(x, 300), bicycle_box(x, 300))))
        history.observe(rows, index / 10)
        if index < 40:
            leader = np.argmax(rows.xyxy[:, 0])
            log.observe(np.where(np.arange(len(rows)) == leader, 0, -1), rows, index / 10)
    assert not history.parked(log.of(0), 0.6, 0.2).any()


def test_how_a_rider_looks_counts_by_time_and_not_by_looks() -> None:
    """A bicycle in half of the time, which was looked at four times as often in the other half."""
    log = EvidenceLog(1000)
    slow, fast = np.arange(0, 2, 0.16), np.arange(2, 4, 0.04)
    for time in np.concatenate([slow, fast]).tolist():
        x = 100 + 120 * time
        wheels = [bicycle_box(x, 300)] if time < 2 else []
        log.observe(np.array([0]), candidates(seated_box(x, 300), *wheels), time)
    evidence = log.of(0)
    found = measure(evidence, np.zeros(len(evidence), bool), RiderSettings().judge)
    assert found.seen_s == pytest.approx(4.0, abs=0.1)
    assert found.bicycle == pytest.approx(0.5 / (1 + 0.8**2), rel=0.03), "the body alone is 0.8 as high"
