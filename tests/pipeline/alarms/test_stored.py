"""Alarms of a database: made-up weeks in which something goes wrong."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy import event

from flows.database import FlowStore
from flows.statistics import Known, Query
from pipeline.alarms import Alarm, AlarmKind, stored_alarms
from tests.command_line import pipeline
from tests.flows.written import describe, seen
from tests.pipeline.alarms.weeks import DAY_S, HOUR_S, QUARTER_S, START, Weeks, write_weeks
from web.pages.live import alarm_text
from web.words import Words


def said_in_each_language(alarms: Iterable[Alarm]) -> None:
    for alarm in alarms:
        assert alarm_text(Words("en"), alarm) == alarm.sentence
        dutch = alarm_text(Words("nl"), alarm)
        assert alarm.camera in dutch
        assert dutch != alarm.sentence


def kinds(url: str, until: float | None = None) -> dict[tuple[str, str], str]:
    """(camera, direction) → the alarm."""
    store = FlowStore.open_for_reading(url)
    moment = None if until is None else datetime.fromtimestamp(until, UTC)
    found = stored_alarms(store.database, Query(), datetime.now(UTC), moment)
    store.close()
    said_in_each_language(found)
    return {(one.camera, one.direction): one.kind.value for one in found}


def test_the_past_is_read_once_for_all_minutes(sqlite_url: str) -> None:
    write_weeks(sqlite_url, Weeks(weeks=5))
    store = FlowStore.open_for_reading(sqlite_url)
    known, asked = Known(), list[str]()
    event.listen(store.database.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    now = datetime.now(UTC)
    first = stored_alarms(store.database, Query(), now, known=known)
    assert any("FROM seen" in one for one in asked)
    asked.clear()
    assert stored_alarms(store.database, Query(), now + timedelta(minutes=1), known=known) == first
    assert not any("FROM seen" in one for one in asked)
    assert stored_alarms(store.database, Query(), now) == first
    store.close()


def test_weeks_as_they_were_bring_no_alarm(sqlite_url: str) -> None:
    write_weeks(sqlite_url, Weeks(weeks=5))
    assert kinds(sqlite_url) == {}


def test_a_direction_that_is_silent_on_a_busy_day_is_told(url: str) -> None:
    def street(camera: str, direction: str, at: float) -> float:
        return 0 if camera == "A" and _last_day(at, 5, direction) else 3

    weeks = Weeks(weeks=5, rate=street)
    write_weeks(url, weeks)
    store = FlowStore.open_for_reading(url)
    [alarm] = stored_alarms(store.database, Query(), datetime.now(UTC))
    store.close()
    said_in_each_language([alarm])
    assert (alarm.kind, alarm.camera, alarm.direction) == (AlarmKind.DIRECTION_SILENT, "A", "left")
    assert alarm.chance is not None
    assert 0 < alarm.chance < 1 / 365
    assert alarm.since is not None
    assert abs(alarm.since.timestamp() - (weeks.end - DAY_S)) <= HOUR_S
    assert "nobody in direction left since" in alarm.sentence


def _last_day(at: float, weeks: int, direction: str) -> bool:
    return direction == "left" and at >= START + weeks * 7 * DAY_S - DAY_S


def test_a_quiet_direction_may_be_silent_for_a_day(sqlite_url: str) -> None:
    def rare(camera: str, direction: str, at: float) -> float:
        return 0.0 if _last_day(at, 5, direction) else 0.01

    write_weeks(sqlite_url, Weeks(weeks=5, rate=rare))
    assert kinds(sqlite_url) == {}


def test_a_direction_that_never_rides_at_this_time_may_be_silent(sqlite_url: str) -> None:
    def mornings(camera: str, direction: str, at: float) -> float:
        return 6.0 if datetime.fromtimestamp(at, ZoneInfo("Europe/Amsterdam")).hour in (7, 8) else 0.0

    weeks = Weeks(weeks=5, rate=mornings)
    write_weeks(sqlite_url, weeks)
    assert kinds(sqlite_url, weeks.end) == {}


def test_two_weeks_are_too_few_to_know(sqlite_url: str) -> None:
    quiet = Weeks(weeks=2, rate=lambda camera, direction, at: 0 if _last_day(at, 2, direction) else 3)
    write_weeks(sqlite_url, quiet)
    assert kinds(sqlite_url) == {}


def test_a_camera_that_stops_is_silent_and_its_directions_are_not(url: str) -> None:
    weeks = Weeks(weeks=2, off=lambda camera, at: camera == "A" and at >= START + 14 * DAY_S - HOUR_S)
    write_weeks(url, weeks)
    assert kinds(url) == {("A", ""): "camera_silent"}


def test_a_camera_that_is_off_every_night_is_not_silent(sqlite_url: str) -> None:
    def at_night(camera: str, at: float) -> bool:
        return camera == "A" and datetime.fromtimestamp(at, UTC).hour >= 20

    weeks = Weeks(weeks=3, off=at_night)
    write_weeks(sqlite_url, weeks)
    assert kinds(sqlite_url, weeks.end - HOUR_S) == {}
    assert kinds(sqlite_url, weeks.end - 12 * HOUR_S) == {}


def test_a_camera_that_watches_less_than_half_of_another_is_told(url: str) -> None:
    def often(camera: str, at: float) -> bool:
        return camera == "B" and at >= START + 6 * DAY_S and at % HOUR_S < 3 * QUARTER_S

    write_weeks(url, Weeks(weeks=1, off=often))
    assert kinds(url) == {("B", ""): "coverage_low"}


def test_embeddings_of_a_run_that_died_are_told(sqlite_url: str) -> None:
    store = FlowStore.open(sqlite_url)
    run_id = store.begin_run(describe(cameras="A")).run_id
    store.save_progress(run_id, "A", [seen(run_id, "A", START)], [(START, START + 60)], "")
    late = datetime.now(UTC) + timedelta(days=1)
    found = stored_alarms(store.database, Query(), late, datetime.fromtimestamp(START + 60, UTC))
    store.close()
    assert [one.kind for one in found] == [AlarmKind.GALLERY_OVERDUE]
    assert "pipeline db purge" in found[0].sentence
    said_in_each_language(found)


def test_a_live_run_at_work_is_measured_by_the_clock(sqlite_url: str) -> None:
    now = datetime.now(UTC).timestamp()
    store = FlowStore.open(sqlite_url)
    run_id = store.begin_run(describe(cameras="AB", live=True)).run_id
    for camera, until in (("A", now - HOUR_S), ("B", now - 2 * HOUR_S)):
        store.save_progress(run_id, camera, [], [(now - 6 * HOUR_S, until)], "")
    store.close()
    assert kinds(sqlite_url) == {("A", ""): "camera_silent", ("B", ""): "camera_silent"}


def test_the_command_prints_sentences_or_json(sqlite_url: str, tmp_path: Path) -> None:
    weeks = Weeks(weeks=1, off=lambda camera, at: camera == "A" and at >= START + 7 * DAY_S - HOUR_S)
    write_weeks(sqlite_url, weeks)
    said = pipeline("alarms", sqlite_url)
    assert (said.code, said.out.startswith("camera_silent: camera A: nothing was watched")) == (0, True)
    [one] = json.loads(pipeline("alarms", "--database", sqlite_url, "--json").out)
    assert (one["alarm"], one["camera"], one["direction"], one["chance"]) == (
        "camera_silent",
        "A",
        None,
        None,
    )
    before = datetime.fromtimestamp(weeks.end - 2 * HOUR_S, ZoneInfo("Europe/Amsterdam"))
    assert pipeline("alarms", sqlite_url, "--at", f"{before:%Y-%m-%dT%H:%M}").out == "no alarm holds\n"
    assert pipeline("alarms", tmp_path / "none.db").code == 2
    assert pipeline("alarms", sqlite_url, "--site", "elsewhere").code == 2


@pytest.mark.parametrize("seed", range(3))
def test_ordinary_weeks_of_many_streets_bring_no_false_alarm(sqlite_url: str, seed: int) -> None:
    dice = np.random.default_rng(seed)
    wet = {day: dice.choice([0.3, 1.0, 1.3]) for day in range(60)}
    busy: Mapping[str, float] = {"left": 4.0, "right": 0.3}

    def street(camera: str, direction: str, at: float) -> float:
        hour = datetime.fromtimestamp(at, UTC).hour
        day = 0.05 if hour < 5 else 1.0
        return float(busy[direction] * day * wet[int((at - START) // DAY_S)])

    weeks = Weeks(weeks=6, rate=street, seed=seed)
    write_weeks(sqlite_url, weeks)
    told = [kinds(sqlite_url, weeks.end - hours * HOUR_S) for hours in (0, 4, 26)]
    assert told == [{}, {}, {}]
