"""Hours and days of the site, across changes of the clock."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.statistics import Interval, parse_moment
from flows.statistics.intervals import from_moment, interval_edges, to_moment
from flows.statistics.watch import observed_time
from tracking.errors import UsageError

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
HOUR = 3_600_000_000


def microseconds(text: str, zone: str = "UTC") -> int:
    return from_moment(datetime.fromisoformat(text), ZoneInfo(zone))


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Amsterdam", "2019-10-02", 24),
        ("Europe/Amsterdam", "2019-03-31", 23),
        ("Europe/Amsterdam", "2019-10-27", 25),
        ("America/Sao_Paulo", "2018-11-04", 23),
        ("Africa/Cairo", "2024-04-26", 23),
        ("Australia/Lord_Howe", "2024-04-07", 24.5),
        ("Asia/Kathmandu", "2024-04-07", 24),
    ],
)
def test_a_day_is_from_midnight_to_midnight_of_the_site(zone: str, day: str, hours: float) -> None:
    noon = microseconds(f"{day}T12:00", zone)
    edges = interval_edges(Interval.DAY, noon, noon + 1, ZoneInfo(zone))
    assert np.diff(edges).tolist() == [hours * HOUR]
    assert to_moment(int(edges[0])).astimezone(ZoneInfo(zone)).date().isoformat() == day


def test_days_follow_each_other_over_the_change_to_summer_time() -> None:
    first, last = microseconds("2019-03-30T10:00"), microseconds("2019-04-01T10:00")
    edges = interval_edges(Interval.DAY, first, last, AMSTERDAM)
    starts = [to_moment(int(edge)).isoformat() for edge in edges]
    assert starts == [
        "2019-03-29T23:00:00+00:00",
        "2019-03-30T23:00:00+00:00",
        "2019-03-31T22:00:00+00:00",
        "2019-04-01T22:00:00+00:00",
    ]


@pytest.mark.parametrize(
    ("zone", "start"), [("Europe/Amsterdam", "07:00"), ("Asia/Kolkata", "06:30"), ("Asia/Kathmandu", "07:15")]
)
def test_an_hour_begins_on_the_full_hour_of_the_site(zone: str, start: str) -> None:
    moment = microseconds("2019-10-02T07:29:59")
    edges = interval_edges(Interval.HOUR, moment, moment + 1, ZoneInfo(zone))
    assert [to_moment(int(edge)).strftime("%H:%M") for edge in edges[:1]] == [start]


@given(
    st.sampled_from(list(Interval)),
    st.integers(-(10**15), 4 * 10**15),
    st.integers(1, 40 * 24 * HOUR),
    st.sampled_from(["Europe/Amsterdam", "Asia/Kolkata", "America/New_York", "Australia/Lord_Howe", "UTC"]),
)
def test_intervals_hold_the_period_and_no_more(
    interval: Interval, first: int, length: int, zone: str
) -> None:
    edges = interval_edges(interval, first, first + length, ZoneInfo(zone))
    assert (np.diff(edges) > 0).all()
    assert edges[0] <= first < edges[1]
    assert edges[-2] < first + length <= edges[-1]


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(1, 30)), max_size=8),
    st.lists(st.integers(0, 300), min_size=2, max_size=8, unique=True).map(sorted),
)
def test_observed_time_is_counted_second_by_second(gaps: list[tuple[int, int]], edges: list[int]) -> None:
    pieces, reached = [], 0
    for gap, length in gaps:
        pieces.append((reached + gap + 1, reached + gap + 1 + length))
        reached = pieces[-1][1]
    seconds = {second for start, end in pieces for second in range(start, end)}
    expected = [len(seconds & set(range(start, end))) for start, end in pairwise(edges)]
    assert observed_time(pieces, np.array(edges)).tolist() == expected


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2019-10-02", "2019-10-01 22:00"),
        ("2019-10-02 08:00", "2019-10-02 06:00"),
        ("2019-10-02T08:00:00Z", "2019-10-02 08:00"),
        ("2019-10-02T08:00+05:30", "2019-10-02 02:30"),
        ("20191002", "2019-10-01 22:00"),
    ],
)
def test_moments_are_local_time_unless_they_say_otherwise(text: str, utc: str) -> None:
    found = to_moment(from_moment(parse_moment(text, "--from"), AMSTERDAM))
    assert found == datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert found.utcoffset() == timedelta()


@pytest.mark.parametrize("text", ["", "yesterday", "2019-13-01", "02.10.2019", "8:00"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"--to: '.*' is no date or time; write 2019-10-02"):
        parse_moment(text, "--to")
