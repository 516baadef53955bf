"""Alarms of a run at work, and of all kinds: each has a page."""

from dataclasses import replace

import pytest

from pipeline.alarms import AlarmKind, RunningAlarms
from pipeline.alarms.running import MEMORY_S, MOST_LAG_S
from pipeline.sources.report import LONGEST_GAP_S
from pipeline.telemetry import RunReadings
from tests.conftest import REPOSITORY
from tests.documentation.pages import Page
from tests.pipeline.telemetry.test_board import Hand, LiveEye
from tracking.attention import Movement

PAGE = Page(REPOSITORY / "docs" / "operations.md")
WELL = RunReadings(beat_age_s=1.0, beat_limit_s=20.0)
EYE = LiveEye("A", dropped=100, frames=1000)


def run(eye: LiveEye) -> RunReadings:
    return replace(WELL, cameras={"A": eye})


def kinds(alarms: RunningAlarms, readings: RunReadings, reason: str = "") -> list[AlarmKind]:
    return [one.kind for one in alarms.decide(readings, reason)]


def test_old_drops_are_no_alarm_and_new_ones_are_for_a_quarter_of_an_hour() -> None:
    hand = Hand()
    alarms = RunningAlarms(hand)
    assert kinds(alarms, run(EYE)) == []
    hand.now += 60
    [alarm] = alarms.decide(run(replace(EYE, dropped=103, frames=1600)))
    assert alarm.kind is AlarmKind.DROPS
    assert alarm.sentence.startswith("camera A: 3 frames were dropped in the last 15 minutes, beside 600")
    for _ in range(200):
        hand.now += MEMORY_S / 100
        last = kinds(alarms, run(replace(EYE, dropped=103, frames=9000)))
    assert last == []


def test_drops_are_remembered_in_little_room_however_often_somebody_asks() -> None:
    hand = Hand()
    alarms = RunningAlarms(hand)
    for _ in range(5000):
        hand.now += 0.1
        alarms.decide(run(EYE))
    assert len(alarms._before["A"]) < 70


@pytest.mark.parametrize(("lag_s", "told"), [(0.3, []), (2.5, [AlarmKind.LAG]), (None, [])])
def test_a_camera_that_is_late_is_told(lag_s: float | None, told: list[AlarmKind]) -> None:
    assert kinds(RunningAlarms(), run(replace(EYE, lag_s=lag_s))) == told


@pytest.mark.parametrize(
    ("moved", "words"),
    [
        (Movement(-0.0625, 0.0), "is seen 6% of the picture's width left of where it was when"),
        (Movement(0.1, 0.05), "10% of the picture's width right and 5% of the picture's width down of"),
        (Movement(0.0, 0.0, elsewhere=True), "nothing was seen for a day of what it showed when"),
    ],
)
def test_a_camera_that_was_moved_is_told(moved: Movement, words: str) -> None:
    [alarm] = RunningAlarms().decide(run(replace(EYE, moved=moved)))
    assert (alarm.kind, alarm.camera) == (AlarmKind.CAMERA_MOVED, "A")
    assert words in alarm.sentence


def test_a_lag_matters_when_it_leaves_a_hole() -> None:
    assert MOST_LAG_S == LONGEST_GAP_S


def test_a_stuck_loop_and_a_database_that_is_away_are_told() -> None:
    stuck = replace(WELL, beat_age_s=21.0)
    assert kinds(RunningAlarms(), stuck, "database x cannot be reached") == [
        AlarmKind.LOOP_STUCK,
        AlarmKind.DATABASE_DOWN,
    ]


@pytest.mark.parametrize("kind", list(AlarmKind))
def test_every_alarm_has_a_section_that_says_what_to_do(kind: AlarmKind) -> None:
    text = PAGE.path.read_text("utf-8")
    section = text.partition(f"\n### {kind.value}\n")[2].partition("\n#")[0]
    for word in ("*Means:*", "*Look at", "*Do"):
        assert word.lower() in section.lower(), f"{kind}: {word} is missing"
    rows = [row[0].strip("`") for table in PAGE.tables if table[0][0] == "alarm" for row in table[1:]]
    assert rows == [one.value for one in AlarmKind]
