"""A run that stops between any two of its transactions, and one that never stops, leave the same database."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.database import FlowStore
from pipeline.cameras import detectors
from pipeline.configuration import load_configuration
from pipeline.runner import local, run_site
from tests.command_line import street, write_video
from tests.pipeline.colour_detector import ColourDetector

RED, GREEN, BLUE = (30, 30, 220), (40, 200, 40), (220, 60, 30)
FPS = 30
"""A thirtieth of a second is no whole number of microseconds."""
SITE = """
site: test
timezone: UTC
encoder: {name: colour_stripes}
cameras:
  - {id: A, source: "a_*.mp4", time_pattern: "%Y%m%dT%H%M%S"}
  - {id: B, source: "b_*.mp4", time_pattern: "%Y%m%dT%H%M%S"}
links:
  - {from: A, to: B, min_travel_s: 1, max_travel_s: 20}
"""
TABLES = {
    "sighting": "select c.name, enter_time, exit_time, direction, frames from sighting s join camera c using"
    " (camera_id) order by 1, 2",
    "journey": "select camera, enter_time, stop, travel_s, distance from journeys_flat order by 1, 2",
    "coverage": "select c.name, start_time, end_time from coverage v join camera c using (camera_id)"
    " order by 1, 2",
    "gallery": "select * from gallery",
    "run": "select state from run",
}


class KilledError(Exception):
    """Stands for kill -9: nothing behind it is reached."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files that follow each other after a second without footage; B begins later than A and ends later."""
    write_video(tmp_path / "a_20240514T080000.mp4", street(180, ((22, RED),)), FPS)
    write_video(tmp_path / "a_20240514T080007.mp4", street(90, ((4, RED), (40, GREEN))), FPS)
    write_video(tmp_path / "b_20240514T080003.mp4", street(180, ((7, RED), (25, GREEN))), FPS)
    write_video(tmp_path / "b_20240514T080010.mp4", street(90, ((28, BLUE),)), FPS)
    (tmp_path / "site.yaml").write_text(SITE)
    monkeypatch.setattr(detectors, "build_detector", lambda settings: ColourDetector())
    monkeypatch.setattr(local, "SAVE_EVERY_S", 0.0)
    return tmp_path


def run(folder: Path, database: str) -> None:
    overrides = {"database": f"sqlite:///{folder / database}"}
    run_site(load_configuration(folder / "site.yaml", overrides))


def content(path: Path) -> dict[str, list[Any]]:
    connection = sqlite3.connect(path)
    try:
        return {name: connection.execute(query).fetchall() for name, query in TABLES.items()}
    finally:
        connection.close()


def stop_after(monkeypatch: pytest.MonkeyPatch, transactions: int) -> Iterator[int]:
    """Let the store fail after so many transactions; yields how many there were up to now."""
    done = 0

    def counted(method: Callable[..., None]) -> Callable[..., None]:
        def call(*arguments: Any, **options: Any) -> None:
            nonlocal done
            if done == transactions:
                raise KilledError
            method(*arguments, **options)
            done += 1

        return call

    for name in ("save_progress", "save_matching", "finish_run"):
        monkeypatch.setattr(FlowStore, name, counted(getattr(FlowStore, name)))
    while True:
        yield done


def test_a_run_stopped_between_any_two_transactions_goes_on_to_the_same_database(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        counter = stop_after(patch, -1)
        next(counter)
        run(folder, "whole.db")
        transactions = next(counter)
    expected = content(folder / "whole.db")
    assert len(expected["sighting"]) == 6, expected
    assert len(expected["coverage"]) == 4, f"two files of each camera, apart: {expected['coverage']}"

    for stop in range(2, transactions, transactions // 5):
        name = f"stopped_{stop}.db"
        with monkeypatch.context() as patch:
            next(stop_after(patch, stop))
            with pytest.raises(KilledError):
                run(folder, name)
        run(folder, name)
        found = content(folder / name)
        assert found == expected, f"stopped after {stop} of {transactions} transactions"
