"""Starts in file names, time zones, and the hours that come twice or never."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.clock import TimePattern, resolve_moment

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
PATTERNS = st.sampled_from(
    [
        "%Y-%m-%d_%H-%M-%S",
        "%Y%m%dT%H%M%S",
        "%d.%m.%Y %H-%M-%S",
        "%Y-%j-%H%M%S",
        "%d%b%Y %I%M%S%p",
        "%Y/%m/%d/%H/%H%M%S",
    ]
)
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2060, 12, 31))


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("%Y-%m-%d_%H-%M-%S", "junction_2020-02-20_13-11-00", datetime(2020, 2, 20, 13, 11)),
        ("%Y-%m-%d_%H-%M-%S", "2020-02-20_13-11-00_left", datetime(2020, 2, 20, 13, 11)),
        ("%Y%m%d%H%M%S", "A320200220131100", datetime(2020, 2, 20, 13, 11)),
        ("%Y%m%d%H%M%S", "1234567890-20200220131100", datetime(2020, 2, 20, 13, 11)),
        ("%y%m%d-%H%M", "cam7_200220-1311", datetime(2020, 2, 20, 13, 11)),
        ("%Y-%j %H.%M", "x 2020-051 13.11", datetime(2020, 2, 20, 13, 11)),
        ("%d%b%Y_%I%M%p", "gate_20Feb2020_0111PM", datetime(2020, 2, 20, 13, 11)),
        ("%Y-%m-%d_%H-%M-%S.%f", "a_2020-02-20_13-11-00.250", datetime(2020, 2, 20, 13, 11, 0, 250_000)),
        ("%Y-%m-%dT%H%M%S%z", "a_2020-02-20T131100+0100", datetime(2020, 2, 20, 12, 11, tzinfo=UTC)),
        ("%Y-%m-%d (%H+%M)", "a 2020-02-20 (13+11)", datetime(2020, 2, 20, 13, 11)),
        ("%Y-%m-%d", "2020-02-31 or 2020-02-20", datetime(2020, 2, 20)),
        ("%Y-%m-%d/%H-%M-%S", "/data/2020-02-20/13-11-00", datetime(2020, 2, 20, 13, 11)),
        ("%m-%d-%Y, %I.%M.%S%p", "Front Door - 2-9-2020, 1.05.12pm", datetime(2020, 2, 9, 13, 5, 12)),
        ("%d.%m.%Y %H.%M", "9.2.2020 7.05", datetime(2020, 2, 9, 7, 5)),
        ("%Y%m%d", "2020 02 20 2020220", None),
        ("%Y-%m-%d/%H/%H.%M.%S", "/data/2020-02-20/13/13.11.00", datetime(2020, 2, 20, 13, 11)),
        ("%Y-%m-%d/%H/%H.%M.%S", "/data/2020-02-20/3/03.11.00", datetime(2020, 2, 20, 3, 11)),
        ("%Y-%m-%d/%H/%H.%M.%S", "/data/2020-02-20/12/13.11.00", None),
        ("%s", "cam_1582200660", datetime(2020, 2, 20, 12, 11, tzinfo=UTC)),
        ("cam_%s", "7 cam_1582200660_x", datetime(2020, 2, 20, 12, 11, tzinfo=UTC)),
        ("%s%f", "cam_1582200660250", datetime(2020, 2, 20, 12, 11, 0, 250_000, tzinfo=UTC)),
        ("%Y-%m-%d_%H-%M-%S", "junction_2020-02-20", None),
        ("%Y-%m-%d", "2020-13-20", None),
    ],
)
def test_a_start_is_found_anywhere_in_a_name(pattern: str, name: str, expected: datetime | None) -> None:
    assert TimePattern(pattern).read(name) == expected


@given(MOMENTS, PATTERNS)
def test_what_a_pattern_writes_it_reads(moment: datetime, pattern: str) -> None:
    whole = moment.replace(microsecond=0)
    assert TimePattern(pattern).read(f"camera12_{whole.strftime(pattern)}_x") == whole


@given(MOMENTS)
def test_digits_without_their_noughts_are_read(moment: datetime) -> None:
    m = moment.replace(microsecond=0)
    name = f"cam 12 {m.day}-{m.month}-{m.year} {m.hour}.{m.minute}.{m.second} x"
    assert TimePattern("%d-%m-%Y %H.%M.%S").read(name) == m


@pytest.mark.parametrize(
    ("pattern", "complaint"),
    [
        ("%H-%M-%S", "needs a year, a month and a day"),
        ("%Y-%d", "needs a year, a month and a day"),
        ("footage", "needs a year, a month and a day"),
        ("%Y-%m-%d_%Q", "%Q cannot be read"),
        ("%Y-%m-%d_%I-%M", "%I counts to 12 and needs %p"),
        ("%Y-%m-%d_%", "% cannot be read"),
    ],
)
def test_a_pattern_that_cannot_work_is_refused(pattern: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        TimePattern(pattern)


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        (datetime(2020, 2, 20, 13, 11), datetime(2020, 2, 20, 12, 11, tzinfo=UTC)),
        (datetime(2020, 7, 20, 13, 11), datetime(2020, 7, 20, 11, 11, tzinfo=UTC)),
        (datetime(2020, 2, 20, 13, 11, tzinfo=UTC), datetime(2020, 2, 20, 13, 11, tzinfo=UTC)),
    ],
)
def test_a_naive_moment_is_local_time(local: datetime, utc: datetime) -> None:
    moment = resolve_moment(local, AMSTERDAM)
    assert (moment.epoch_s, moment.note) == (utc.timestamp(), "")


def test_the_hour_that_comes_twice_is_read_as_summer_time_and_said_so() -> None:
    moment = resolve_moment(datetime(2020, 10, 25, 2, 30), AMSTERDAM)
    assert moment.epoch_s == datetime(2020, 10, 25, 0, 30, tzinfo=UTC).timestamp()
    assert moment.later_reading_s == moment.epoch_s + 3600
    assert "comes twice in Europe/Amsterdam" in moment.note


def test_the_hour_that_the_spring_leaves_out_is_read_without_summer_time_and_said_so() -> None:
    moment = resolve_moment(datetime(2020, 3, 29, 2, 30), AMSTERDAM)
    assert moment.epoch_s == datetime(2020, 3, 29, 1, 30, tzinfo=UTC).timestamp()
    assert "does not exist" in moment.note


@given(MOMENTS, st.sampled_from(["Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe", "UTC"]))
def test_an_unambiguous_local_time_reads_back_as_itself(moment: datetime, zone: str) -> None:
    resolved = resolve_moment(moment, ZoneInfo(zone))
    back = datetime.fromtimestamp(resolved.epoch_s, ZoneInfo(zone)).replace(tzinfo=None)
    exists = "does not exist" not in resolved.note
    assert (abs(back - moment) < timedelta(milliseconds=1)) == exists, resolved
