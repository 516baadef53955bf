"""Fourteen nights over footage as it really arrives give the very rows of one run over the clean footage."""

import shutil
from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path
from typing import Any

import pytest

from flows.database import FlowStore
from flows.database.coverage import union
from flows.statistics import TABLES, Interval, Query
from pipeline.cameras import detectors
from pipeline.configuration import load_configuration
from pipeline.runner import run_site
from pipeline.telemetry import RunSummary
from tests.pipeline.colour_detector import ColourDetector
from tests.pipeline.runner.fortnight import (
    AMSTERDAM,
    DAYS,
    HALF_HOURS,
    SITE,
    SUNDAY,
    Recording,
    moment,
    recordings,
)
from tests.pipeline.runner.nights import remuxed

LATE = {"b_20261022T235955.mp4": 8, "b_20261025T020000_1.mp4": 9}
"""Files that come some nights later."""
MISSING, MISSING_DAY = "b_20261029T000000.mp4", 11
GROWING = "a_20261028T235955.mp4"
TWICE = "a_20261020T235955.mp4"

SIGHTINGS = """
select c.name, s.enter_time, s.exit_time, s.direction, s.frames, s.stationary_s, s.model_id
from sighting s join camera c on c.camera_id = s.camera_id order by c.name, s.enter_time
"""
STOPS = """
select c.name, s.enter_time, t.stop, first.enter_time, last.enter_time
from journey_stop t join sighting s on s.sighting_id = t.sighting_id
join camera c on c.camera_id = s.camera_id
join journey_stop f on f.journey_id = t.journey_id and f.stop = 0
join sighting first on first.sighting_id = f.sighting_id
join journey_stop l on l.journey_id = t.journey_id
  and l.stop = (select max(m.stop) from journey_stop m where m.journey_id = t.journey_id)
join sighting last on last.sighting_id = l.sighting_id
order by 1, 2, 3
"""
LINKS = """
select a.enter_time, b.enter_time, m.travel from match m
join sighting a on a.sighting_id = m.from_sighting join sighting b on b.sighting_id = m.to_sighting
order by 1, 2
"""
STRETCHES = {
    "coverage": "select c.name, '', start_time, end_time from coverage v join camera c using (camera_id)",
    "unobserved": "select c.name, reason, start_time, end_time from unobserved v"
    " join camera c using (camera_id)",
}


@pytest.fixture(scope="module", autouse=True)
def colour_detector() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(detectors, "build_detector", lambda settings: ColourDetector())
        yield


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every file of the fortnight, whole."""
    folder = tmp_path_factory.mktemp("shelf")
    for one in every_recording():
        one.write(folder)
    return folder


@pytest.fixture(scope="module")
def clean(shelf: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """What one run over the clean footage finds."""
    folder = new_site(tmp_path_factory.mktemp("clean"))
    for file in shelf.iterdir():
        if file.name != MISSING:
            shutil.copy(file, folder)
    run(folder, f"sqlite:///{folder / 'flows.db'}")
    return content(f"sqlite:///{folder / 'flows.db'}")


def every_recording() -> list[Recording]:
    return [one for camera in "ab" for one in recordings(camera)]


def new_site(folder: Path) -> Path:
    (folder / "site.yaml").write_text(SITE)
    return folder


def run(folder: Path, url: str) -> RunSummary:
    return run_site(load_configuration(folder / "site.yaml", {"database": url}))


def content(url: str) -> dict[str, list[Any]]:
    """Everything a database tells, without ids and without the borders of runs and files."""
    store = FlowStore.open_for_reading(url)
    try:
        with store.database.transaction() as connection:
            found = {
                name: [tuple(row) for row in connection.exec_driver_sql(query)]
                for name, query in (("sightings", SIGHTINGS), ("stops", STOPS), ("links", LINKS))
            }
            for name, query in STRETCHES.items():
                found[name] = joined([tuple(row) for row in connection.exec_driver_sql(query)])
        for name, table in TABLES.items():
            for interval in Interval:
                answer = table.ask(store.database, Query(interval=interval, min_count=1))
                found[f"{name} {interval}"] = [astuple(row) for row in answer.rows]
    finally:
        store.close()
    return found


def joined(rows: list[Any]) -> list[Any]:
    """Stretches of time of one camera and reason that touch are one."""
    kinds = sorted({row[:2] for row in rows})
    return [
        (*kind, start, end)
        for kind in kinds
        for start, end in union((row[2], row[3]) for row in rows if row[:2] == kind)
    ]


def arrive(folder: Path, shelf: Path, night: int) -> None:
    """Lay down what the recorders have brought until a night."""
    for one in every_recording():
        due = LATE.get(one.name, one.day)
        if one.name == MISSING:
            continue
        if one.name == GROWING and night == one.day:
            one.write(folder, frames=30)
        elif due == night or (one.name == GROWING and night == one.day + 1):
            shutil.copy(shelf / one.name, folder)
        if one.name == TWICE and night == one.day + 1:
            remuxed(shelf / one.name, folder / one.name.replace(".mp4", "-export.mkv"))


@pytest.mark.timeout(240)
def test_fourteen_nights_give_the_rows_of_one_run_over_the_clean_footage(
    tmp_path: Path, url: str, shelf: Path, clean: dict[str, list[Any]]
) -> None:
    folder = new_site(tmp_path)
    summaries = []
    for night in range(DAYS):
        arrive(folder, shelf, night)
        summaries.append(run(folder, url))

    found = content(url)
    for name, expected in clean.items():
        missing = [row for row in expected if row not in found[name]]
        wrong = [row for row in found[name] if row not in expected]
        assert found[name] == expected, f"{name}: missing {missing}, wrong {wrong}"
    left_out = [n for n, one in enumerate(summaries) for camera in one.cameras if camera.files_left_out]
    assert left_out == list(range(3, DAYS)), "every night names the second export"
    late = [n for n, one in enumerate(summaries) if any("came late" in note for note in one.notes)]
    assert late == [8, 9]


def test_the_day_without_footage_has_no_count_and_the_change_of_clocks_loses_none(
    clean: dict[str, list[Any]],
) -> None:
    days = {(row[1], row[3].astimezone(AMSTERDAM).date()): (row[5], row[6]) for row in clean["counts 1d"]}
    missing = moment(MISSING_DAY).date()
    assert days["B", missing] == (None, 0.0)
    assert days["A", missing][0] == 0
    assert all(one is not None for (_, day), (one, _) in days.items() if day != missing), days
    assert days["A", moment(SUNDAY).date()][0] == len(HALF_HOURS) + 1, "one rider at every cut"
    assert len(clean["links"]) >= 6
    assert any(reason == "no_footage" for _, reason, *_ in clean["unobserved"])
