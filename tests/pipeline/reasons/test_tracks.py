"""Rows about tracks: what a chain turns down, and what was too short to be judged."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.reasons import MEANINGS, Explained
from pipeline.reasons.rows import What
from pipeline.reasons.tracks import Uncounted, row_of_track
from tests.pipeline.fakes import FPS, MORNING, SIZE, Ride, boxes, chain, frame

PAGE = Path(__file__).parents[3] / "docs" / "operate" / "not_counted.md"


def told(*rides: Ride, frames: int = 100) -> tuple[int, list[Explained]]:
    """Number of passages that a chain counts, and the rows about the rest."""
    refused: list[Uncounted] = []
    watching = chain(refused=refused.append)
    counted = sum(len(watching.process(frame(number), boxes(number, *rides))) for number in range(frames))
    counted += len(watching.finish())
    return counted, [row_of_track("A", SIZE, one, UTC) for one in refused]


@pytest.mark.parametrize("last", [12, 99])
def test_too_short_a_time_says_how_long_was_needed(last: int) -> None:
    """Whether the track expires or the footage ends."""
    counted, rows = told(Ride(), Ride(first=last - 2, last=last, bottom=170.0))
    assert counted == 1
    (row,) = rows
    assert (row.what, row.camera, row.reason) == (What.TRACK, "A", "brief")
    assert (row.value, row.limit, row.unit, row.frames) == (0.2, 0.4, "s", 3)
    assert row.margin == pytest.approx(-1.0, abs=1e-3), "log2(0.2 / 0.4)"
    assert row.start == datetime.fromtimestamp(MORNING + (last - 2) / FPS, UTC)
    assert row.end == datetime.fromtimestamp(MORNING + last / FPS, UTC)
    assert (row.first_left, row.first_top) == (
        pytest.approx(10 / 320, abs=1e-3),
        pytest.approx(110 / 180, abs=1e-3),
    )
    assert row.last_right == pytest.approx(56 / 320, abs=1e-3)
    assert row.speed is None


def test_one_who_stood_was_turned_down_by_the_judge() -> None:
    counted, rows = told(Ride(last=60, step=0.0))
    assert counted == 0
    (row,) = rows
    assert (row.reason, row.value, row.limit, row.unit) == ("did_not_move", None, None, None)
    assert (row.margin or 0.0) < 0


def test_the_page_has_every_reason() -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    described = {line.split("`")[1] for line in lines if line.startswith("| `") and line.count("|") > 3}
    assert described >= MEANINGS.keys(), MEANINGS.keys() - described
