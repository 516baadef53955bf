"""The board shows the newest of a run, and its pulse tells a stuck loop."""

import math
from dataclasses import dataclass

import pytest
from sqlalchemy import create_engine, text

from flows.database import Database
from pipeline.telemetry import Board, ChainState, Model, RecordedCamera
from pipeline.telemetry.pulse import MISSED_BEATS, SHORTEST_LIMIT_S, START_S, Pulse
from tracking.attention import Movement


class Hand:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class LiveEye:
    """A reading as any other engine may make it."""

    camera: str
    connected: bool = True
    frames: int = 7
    looks: int = 5
    dropped: int = 2
    lag_s: float | None = 0.25
    reconnects: int = 3
    last_frame: float | None = 1.0
    reason: str | None = ""
    moved: Movement | None = None


def test_a_loop_may_take_long_at_first_and_then_many_of_its_rounds() -> None:
    hand = Hand()
    pulse = Pulse(hand)
    assert pulse.limit_s == START_S
    for _ in range(60):
        hand.now += 6.0
        pulse.beat()
    hand.now += 1.0
    assert pulse.age_s == 1.0
    assert pulse.limit_s == MISSED_BEATS * 6.0
    quick = Pulse(hand)
    for _ in range(200):
        hand.now += 0.01
        quick.beat()
    assert quick.limit_s == SHORTEST_LIMIT_S


def test_one_long_round_does_not_make_a_stuck_loop_look_well() -> None:
    hand = Hand()
    pulse = Pulse(hand)
    for gap in (1.0, 1.0, 1.0, 5000.0, 1.0, 1.0):
        hand.now += gap
        pulse.beat()
    assert pulse.limit_s == SHORTEST_LIMIT_S


def test_a_reading_of_another_engine_is_not_replaced_by_what_a_recording_would_tell() -> None:
    board = Board()
    board.see_recorded(RecordedCamera("A", True, 1, 1, 0.0))
    board.see_recorded(RecordedCamera("A", True, 2, 1, 0.5))
    assert board.read().cameras["A"].frames == 2
    board.see(LiveEye("A"))
    board.see_recorded(RecordedCamera("A", True, 3, 1, 1.0))
    assert board.read().cameras["A"] == LiveEye("A")


def test_stretches_that_others_looked_at_are_told_for_each_camera() -> None:
    board = Board()
    board.looked_ahead("A", 2)
    board.looked_ahead("B", 1)
    board.looked_ahead("A", 3)

    assert board.read().stretches_ahead == {"A": 3, "B": 1}


def test_an_engine_may_be_asked_instead_of_telling() -> None:
    board, eyes = Board(), [LiveEye("A"), LiveEye("B", connected=False, reason=None)]
    board.ask(lambda: eyes)
    eyes[0] = LiveEye("A", frames=9)
    assert board.read().cameras == {"A": LiveEye("A", frames=9), "B": eyes[1]}


def test_counts_add_up_and_the_watermark_stays_finite() -> None:
    board = Board()
    for _ in range(2):
        board.stored("A", 3)
        board.decided(links=1, journeys=2, watermark=100.0)
    board.decided(links=0, journeys=1, watermark=math.inf)
    board.use([Model("detector", "d", "CPU")])
    board.use([Model("detector", "d", "CPU"), Model("encoder", "e", "CPU")])
    read = board.read()
    assert (read.sightings, read.links, read.journeys, read.watermark) == ({"A": 6}, 2, 5, 100.0)
    assert [one.role for one in read.models] == ["detector", "encoder"]


@pytest.mark.parametrize(("observed", "span", "coverage"), [(5.0, 10.0, 0.5), (0.0, 0.0, None), (3, 2, 1.0)])
def test_coverage_is_a_part_of_the_span(observed: float, span: float, coverage: float | None) -> None:
    assert ChainState(0, observed, span).coverage == coverage


def test_every_transaction_is_measured() -> None:
    board, database = Board(), Database(create_engine("sqlite://"), "memory")
    board.watch(database)
    for _ in range(3):
        with database.transaction() as connection:
            connection.execute(text("select 1"))
    took = board.read().transactions
    assert board.read().beat_age_s < 30
    assert took.counts[math.inf] == 3
    assert 0 < took.total_s < 30
