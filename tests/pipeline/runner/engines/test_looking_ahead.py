"""One camera whose footage several workers look at: every row is that of the local engine."""

import pickle
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.cameras import detectors
from pipeline.cameras.looking import Looked
from pipeline.runner.engines import patrol
from pipeline.runner.engines.errand import Errand
from pipeline.runner.engines.foresight import Glimpse
from pipeline.runner.engines.scout import ScoutErrand
from pipeline.telemetry import Board
from tests.pipeline.colour_detector import ColourDetector
from tests.pipeline.runner.engines import fleets
from tests.pipeline.runner.engines.fleets import DeskPool, DeskWorker
from tests.pipeline.runner.engines.test_driver import MOST_BYTES, arrays_in, use
from tracking.arrays import Image
from tracking.detectors import DetectorSettings
from tracking.detectors.parts import joined, uncut
from tracking.values import Detections, Part

START = 1_715_666_400.0
"""2024-05-14T08:00:00+02:00, of the first file."""
SEAMS_S = (1.6, 3.2, 4.8, 6.0, 7.6, 9.2)
"""Ends of stretches, seconds behind the start; at 6.0 a file ends and the next begins, and the third comes
later."""
CUT = ("--engine", "processes", "--set", "runtime.stretch_s=1.6")


class PartColours(ColourDetector):
    """The same, one frame at a time and only where something moves, as the detector that is shipped."""

    looks_singly = any_size = True

    def detect_parts(self, image: Image, parts: Sequence[Part]) -> Detections:
        size = image.shape[1::-1]
        found = [(part, self._find(image[part[1] : part[3], part[0] : part[2]])) for part in parts]
        return joined([uncut(one, part, size) for part, one in found])


def build_part_colours(settings: DetectorSettings) -> PartColours:
    return PartColours()


@pytest.fixture(scope="module")
def expected_in_parts(alone: Path) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of the local engine with the detector that looks at parts."""
    return fleets.local_rows(alone, "parts.db", in_parts)


def in_parts(patch: pytest.MonkeyPatch) -> None:
    fleets.in_plain_colours(patch)
    patch.setattr(detectors, "build_detector", build_part_colours)


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> DeskPool:
    """Three cores for the one camera: its own worker, and two that look ahead."""
    fleets.in_plain_colours(monkeypatch)
    return three_cores(monkeypatch, DeskPool())


def three_cores(patch: pytest.MonkeyPatch, pool: DeskPool) -> DeskPool:
    patch.setattr(DeskPool, "nodes", (3,))
    return use(patch, pool)


def said(told: fleets.Told) -> str:
    return " ".join(told.out.split())


def scouts(pool: DeskPool) -> list[DeskWorker]:
    return [worker for worker in pool.workers if isinstance(worker.errand, ScoutErrand)]


def test_riders_are_in_view_where_stretches_end(alone: Path, expected_alone: dict[str, Any]) -> None:
    connection = sqlite3.connect(alone.with_name("local.db"))
    rides = [
        (enter / 1e6 - START, leave / 1e6 - START)
        for enter, leave in connection.execute("select enter_time, exit_time from sighting order by 1")
    ]
    connection.close()

    assert len(rides) == 3
    seen = [seam for seam in SEAMS_S if any(enter < seam < leave for enter, leave in rides)]
    assert {1.6, 3.2, 6.0} <= set(seen), "in the middle of a file, and between two"


def test_rows_are_those_of_the_local_engine(
    alone: Path,
    expected_alone: dict[str, Any],
    tmp_path: Path,
    pool: DeskPool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown: list[tuple[str, int]] = []
    monkeypatch.setattr(Board, "looked_ahead", lambda _, camera, number: shown.append((camera, number)))

    told = fleets.run(alone, tmp_path / "flows.db", *CUT)

    assert (told.code, len(pool.workers), len(scouts(pool))) == (0, 3, 2), told.err
    assert fleets.rows(tmp_path / "flows.db") == expected_alone
    [errand] = [worker.errand for worker in pool.workers if isinstance(worker.errand, Errand)]
    assert errand.stretches is not None
    ends = [one.end / 10 for one in errand.stretches.all if one.end is not None]
    assert ends == [1.6, 3.2, 4.8, 1.6, 1.6, 3.2], "of each file"
    assert shown[-1][0] == "A"
    assert f"looks were made ahead by other workers, in {shown[-1][1]} stretches" in said(told)
    assert "; 0 were made twice" in said(told), "others choose the very same looks"


def test_they_are_with_a_detector_that_looks_at_parts_of_one_frame_after_the_other(
    alone: Path,
    expected_in_parts: dict[str, Any],
    tmp_path: Path,
    pool: DeskPool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    in_parts(monkeypatch)

    told = fleets.run(alone, tmp_path / "flows.db", *CUT)

    assert told.code == 0, told.err
    assert fleets.rows(tmp_path / "flows.db") == expected_in_parts
    assert "; 0 were made twice" in said(told)
    looks = [
        look
        for worker in scouts(pool)
        for answer in worker.answers
        for look in pickle.loads(answer.looked or pickle.dumps(()))
    ]
    assert any(look.parts for look in looks)
    assert any(not look.parts for look in looks)


@pytest.mark.parametrize("single", [False, True])
def test_what_does_not_fit_is_thrown_away(
    alone: Path,
    expected_alone: dict[str, Any],
    expected_in_parts: dict[str, Any],
    tmp_path: Path,
    pool: DeskPool,
    monkeypatch: pytest.MonkeyPatch,
    single: bool,
) -> None:
    if single:
        in_parts(monkeypatch)
    plain = Glimpse.of.__func__  # type: ignore[attr-defined]

    def elsewhere(cls: type[Glimpse], looked: Looked) -> tuple[Glimpse, ...]:
        found: tuple[Glimpse, ...] = plain(cls, looked)
        return tuple(replace(one, parts=((0, 0, 9, 9),), found=Detections.empty()) for one in found)

    monkeypatch.setattr(Glimpse, "of", classmethod(elsewhere))

    told = fleets.run(alone, tmp_path / "flows.db", *CUT)

    assert told.code == 0, told.err
    assert fleets.rows(tmp_path / "flows.db") == (expected_in_parts if single else expected_alone)
    assert "camera A: 0 of " in said(told)
    assert "; 0 were made twice" not in said(told)


@pytest.mark.parametrize("again", [True, False])
def test_a_lost_worker_is_done_without(
    alone: Path, expected_alone: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, again: bool
) -> None:
    fleets.in_plain_colours(monkeypatch)
    # The first worker is the camera's own.
    pool = three_cores(
        monkeypatch, DeskPool(lambda worker, answer: worker == 1 or (worker > 1 and not again))
    )

    told = fleets.run(alone, tmp_path / "flows.db", *CUT)

    lost = len(scouts(pool)) - 2
    assert (told.code, lost) == (0, 1 if again else patrol.MOST_LOSSES), told.err
    assert "a worker that looked ahead was lost (killed by the test) and begun again" in said(told)
    assert ("is done without" in said(told)) == (not again)
    assert fleets.rows(tmp_path / "flows.db") == expected_alone


def test_where_the_own_worker_is_lost_another_goes_on_with_what_was_found(
    alone: Path, expected_alone: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleets.in_plain_colours(monkeypatch)
    pool = three_cores(monkeypatch, DeskPool(lambda worker, answer: worker == 0 and answer == 7))

    told = fleets.run(alone, tmp_path / "flows.db", *CUT)

    assert (told.code, len(pool.workers)) == (0, 4), told.err
    assert "its worker was lost (killed by the test) and begun again" in said(told)
    assert "looks were made ahead by other workers" in said(told)
    assert fleets.rows(tmp_path / "flows.db") == expected_alone


def test_what_a_lost_driver_left_is_finished_with_or_without_stretches(
    alone: Path, expected_alone: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleets.in_plain_colours(monkeypatch)
    three_cores(
        monkeypatch, DeskPool(lambda worker, answer: worker not in (1, 2) and answer > 4 * (worker == 0))
    )
    (tmp_path / "local").mkdir()
    assert fleets.run(alone, tmp_path / "local" / "flows.db", *CUT).code == 1
    (tmp_path / "cut").mkdir()
    (tmp_path / "cut" / "flows.db").write_bytes((tmp_path / "local" / "flows.db").read_bytes())
    three_cores(monkeypatch, DeskPool())

    for name, how in (("local", ("--engine", "local")), ("cut", CUT)):
        told = fleets.run(alone, tmp_path / name / "flows.db", *how)

        assert told.code == 0, told.err
        assert fleets.rows(tmp_path / name / "flows.db") == expected_alone, name


def test_boxes_leave_a_worker_and_no_picture(alone: Path, tmp_path: Path, pool: DeskPool) -> None:
    assert fleets.run(alone, tmp_path / "flows.db", *CUT).code == 0

    looks = [
        look
        for worker in scouts(pool)
        for answer in worker.answers
        for look in pickle.loads(answer.looked or pickle.dumps(()))
    ]
    assert looks
    arrays = [array for look in looks for array in arrays_in(look)]
    assert {array.shape[1:] for array in arrays} == {(), (4,)}
    assert max(len(array) for array in arrays) <= 3
    assert max(size for worker in pool.workers for size in worker.sizes) < MOST_BYTES
    assert max(len(data) for worker in pool.workers for data in worker.told) < MOST_BYTES


def test_a_camera_whose_detector_remembers_is_not_cut(
    alone: Path, tmp_path: Path, pool: DeskPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ColourDetector, "stateful", True)

    assert fleets.run(alone, tmp_path / "flows.db", *CUT).code == 0
    assert (len(pool.workers), scouts(pool)) == (1, [])
