"""Tables on a terminal."""

import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from flows.statistics import CameraCount
from pipeline.screen import new_table
from pipeline.screen.statistics import statistics_table

START, END = datetime(2019, 10, 2, 7, tzinfo=UTC), datetime(2019, 10, 2, 7, 15, tzinfo=UTC)
COUNTS = [
    CameraCount("street", "A", "to the city, left", START, END, 7, 0.5),
    CameraCount("street", "A", "away", START, END, None, 0.0),
]


def test_statistics_show_local_time_and_mark_the_unknown() -> None:
    lines = statistics_table(COUNTS, CameraCount, {"street": ZoneInfo("Europe/Amsterdam")}).splitlines()
    names = ["site", "camera", "direction", "interval_start", "interval_end", "cyclists", "coverage"]
    assert lines[0].split() == names
    assert lines[1].split()[-6:] == ["2019-10-02", "09:00:00", "2019-10-02", "09:15:00", "7", "0.500"]
    assert lines[2].split()[-2:] == ["-", "0.000"]
    assert lines[3] == "times: Europe/Amsterdam"


@pytest.mark.parametrize(
    ("start", "shown"),
    [
        ("2026-10-24T23:00Z", ["01:00:00", "02:00:00+02:00"]),
        ("2026-10-25T00:00Z", ["02:00:00+02:00", "02:00:00+01:00"]),
        ("2026-10-25T01:00Z", ["02:00:00+01:00", "03:00:00"]),
        ("2026-03-29T01:00Z", ["03:00:00", "04:00:00"]),
    ],
)
def test_the_hour_that_comes_twice_shows_its_offset(start: str, shown: list[str]) -> None:
    begin = datetime.fromisoformat(start)
    row = CameraCount("street", "A", "left", begin, begin + timedelta(hours=1), 7, 1.0)
    words = (
        statistics_table([row], CameraCount, {"street": ZoneInfo("Europe/Amsterdam")}).splitlines()[1].split()
    )
    assert [words[4], words[6]] == shown


def test_nothing_is_cut_off_where_the_terminal_is_narrow() -> None:
    table = new_table(["camera"], ["cyclists"], "Counts of a long street")
    table.add_row("a" * 30, "1234567890")
    text = io.StringIO()
    Console(file=text, width=20).print(table)
    shown = text.getvalue()
    assert "…" not in shown
    assert shown.count("a") >= 30
    assert sum(map(str.isdigit, shown)) == 10


def test_numbers_end_at_one_column() -> None:
    table = new_table(["camera"], ["cyclists"])
    for camera, cyclists in (("A", "5"), ("long name", "1200")):
        table.add_row(camera, cyclists)
    text = io.StringIO()
    Console(file=text, width=60).print(table)
    assert len({len(line.rstrip()) for line in text.getvalue().splitlines()}) == 1
