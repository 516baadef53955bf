"""A camera whose pictures changed their size begins afresh: boxes of others say nothing about these."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.cameras import detectors
from pipeline.configuration import load_configuration
from pipeline.runner import local, run_site
from pipeline.runner.checkpoint import Checkpoint, Memory
from tests.command_line import street, write_video
from tests.pipeline.colour_detector import ColourDetector

RED, GREEN, BLUE = (30, 30, 220), (40, 200, 40), (220, 60, 30)
FPS = 10
SITE = """
site: test
timezone: UTC
encoder: {name: colour_stripes}
cameras:
  - {id: A, source: "a_*", time_pattern: "%Y%m%dT%H%M%S"}
"""


EVERY = "select enter_time, exit_time, direction, frames from sighting order by 1"


def twice_as_large(images: list[np.ndarray]) -> list[np.ndarray]:
    return [image.repeat(2, axis=0).repeat(2, axis=1) for image in images]


@pytest.fixture
def images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[np.ndarray]:
    """Ten seconds; green is in view at the fifth."""
    (tmp_path / "site.yaml").write_text(SITE)
    monkeypatch.setattr(detectors, "build_detector", lambda settings: ColourDetector())
    monkeypatch.setattr(local, "SAVE_EVERY_S", 0.0)
    return street(100, ((-10, BLUE), (34, GREEN), (55, RED)))


def run(folder: Path, database: str) -> None:
    overrides = {"database": f"sqlite:///{folder / database}"}
    run_site(load_configuration(folder / "site.yaml", overrides))


def rows(folder: Path, database: str, query: str) -> list[Any]:
    with closing(sqlite3.connect(folder / database)) as connection:
        return connection.execute(query).fetchall()


def seen_since_last_file(folder: Path, database: str) -> list[Any]:
    """Sightings that begin in the last file."""
    begun = rows(folder, database, "select max(start_time) from footage")[0][0]
    columns = "enter_time, exit_time, direction, frames, round(quality, 6)"
    return rows(folder, database, f"select {columns} from sighting where enter_time >= {begun} order by 1")


@pytest.mark.parametrize("larger", [True, False])
def test_a_camera_of_another_resolution_begins_afresh(
    tmp_path: Path, images: list[np.ndarray], larger: bool
) -> None:
    first, second = images[:50], images[50:]
    write_video(tmp_path / "a_20240514T080000.mp4", first if larger else twice_as_large(first), FPS)
    run(tmp_path, "flows.db")
    counted = rows(tmp_path, "flows.db", EVERY)
    assert len(counted) == 2, "blue, and green up to the end"
    (tmp_path / "a_20240514T080000.mp4").unlink()
    write_video(tmp_path / "a_20240514T080005.mp4", twice_as_large(second) if larger else second, FPS)

    run(tmp_path, "flows.db")
    run(tmp_path, "clean.db")

    expected = seen_since_last_file(tmp_path, "clean.db")
    assert rows(tmp_path, "flows.db", EVERY)[:2] == counted, "what was counted stays"
    assert len(expected) == 2, "green for the rest of the way, and red"
    assert seen_since_last_file(tmp_path, "flows.db") == expected


def test_one_of_the_same_resolution_goes_on(tmp_path: Path, images: list[np.ndarray]) -> None:
    write_video(tmp_path / "a_20240514T080000.mp4", images[:50], FPS)
    run(tmp_path, "flows.db")
    (tmp_path / "a_20240514T080000.mp4").unlink()
    write_video(tmp_path / "a_20240514T080005.mp4", images[50:], FPS)
    run(tmp_path, "flows.db")
    assert len(seen_since_last_file(tmp_path, "flows.db")) == 1, "green began before, and is one"


def test_an_interrupted_run_begins_afresh_too(
    tmp_path: Path, images: list[np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its memory is said to be of other pictures, and is not gone on from."""
    write_video(tmp_path / "a_20240514T080000.mp4", images, FPS)
    run(tmp_path, "clean.db")
    finish = local.FlowStore.finish_run
    monkeypatch.setattr(local.FlowStore, "finish_run", lambda *arguments: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run(tmp_path, "flows.db")
    monkeypatch.setattr(local.FlowStore, "finish_run", finish)
    with closing(sqlite3.connect(tmp_path / "flows.db")) as connection:
        (text,) = connection.execute("select checkpoint from progress").fetchone()
        checkpoint = Checkpoint.from_text(text)
        assert checkpoint.memory is not None
        assert checkpoint.memory.frame_size == (320, 180)
        other = checkpoint.memory.model_copy(update={"frame_size": (640, 360)})
        changed = checkpoint.model_copy(update={"memory": other, "finished": False})
        connection.execute("update progress set checkpoint = ?", (changed.to_text(),))
        connection.commit()
    recollected = []
    recollect = Memory.recollect
    monkeypatch.setattr(Memory, "recollect", lambda memory: recollected.append(memory) or recollect(memory))
    run(tmp_path, "flows.db")
    assert not recollected
    assert seen_since_last_file(tmp_path, "flows.db") == seen_since_last_file(tmp_path, "clean.db")
