"""One driver, its workers, and what passes between them; the workers are threads here."""

import shutil
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.runner.engines import driver, fleet
from pipeline.runner.engines.errand import Answer, Trouble
from pipeline.runner.engines.worker import _Loop
from tests.pipeline.runner.engines import fleets
from tests.pipeline.runner.engines.fleets import DeskPool
from tracking.errors import FootageError, WeightsError

MOST_BYTES = 64 * 1024
"""A frame of the street alone has 170 kB, which do not shrink on the way."""


@pytest.fixture(autouse=True)
def _colours(monkeypatch: pytest.MonkeyPatch) -> None:
    fleets.in_plain_colours(monkeypatch)


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> DeskPool:
    return use(monkeypatch, DeskPool())


def use(patch: pytest.MonkeyPatch, pool: DeskPool) -> DeskPool:
    patch.setattr(fleet, "ProcessPool", lambda: pool)
    return pool


def run(site: Path, database: Path, *arguments: object) -> fleets.Told:
    return fleets.run(site, database, "--engine", "processes", *arguments)


def test_two_workers_leave_the_rows_of_the_local_engine(
    site: Path, expected: dict[str, Any], tmp_path: Path, pool: DeskPool
) -> None:
    told = run(site, tmp_path / "flows.db")

    assert told.code == 0, told.err
    assert len(pool.workers) == 2
    assert fleets.rows(tmp_path / "flows.db") == expected


def test_one_worker_for_both_cameras_leaves_them_too(
    site: Path, expected: dict[str, Any], tmp_path: Path, pool: DeskPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "nodes", (1,), raising=False)

    told = run(site, tmp_path / "flows.db")

    assert (told.code, len(pool.workers)) == (0, 1), told.err
    assert fleets.rows(tmp_path / "flows.db") == expected


@pytest.mark.parametrize(("lost", "saved"), [(1, False), (4, True)])
def test_a_worker_that_is_lost_goes_on_where_it_was_saved(
    site: Path,
    expected: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    lost: int,
    saved: bool,
) -> None:
    pool = use(monkeypatch, DeskPool(lambda worker, answer: worker == 0 and answer == lost))

    told = run(site, tmp_path / "flows.db")

    assert (told.code, len(pool.workers)) == (0, 3), told.err
    [again] = pool.workers[2].errand.starts
    assert again.camera.id == "A"
    assert ((again.checkpoint.memory or again.checkpoint).frames_read > 0) == saved
    assert "its worker was lost (killed by the test) and begun again" in told.out.replace("\n", " ")
    assert fleets.rows(tmp_path / "flows.db") == expected


def test_a_worker_that_is_lost_again_and_again_ends_the_run_with_a_sentence(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = use(monkeypatch, DeskPool(lambda worker, answer: worker != 1))

    told = run(site, tmp_path / "flows.db")

    assert told.code == 1
    assert told.err.startswith("error: the worker of camera A was lost 3 times"), told.err
    assert len(pool.workers) == 1 + driver.MOST_LOSSES


def test_what_a_lost_driver_left_is_finished_by_either_engine(
    site: Path, expected: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Both workers die three times behind their second answer: the driver gives up with two savings of each.
    use(monkeypatch, DeskPool(lambda worker, answer: worker > 1 or answer > 2))
    (tmp_path / "local").mkdir()
    assert run(site, tmp_path / "local" / "flows.db").code == 1
    shutil.copytree(tmp_path / "local", tmp_path / "processes")
    use(monkeypatch, DeskPool())

    for engine in ("local", "processes"):
        told = fleets.run(site, tmp_path / engine / "flows.db", "--engine", engine)

        assert told.code == 0, told.err
        assert fleets.rows(tmp_path / engine / "flows.db") == expected, engine


def test_a_worker_that_nobody_asks_waits_after_one_answer(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits: list[str] = []
    plain = _Loop.commit

    def spy(loop: _Loop) -> None:
        commits.append(",".join(loop.works))
        plain(loop)

    monkeypatch.setattr(_Loop, "commit", spy)
    pool = use(monkeypatch, DeskPool())
    monkeypatch.setattr(DeskPool, "wait", lambda *_: look_when_at_rest(pool, commits))

    with pytest.raises(_LookedError) as seen:
        fleet_run(site, tmp_path / "flows.db")

    working, done = seen.value.args
    assert working == [True, True], "neither has come to the end of its footage"
    assert max(done.values()) <= 2, "one answer lies ready, one is being handed over"


class _LookedError(Exception):
    """Which workers had something left to do, and how often each had saved."""


def look_when_at_rest(pool: DeskPool, commits: list[str]) -> list[Any]:
    desks = [worker.desk for worker in pool.workers]
    while not all(desk.ready.full() or not desk.thread.is_alive() for desk in desks):
        time.sleep(0.05)
    raise _LookedError([desk.thread.is_alive() for desk in desks], Counter(commits))


def fleet_run(site: Path, database: Path) -> None:
    from pipeline.configuration import load_configuration
    from pipeline.runner import run_site

    run_site(load_configuration(site, {"database": str(database), "runtime.engine": "processes"}))


def test_who_is_far_ahead_is_not_asked(
    site: Path, expected: dict[str, Any], tmp_path: Path, pool: DeskPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    leads: list[float] = []
    plain = driver.Driver._ask

    def spy(one: "driver.Driver[Any]") -> None:
        before = list(one._asked)
        plain(one)
        slowest = min(camera.reached for camera in one._cameras.values())
        for worker in one._asked:
            if worker not in before:
                cameras = one._duties[worker].errand.cameras
                leads.append(min(one._cameras[camera].reached for camera in cameras) - slowest)

    monkeypatch.setattr(driver.Driver, "_ask", spy)
    plain_init = driver.Driver.__init__

    def near(one: "driver.Driver[Any]", *arguments: Any) -> None:
        plain_init(one, *arguments)
        one._ahead_s = 1.0

    monkeypatch.setattr(driver.Driver, "__init__", near)

    assert run(site, tmp_path / "flows.db").code == 0
    assert max(leads) <= 1.0
    assert fleets.rows(tmp_path / "flows.db") == expected


def test_nothing_leaves_a_worker_but_small_plain_values(site: Path, tmp_path: Path, pool: DeskPool) -> None:
    assert run(site, tmp_path / "flows.db").code == 0

    arrays = [one for worker in pool.workers for answer in worker.answers for one in arrays_in(answer)]
    assert len(arrays) == 3, "one embedding for each of three sightings"
    assert {(one.ndim, one.dtype.name) for one in arrays} == {(1, "float32")}
    assert max(one.nbytes for one in arrays) <= 8192
    assert max(size for worker in pool.workers for size in worker.sizes) < MOST_BYTES


def arrays_in(value: Any) -> Iterator[np.ndarray]:
    """Every array within plain values; anything that is none of them is an error."""
    if isinstance(value, np.ndarray):
        yield value
    elif is_dataclass(value):
        for one in fields(value):
            yield from arrays_in(getattr(value, one.name))
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from arrays_in(key)
            yield from arrays_in(one)
    elif isinstance(value, tuple | list):
        for one in value:
            yield from arrays_in(one)
    else:
        assert value is None or isinstance(value, str | int | float | bool), type(value)


@pytest.mark.parametrize(
    ("error", "code"), [(WeightsError("w.onnx: is damaged"), 2), (FootageError("a.mp4: is gone"), 1)]
)
def test_what_fails_in_a_worker_is_told_as_if_it_had_failed_here(
    site: Path, tmp_path: Path, pool: DeskPool, monkeypatch: pytest.MonkeyPatch, error: Exception, code: int
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("pipeline.runner.engines.worker.open_encoder", fail)

    told = run(site, tmp_path / "flows.db")

    assert (told.code, told.err.splitlines()[-1]) == (code, f"error: {error}")
    assert "Traceback" not in told.err


def test_an_error_that_cannot_travel_is_told_in_words() -> None:
    class LocalError(Exception):
        """Known in this function alone."""

    trouble = Answer.from_bytes(Answer(trouble=Trouble.of(LocalError("lost"))).to_bytes()).trouble
    assert trouble is not None
    assert str(trouble.error) == "LocalError: lost"


def test_the_reasons_of_a_fleet_are_those_of_the_local_engine(
    site: Path, tmp_path: Path, pool: DeskPool
) -> None:
    files = [tmp_path / "local.csv", tmp_path / "fleet.csv"]
    slow = ("--set", "rider.judge.min_seen_s=9")
    assert fleets.run(site, tmp_path / "local.db", "--explain", files[0], *slow).code == 0
    assert run(site, tmp_path / "fleet.db", "--explain", files[1], *slow).code == 0

    assert len(files[0].read_text().splitlines()) > 3, "three riders who were not seen for long enough"
    assert files[1].read_text() == files[0].read_text()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--engine", "processes", "--tracks", "boxes"), "--tracks"),
        (("--engine", "processes", "--follow"), "--follow"),
        (("--ray-address", "auto"), "--ray-address"),
    ],
)
def test_what_an_engine_cannot_do_is_refused(
    site: Path, tmp_path: Path, arguments: tuple[str, ...], named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    told = fleets.run(site, tmp_path / "flows.db", *arguments)

    assert (told.code, told.err.startswith(f"error: {named}")) == (2, True), told.err
    assert not (tmp_path / "flows.db").exists()
