"""Workers as Ray actors; the few tests that need Ray each begin one, as the engine does."""

import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pipeline.cameras import detectors
from pipeline.runner.engines import fleet
from pipeline.runner.engines.ray_link import connection
from pipeline.runner.engines.ray_pool import RayPool, RayWorker
from pipeline.runner.saving import Keeper, Saving
from tests.pipeline.colour_detector import ColourDetector
from tests.pipeline.runner.engines import fleets
from tests.pipeline.runner.engines.clusters import PATIENCE_S, actors, pictures, processes
from tests.pipeline.runner.engines.killing import read, wait_for
from tracking.detectors import DetectorSettings
from tracking.errors import WeightsError


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Holds all that Ray writes; its name is short, since sockets lie in it."""
    pytest.importorskip("ray", reason="the extra ray is not installed")
    path = Path(tempfile.mkdtemp(prefix="ft"))
    monkeypatch.setenv("RAY_TMPDIR", str(path))
    yield path
    shutil.rmtree(path)


def test_an_actor_that_is_killed_is_begun_again_and_the_rows_are_those_of_the_local_engine(
    folder: Path, site: Path, expected: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleets.in_plain_colours(monkeypatch, 0.01)
    workers: list[RayWorker] = []
    kept: list[str] = []
    start, keep = RayPool.start, Keeper.keep

    def started(pool: RayPool, errand: bytes, most_cores: int) -> RayWorker:
        workers.append(start(pool, errand, most_cores))
        return workers[-1]

    def killing(keeper: Keeper, saving: Saving) -> None:
        keep(keeper, saving)
        kept.append(saving.camera)
        if len(kept) == 3:
            assert pictures(folder) == []
            actors(folder)[0].kill()

    monkeypatch.setattr(RayPool, "start", started)
    monkeypatch.setattr(Keeper, "keep", killing)

    told = fleets.run(site, tmp_path / "flows.db", "--engine", "ray")

    assert (told.code, len(workers)) == (0, 3), told.err
    assert "its worker was lost" in told.out.replace("\n", " ")
    assert fleets.rows(tmp_path / "flows.db") == expected
    wait_for(lambda: not processes(folder), PATIENCE_S)
    assert list(folder.glob("fr*")) == [], "what Ray wrote is gone with it"


def test_actors_that_look_ahead_of_one_camera_leave_its_rows(
    folder: Path,
    alone: Path,
    expected_alone: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fleets.in_plain_colours(monkeypatch)
    monkeypatch.setattr(fleet, "scouts_for", lambda cores, stretch_s: 1)

    told = fleets.run(alone, tmp_path / "flows.db", "--engine", "ray", "--set", "runtime.stretch_s=1.6")

    assert told.code == 0, told.err
    assert "looks were made ahead by other workers" in told.out.replace("\n", " ")
    assert fleets.rows(tmp_path / "flows.db") == expected_alone


def test_what_fails_in_an_actor_is_one_sentence(
    folder: Path, site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(detectors, "build_detector", partial(lacking, os.getpid()))
    monkeypatch.setattr(RayPool, "nodes", (1,))  # One actor is enough.

    told = fleets.run(site, tmp_path / "flows.db", "--engine", "ray")

    assert (told.code, told.err.splitlines()[-1]) == (2, "error: gone.onnx: there is no such file here")
    assert "Traceback" not in told.err
    assert read(tmp_path / "flows.db", "select * from sighting") == []


def lacking(home: int, settings: DetectorSettings) -> ColourDetector:
    """A detector whose weights one process has, and no other."""
    if os.getpid() != home:
        raise WeightsError("gone.onnx: there is no such file here")
    return ColourDetector()


def test_without_ray_the_extra_is_named(site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)

    told = fleets.run(site, tmp_path / "flows.db", "--engine", "ray")

    assert told.code == 2
    assert 'pip install "fietsflow[ray]"' in told.err, told.err


def test_ray_is_begun_quiet_and_without_a_dashboard() -> None:
    own = connection(None, "/tmp/folder")
    assert (own["address"], own["include_dashboard"], own["log_to_driver"]) == ("local", False, False)
    assert (own["logging_level"], own["_temp_dir"]) == (logging.ERROR, "/tmp/folder")
    assert connection("head:6379") == {
        "address": "head:6379", "log_to_driver": False, "logging_level": logging.ERROR,
        "configure_logging": False,
    }  # fmt: skip
