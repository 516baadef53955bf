"""SIGKILL at random moments, again and again: recordings, by every engine, in both kinds of database."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from benchmarks.restarts import content, work_off
from tests.databases import new_database
from tests.pipeline.runner.engines import fleets

PROGRAM = "tests.pipeline.killed.plain_run"
KILLS = {"local": 18, "processes": 14, "ray": 6}
"""By each engine and kind of database; with those of `test_watched.py` a hundred and more."""


def databases(kind: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Empty databases of one kind, as many as are asked for."""
    for number in count(1):
        if kind == "sqlite":
            yield f"sqlite:///{folder / f'flows_{number}.db'}"
        else:
            yield new_database(request.getfixturevalue("postgresql_server"))


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("engine", list(KILLS))
def test_a_run_that_is_killed_again_and_again_ends_with_the_rows_of_one_that_was_not(
    engine: str, kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if engine == "ray":
        pytest.importorskip("ray", reason="the extra ray is not installed")
    site, empty = fleets.film(tmp_path), databases(kind, tmp_path, request)
    whole = next(empty)
    work_off(site, whole, kills=0, seed=0, program=PROGRAM)
    expected = content(whole)
    assert len(expected["sighting"]) == 3, expected["sighting"]
    assert len(expected["match"]) == 1, expected["match"]

    kills = turns = 0
    while kills < KILLS[engine]:
        turns += 1
        url = next(empty)
        work = work_off(
            site, url, KILLS[engine] - kills, seed=turns, least_chunks=0, engine=engine, program=PROGRAM
        )
        kills += work.kills
        assert content(url) == expected, f"turn {turns}, {work.kills} kills"
        assert turns <= KILLS[engine], "hardly one run was killed"
    print(f"{engine}, {kind}: {kills} kills in {turns} runs")
