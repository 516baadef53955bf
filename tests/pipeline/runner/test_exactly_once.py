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
from pipeline.cameras import prepared as prepared_cameras
from pipeline.configuration import load_configuration
from pipeline.runner import camera_work, local, run_prepared
from pipeline.runner.checkpoint import Checkpoint
from pipeline.runner.preparation import Preparation
from pipeline.runner.prepare import prepare
from pipeline.telemetry import RunSummary, StageClock
from tests.command_line import street, write_video
from tests.pipeline.colour_detector import ColourDetector
from tracking.memory import to_text

RED, GREEN, BLUE = (30, 30, 220), (40, 200, 40), (220, 60, 30)
FPS = 30
"""A thirtieth of a second is no whole number of microseconds."""
SITE = """
site: test
timezone: UTC
encoder: {name: colour_stripes}
runtime: {frames_per_chunk: 16}
tracker: {expiry_s: 0.3}
rider: {stitch: {max_gap_s: 1.8}}
cameras:
  - {id: A, source: "a_*.mp4", time_pattern: "%Y%m%dT%H%M%S"}
  - {id: B, source: "b_*.mp4", time_pattern: "%Y%m%dT%H%M%S"}
links:
  - {from: A, to: B, min_travel_s: 0.5, max_travel_s: 20}
"""
TABLES = ("sighting", "journey", "journey_stop", "match", "coverage", "unobserved", "gallery", "progress")
WRITES = ("save_progress", "save_matching", "finish_run")


def waiting(images: list[np.ndarray]) -> list[np.ndarray]:
    """Somebody in yellow stands at the kerb all the time, so that the street is never empty."""
    for image in images:
        image[10:58, 280:304] = (20, 220, 230)
    return images


@pytest.fixture(params=[True])
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Path:
    """Files that follow each other after a second without footage; B begins later than A and ends later.

    Somebody waits in view all the time, unless the parameter is false.
    """
    for name, frames, rider in (
        ("a_20240514T080000.mp4", 45, (0, RED)),
        ("a_20240514T080003.mp4", 40, (-5, GREEN)),
        ("b_20240514T080001.mp4", 50, (5, RED)),
        ("b_20240514T080004.mp4", 40, (-5, BLUE)),
    ):
        images = street(frames, (rider,))
        write_video(tmp_path / name, waiting(images) if request.param else images, FPS)
    (tmp_path / "site.yaml").write_text(SITE)
    monkeypatch.setattr(detectors, "build_detector", lambda settings: ColourDetector())
    monkeypatch.setattr(local, "SAVE_EVERY_S", 0.0)
    monkeypatch.setattr(camera_work, "RESTART_EVERY_S", 0.1)
    # The same in every database, so that all ids are.
    monkeypatch.setattr(runs.secrets, "token_hex", lambda size: "ab" * size)
    return tmp_path


def run(prepared: Preparation, path: Path) -> RunSummary:
    configuration = prepared.configuration.model_copy(update={"database": f"sqlite:///{path}"})
    return run_prepared(replace(prepared, configuration=configuration), StageClock())


def content(path: Path) -> dict[str, list[Any]]:
    """Every row of every table but the times of the clock on the wall."""
    connection = sqlite3.connect(path)
    try:
        rows = {name: sorted(connection.execute(f"select * from {name}")) for name in TABLES}
        columns = "run_id, site_id, fingerprint, state, watermark, forgotten_before"
        return rows | {"run": connection.execute(f"select {columns} from run").fetchall()}
    finally:
        connection.close()


def copy_database(path: Path, copy: Path) -> None:
    """Copy an SQLite file with what its log holds, and the embeddings beside it."""
    for ending in ("", "-gallery"):
        one, other = path.with_name(path.name + ending), copy.with_name(copy.name + ending)
        if one.exists():
            with closing(sqlite3.connect(one)) as here, closing(sqlite3.connect(other)) as there:
                here.backup(there)


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
            copy_database(self.path, self.made[-1])
            return answer

        return call


def run_with_copies(folder: Path, prepared: Preparation, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    copies = Copies(folder / "whole.db", folder)
    with monkeypatch.context() as patch:
        copies.install(patch)
        run(prepared, folder / "whole.db")
    return copies.made


@pytest.mark.timeout(900)
def test_a_run_stopped_between_any_two_transactions_goes_on_to_the_same_database(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared = prepare(load_configuration(folder / "site.yaml"))
    copies = run_with_copies(folder, prepared, monkeypatch)
    expected = content(folder / "whole.db")
    assert len(expected["sighting"]) == 4, expected["sighting"]
    assert len(expected["match"]) == 1, expected["match"]
    assert len(expected["coverage"]) == 4, f"two files of each camera, apart: {expected['coverage']}"
    assert len(copies) > 20

    begun_later = 0
    for stop, path in enumerate(copies):
        begun_later += any(place > 0 for place in restart_points(path))
        run(prepared, path)
        assert content(path) == expected, f"stopped behind {stop} of {len(copies)} transactions"
    assert begun_later > len(copies) / 2, "somebody always stands in view; still it goes on from there"


def restart_points(path: Path) -> list[int]:
    """Frames that lie before the place at which each camera would go on."""
    connection = sqlite3.connect(path)
    texts = [text for (text,) in connection.execute("select checkpoint from progress")]
    connection.close()
    memories = [Checkpoint.from_text(text).memory for text in texts]
    return [memory.frames_read for memory in memories if memory is not None]


@pytest.mark.parametrize("folder", [True, False], indirect=True)
def test_what_cannot_be_read_is_not_gone_on_from(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkpoint of another version costs time, never a result."""
    prepared = prepare(load_configuration(folder / "site.yaml"))
    copies = run_with_copies(folder, prepared, monkeypatch)
    expected = content(folder / "whole.db")
    late = next(path for path in reversed(copies) if is_under_way(path))
    damages: tuple[Callable[[Checkpoint], str], ...] = (
        lambda one: with_memory(one, version=99).to_text(),
        lambda one: with_memory(one, state="AAAA").to_text(),
        lambda one: with_memory(one, state=to_text({"_tracker": {}})).to_text(),
        lambda one: one.to_text().replace('"settled_until"', '"settled_after"'),
        lambda one: "",
    )
    for number, damage in enumerate(damages):
        path = folder / f"damaged_{number}.db"
        copy_database(late, path)
        with closing(sqlite3.connect(path)) as connection:
            rows = connection.execute("select camera_id, checkpoint from progress").fetchall()
            for camera, text in rows:
                values = (damage(Checkpoint.from_text(text)), camera)
                connection.execute("update progress set checkpoint = ? where camera_id = ?", values)
            connection.commit()
        run(prepared, path)
        assert content(path) == expected, f"damage {number}"


def is_under_way(path: Path) -> bool:
    with closing(sqlite3.connect(path)) as connection:
        texts = [text for (text,) in connection.execute("select checkpoint from progress")]
    checkpoints = [Checkpoint.from_text(text) for text in texts]
    return len(checkpoints) == 2 and all(one.memory and not one.finished for one in checkpoints)


def with_memory(checkpoint: Checkpoint, **changes: Any) -> Checkpoint:
    assert checkpoint.memory is not None
    return checkpoint.model_copy(update={"memory": checkpoint.memory.model_copy(update=changes)})


def test_a_file_that_is_gone_costs_its_crops_and_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The run goes on as long as the file is known, here by its name alone.
    monkeypatch.setattr(prepared_cameras, "fingerprint", lambda path, images: path.name)
    prepared = prepare(load_configuration(folder / "site.yaml"))
    copies = run_with_copies(folder, prepared, monkeypatch)
    stopped = next(path for path in copies if in_second_file(path, "a_20240514T080003.mp4"))
    (folder / "a_20240514T080000.mp4").unlink()
    summary = run(prepared, stopped)
    problems = {camera.camera: camera.problems for camera in summary.cameras}
    assert any("at the restart could not be cut again" in one for one in problems["A"]), problems
    assert not problems["B"], problems
    found, expected = content(stopped), content(folder / "whole.db")
    whole = [row[2:6] for row in expected["sighting"]]
    assert [row[2:6] for row in found["sighting"]] == whole, "counts do not depend on crops"


def in_second_file(path: Path, name: str) -> bool:
    with closing(sqlite3.connect(path)) as connection:
        texts = [text for (text,) in connection.execute("select checkpoint from progress")]
    memories = [Checkpoint.from_text(text).memory for text in texts]
    return any(one is not None and one.source == name for one in memories)
