"""A writer that is killed at any moment leaves a consistent database, and can go on."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flows.database import FlowStore, RunState
from tests.flows.written import MORNING, describe, seen

ROOT = Path(__file__).resolve().parents[3]
BATCH = 3
WRITER = """
import sys
from flows.database import FlowStore
from tests.flows.written import MORNING, describe, journey_of, seen
store = FlowStore.open(sys.argv[1])
run_id = store.begin_run(describe()).run_id
begin = int(store.progress(run_id).get("A", 0))
for number in range(begin, begin + 10**6):
    times = [MORNING + 10.0 * (3 * number + index) for index in range(3)]
    batch = [seen(run_id, "A", time) for time in times]
    store.save_progress(run_id, "A", batch, [(times[0], times[0] + 30)], str(number + 1))
    state = store.open_sightings(run_id)
    journeys = [journey_of([one]) for one in state.sightings]
    store.save_matching(run_id, times[-1], [], journeys, forget_before=times[0])
    print(number, flush=True)
"""


def write_until_killed(url: str, batches: int, delay: float) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, url], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    for _ in range(batches):
        assert process.stdout.readline(), "the writer ended by itself"
    time.sleep(delay)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)


@pytest.mark.parametrize("delays", [(0.0, 0.0013, 0.0031, 0.0057)])
def test_killed_writers_lose_and_double_nothing(url: str, delays: tuple[float, ...]) -> None:
    for delay in delays:
        write_until_killed(url, batches=4, delay=delay)
    store = FlowStore.open(url)
    run = store.begin_run(describe())
    assert run.state is RunState.RESUMED
    done = int(store.progress(run.run_id)["A"])
    with store.database.transaction() as connection:
        times = connection.exec_driver_sql("SELECT enter_time FROM sighting ORDER BY 1").scalars().all()
        covered = [
            tuple(row) for row in connection.exec_driver_sql("SELECT start_time, end_time FROM coverage")
        ]
        stops = connection.exec_driver_sql("SELECT count(*) FROM journey_stop").scalar_one()
        journeys = connection.exec_driver_sql("SELECT count(*) FROM journey").scalar_one()
    left = len(store.open_sightings(run.run_id).sightings)
    store.close()
    assert done >= 4 * len(delays)
    assert times == [round(1e6 * (MORNING + 10 * number)) for number in range(BATCH * done)]
    assert covered == [(round(1e6 * MORNING), round(1e6 * (MORNING + 30 * done)))]
    assert stops == journeys
    assert left in (0, BATCH), f"{left} sightings are in no journey"
    assert journeys + left == BATCH * done


def test_a_killed_transaction_never_happened(sqlite_url: str) -> None:
    script = """
import os, sys
from flows.database import FlowStore
from tests.flows.written import MORNING, describe, seen
store = FlowStore.open(sys.argv[1])
run_id = store.begin_run(describe()).run_id
store.save_progress(run_id, "A", [seen(run_id, "A", MORNING)], [], "1")
with store.database.transaction() as connection:
    connection.exec_driver_sql("DELETE FROM sighting")
    os.kill(os.getpid(), 9)
"""
    subprocess.run([sys.executable, "-c", script, sqlite_url], cwd=ROOT, check=False)
    store = FlowStore.open(sqlite_url)
    run_id = store.begin_run(describe()).run_id
    state = store.open_sightings(run_id)
    store.close()
    assert [one.enter_time for one in state.sightings] == [seen(run_id, "A", MORNING).enter_time]
