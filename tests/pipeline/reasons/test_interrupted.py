"""A run that is stopped and goes on tells what a run tells that never stops, each thing once."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from flows.database import FlowStore
from pipeline.cameras import detectors
from pipeline.configuration import load_configuration
from pipeline.reasons import read_reasons
from pipeline.reasons.rows import What
from pipeline.runner import camera_work, local, run_prepared
from pipeline.runner.preparation import Preparation
from pipeline.runner.prepare import prepare
from pipeline.telemetry import StageClock
from tests.command_line import street, write_video
from tests.pipeline.colour_detector import ColourDetector
from tests.pipeline.runner import test_exactly_once as runs
from tests.pipeline.runner.test_exactly_once import WRITES, copy_database

RED, GREEN, BLUE = runs.RED, runs.GREEN, runs.BLUE
SITE = runs.SITE.replace("max_travel_s: 20", "max_travel_s: 1.5") + "attention: {every_frame: true}\n"
"""What is decided early is decided long before the end."""
TRIED = 4
"""Of all places at which a run can be stopped, so many are tried, evenly spread."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two riders who are not linked, early; something that was seen for an instant; one who is linked, late.

    Somebody waits at either camera all the time.
    """
    for name, frames, rider in (
        ("a_20240514T080000.mp4", 45, (0, RED)),
        ("a_20240514T080003.mp4", 40, (-5, GREEN)),
        ("b_20240514T080001.mp4", 50, (5, BLUE)),
        ("b_20240514T080004.mp4", 40, (-4, GREEN)),
    ):
        images = runs.waiting(street(frames, (rider,)))
        for image in images[20:22]:
            image[10:58, 100:124] = BLUE
        write_video(tmp_path / name, images, runs.FPS)
    (tmp_path / "site.yaml").write_text(SITE)
    monkeypatch.setattr(detectors, "build_detector", lambda settings: ColourDetector())
    monkeypatch.setattr(local, "SAVE_EVERY_S", 0.0)
    monkeypatch.setattr(camera_work, "RESTART_EVERY_S", 0.1)
    return tmp_path


def run(prepared: Preparation, database: Path, why: Path) -> None:
    configuration = prepared.configuration.model_copy(update={"database": f"sqlite:///{database}"})
    run_prepared(replace(prepared, configuration=configuration), StageClock(), explain=why)


def notes_of(why: Path) -> list[Path]:
    return [path for path in why.parent.iterdir() if path.name.startswith(f".{why.name}.part")]


@dataclass
class Stops:
    """Copies of database and notes behind every transaction: what kill -9 leaves there."""

    database: Path
    why: Path
    made: list[tuple[Path, Path]] = field(default_factory=list)

    def install(self, patch: pytest.MonkeyPatch) -> None:
        for name in ("begin_run", *WRITES):
            patch.setattr(FlowStore, name, self._copied(getattr(FlowStore, name)))

    def _copied(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            answer = method(*arguments, **options)
            place = self.database.parent / f"stop_{len(self.made)}"
            place.mkdir()
            copy_database(self.database, place / "flows.db")
            for path in notes_of(self.why):
                shutil.copy(path, place / path.name)
            self.made.append((place / "flows.db", place / self.why.name))
            return answer

        return call


def unlinked(database: Path) -> int:
    ends = "select from_sighting from match union select to_sighting from match"
    with closing(sqlite3.connect(database)) as connection:
        query = f"select count(*) from sighting where sighting_id not in ({ends})"
        return int(connection.execute(query).fetchone()[0])


def test_a_run_that_goes_on_tells_everything_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared = prepare(load_configuration(folder / "site.yaml"))
    stops = Stops(folder / "whole.db", folder / "why.csv")
    with monkeypatch.context() as patch:
        stops.install(patch)
        run(prepared, stops.database, stops.why)
    told, rows = stops.why.read_text(), read_reasons(stops.why)
    assert sum(row.what is What.SIGHTING for row in rows) == unlinked(stops.database) == 2
    assert {row.reason for row in rows} == {"too_unlike", "brief", "did_not_move"}
    assert not notes_of(stops.why), "what was noted is gone when the file is whole"

    *tried, (later, ahead), (_, unknown) = stops.made[:: len(stops.made) // TRIED]
    for path in notes_of(stops.made[-1][1]):
        # Killed between its notes and the transaction that they belong to.
        shutil.copy(path, ahead.parent / path.name)
    for database, why in (*tried, (later, ahead), (folder / "knows_no_such_run.db", unknown)):
        run(prepared, database, why)
        assert why.read_text() == told, why
        assert not notes_of(why)


def test_an_error_leaves_the_notes_of_a_run_and_no_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared = prepare(load_configuration(folder / "site.yaml"))
    why = folder / "why.csv"
    with monkeypatch.context() as patch:
        patch.setattr(FlowStore, "finish_run", lambda *arguments: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run(prepared, folder / "flows.db", why)
    assert not why.exists()
    assert all(path.stat().st_mode & 0o077 == 0 for path in notes_of(why))
    assert notes_of(why)
    run(prepared, folder / "flows.db", why)
    rows = read_reasons(why)
    assert sum(row.what is What.SIGHTING for row in rows) == unlinked(folder / "flows.db") == 2
