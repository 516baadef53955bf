"""A run that stops between any two of its transactions, and one that never stops, leave the same database."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flows.database import FlowStore, runs
from pipeline.cameras import detectors
from pipeline.configuration import load_configuration
from pipeline.runner import camera_work, local, run_prepared
from pipeline.runner.checkpoint import Checkpoint
from pipeline.runner.preparation import Preparation
from pipeline.runner.prepare import prepare
from pipeline.telemetry import StageClock
from tests.command_line import street, write_video
from tests.pipeline.colour_detector import ColourDetector

RED, GREEN, BLUE = (30, 30, 220), (40, 200, 40), (220, 60, 30)
FPS = 30
"""A thirtieth of a second is no whole number of microseconds."""
SITE = """
site: test
timezone: UTC
encoder: {name: colour_stripes}
runtime: {frames_per_chunk: 16}
cameras:
  - {id: A, source: "a_*.mp4", time_pattern: "%Y%m%dT%H%M%S"}
  - {id: B, source: "b_*.mp4", time_pattern: "%Y%m%dT%H%M%S"}
links:
  - {from: A, to: B, min_travel_s: 0.5, max_travel_s: 20}
"""
TABLES = ("sighting", "journey", "journey_stop", "match", "coverage", "gallery", "progress")
WRITES = ("save_progress", "save_matching", "finish_run")


def waiting(images: list[np.ndarray]) -> list[np.ndarray]:
    """Somebody in yellow stands at the kerb all the time, so that the street is never empty."""
    for image in images:
        image[10:58, 280:304] = (20, 220, 230)
    return images


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files that follow each other after a second without footage; B begins later than A and ends later."""
    write_video(tmp_path / "a_20240514T080000.mp4", waiting(street(45, ((0, RED),))), FPS)
    write_video(tmp_path / "a_20240514T080003.mp4", waiting(street(40, ((-5, GREEN),))), FPS)
    write_video(tmp_path / "b_20240514T080001.mp4", waiting(street(50, ((5, RED),))), FPS)
    write_video(tmp_path / "b_20240514T080004.mp4", waiting(street(40, ((-5, BLUE),))), FPS)
    (tmp_path / "site.yaml").write_text(SITE)
    monkeypatch.setattr(detectors, "build_detector", lambda settings: ColourDetector())
    monkeypatch.setattr(local, "SAVE_EVERY_S", 0.0)
    monkeypatch.setattr(camera_work, "RESTART_EVERY_S", 0.5)
    # The same in every database, so that all ids are.
    monkeypatch.setattr(runs.secrets, "token_hex", lambda size: "ab" * size)
    return tmp_path


def run(prepared: Preparation, path: Path) -> None:
    configuration = prepared.configuration.model_copy(update={"database": f"sqlite:///{path}"})
    run_prepared(replace(prepared, configuration=configuration), StageClock())


def content(path: Path) -> dict[str, list[Any]]:
    """Every row of every table but the times of the clock on the wall."""
    connection = sqlite3.connect(path)
    try:
        rows = {name: sorted(connection.execute(f"select * from {name}")) for name in TABLES}
        columns = "run_id, site_id, fingerprint, state, watermark, forgotten_before"
        return rows | {"run": connection.execute(f"select {columns} from run").fetchall()}
    finally:
        connection.close()


@dataclass
class Copies:
    """Copies the database behind every transaction of a run: what kill -9 leaves there."""

    path: Path
    folder: Path
    made: list[Path] = field(default_factory=list)

    def install(self, patch: pytest.MonkeyPatch) -> None:
        for name in ("begin_run", *WRITES):
            patch.setattr(FlowStore, name, self._copied(getattr(FlowStore, name)))

    def _copied(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            answer = method(*arguments, **options)
            self.made.append(self.folder / f"stopped_{len(self.made)}.db")
            with (
                closing(sqlite3.connect(self.path)) as here,
                closing(sqlite3.connect(self.made[-1])) as there,
            ):
                here.backup(there)
            return answer

        return call


def test_a_run_stopped_between_any_two_transactions_goes_on_to_the_same_database(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies = Copies(folder / "whole.db", folder)
    prepared = prepare(load_configuration(folder / "site.yaml"))
    with monkeypatch.context() as patch:
        copies.install(patch)
        run(prepared, folder / "whole.db")
    expected = content(folder / "whole.db")
    assert len(expected["sighting"]) == 4, expected["sighting"]
    assert len(expected["match"]) == 1, expected["match"]
    assert len(expected["coverage"]) == 4, f"two files of each camera, apart: {expected['coverage']}"
    assert len(copies.made) > 20

    begun_later = 0
    for stop, path in enumerate(copies.made):
        begun_later += any(place > 0 for place in restart_points(path))
        run(prepared, path)
        assert content(path) == expected, f"stopped behind {stop} of {len(copies.made)} transactions"
    assert begun_later > len(copies.made) / 2, "somebody always stands in view; still it goes on from there"


def restart_points(path: Path) -> list[int]:
    """Frames that lie before the place at which each camera would go on."""
    connection = sqlite3.connect(path)
    texts = [text for (text,) in connection.execute("select checkpoint from progress")]
    connection.close()
    memories = [Checkpoint.from_text(text).memory for text in texts]
    return [memory.frames_read for memory in memories if memory is not None]
