"""Real kills of the real program, on a street on which the view is never empty."""

from pathlib import Path

import pytest

from benchmarks import restarts

KILLS = 2


@pytest.mark.timeout(600)
def test_a_run_that_is_killed_beside_parked_bicycles_and_people_who_wait_loses_and_doubles_nothing(
    tmp_path: Path,
) -> None:
    site = restarts.film(tmp_path, seconds=9.0, cameras=1)
    whole, killed = (f"sqlite:///{tmp_path / name}.db" for name in ("whole", "killed"))
    restarts.work_off(site, whole, kills=0, seed=0)
    work = restarts.work_off(site, killed, KILLS, seed=2, least_chunks=3)
    expected = restarts.content(whole)
    assert work.kills == KILLS
    assert work.restarts[-1] > 0, "the second attempt left a place to go on from"
    assert expected["sighting"]
    assert restarts.content(killed) == expected
