"""The hour that comes twice: every file in its pass, whatever the order in which names sort."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.candidates import Candidate
from pipeline.sources.clock import resolve_moment
from pipeline.sources.files import SourceFiles
from pipeline.sources.header import Header
from pipeline.sources.readings import choose_readings

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MIDNIGHT = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)
"""Of 25 October in Amsterdam; the hour from 2 to 3 comes twice, at 0:00 and at 1:00 UTC."""


def candidate(begin: datetime, length_s: float, suffix: str = "") -> Candidate:
    local = begin.astimezone(AMSTERDAM).replace(tzinfo=None, microsecond=0)
    path = Path(f"A_{local:%Y-%m-%d_%H-%M-%S}{suffix}.mp4")
    header = Header(10.0, length_s, round(10 * length_s), "h264")
    return Candidate(SourceFiles(path.name, path), resolve_moment(local, AMSTERDAM), header)


def places(candidates: list[Candidate]) -> dict[str, float]:
    chosen = choose_readings(candidates, 1.0, AMSTERDAM)
    return {one.files.name: one.named.epoch_s for one in chosen if one.named}


@given(st.sampled_from([60, 600, 900, 1800, 3600]), st.integers(0, 59), st.integers(0, 3599), st.randoms())
def test_a_recorder_that_never_stops_is_placed_without_overlap(
    length_s: int, drift_s: int, phase_s: int, random: Random
) -> None:
    begins = []
    begin = MIDNIGHT + timedelta(seconds=phase_s)
    while begin < MIDNIGHT + timedelta(hours=6):
        begins.append(begin)
        # Recorders take a moment between two files.
        begin += timedelta(seconds=length_s + (drift_s / 60 if length_s >= 600 else 0))
    files = [candidate(one, length_s, f"_{number}") for number, one in enumerate(begins)]
    true = {
        file.files.name: one.replace(microsecond=0).timestamp()
        for file, one in zip(files, begins, strict=True)
    }
    random.shuffle(files)
    assert places(files) == true


def test_half_hour_files_are_put_in_order_again_and_it_is_said_once() -> None:
    names = [(0, "a"), (30, "a"), (60, "b"), (90, "b"), (-30, "")]
    files = [candidate(MIDNIGHT + timedelta(hours=2, minutes=m), 1790, s) for m, s in names]
    chosen = choose_readings(files, 1.0, AMSTERDAM)
    starts = [one.named.epoch_s for one in chosen if one.named]
    assert starts == sorted(starts)
    assert [round((b - a) / 60) for a, b in pairwise(starts)] == [30, 30, 30, 30]
    assert [len(one.notes) for one in chosen] == [0, 1, 0, 0, 0]
    assert "2 of the first pass (summer time) and 2 of the second" in chosen[1].notes[0]


def test_a_file_behind_one_that_fills_the_first_pass_belongs_to_the_second() -> None:
    before = candidate(MIDNIGHT + timedelta(hours=1, minutes=30), 5400)
    after = candidate(MIDNIGHT + timedelta(hours=3), 600)
    assert places([before, after])[after.files.name] == (MIDNIGHT + timedelta(hours=3)).timestamp()


def test_of_two_free_readings_the_one_directly_behind_another_file_is_taken() -> None:
    seven = timedelta(seconds=7)
    first = candidate(MIDNIGHT + timedelta(hours=2), 1800)
    second = candidate(MIDNIGHT + timedelta(hours=3) + seven, 1800)
    behind = candidate(MIDNIGHT + timedelta(hours=3, minutes=30) + seven, 1800)
    found = places([first, second, behind])
    assert found[behind.files.name] == (MIDNIGHT + timedelta(hours=3, minutes=30) + seven).timestamp()


def test_alone_it_is_the_first_pass() -> None:
    alone = candidate(MIDNIGHT + timedelta(hours=3), 600)
    assert places([alone])[alone.files.name] == (MIDNIGHT + timedelta(hours=2)).timestamp()


@pytest.mark.parametrize("zone", ["Europe/Amsterdam", "America/New_York"])
def test_the_clock_that_is_not_put_forward_gets_a_zone_that_never_is(zone: str) -> None:
    day = {"Europe/Amsterdam": datetime(2026, 3, 29, 2, 30), "America/New_York": datetime(2026, 3, 8, 2, 30)}[
        zone
    ]
    note = resolve_moment(day, ZoneInfo(zone)).note
    fixed = ZoneInfo(note.partition("give ")[2].split()[0])
    assert day.replace(tzinfo=fixed).timestamp() == resolve_moment(day, ZoneInfo(zone)).epoch_s
