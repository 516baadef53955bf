"""How far apart pairs were is kept by run and day, and read back for the whole site."""

import numpy as np

from flows.database import FlowStore, distance_counts
from flows.values import DISTANCE_CLASSES, DistanceCounts
from tests.flows.written import MORNING, describe


def counts(seed: int) -> DistanceCounts:
    dice = np.random.default_rng(seed)
    return DistanceCounts(*dice.integers(0, 2**40, (2, DISTANCE_CLASSES)), int(dice.integers(0, 2**40)))


def test_counts_of_a_run_replace_its_own_and_are_told_apart_from_other_runs(url):
    store = FlowStore.open(url)
    run_id = store.begin_run(describe()).run_id

    def keep(run: str, days: dict[int, DistanceCounts], model_id: str) -> None:
        options = {"forget_before": MORNING - 9000, "distances": days, "model_id": model_id}
        for _ in range(2):  # A server whose answer was lost is told again.
            store.save_matching(run, MORNING, [], [], **options)

    keep(run_id, {3: counts(1)}, "one")
    keep(run_id, {3: counts(2), 4: counts(3)}, "one")
    keep(run_id, {3: counts(4)}, "two")
    store.finish_run(run_id)
    other = store.begin_run(describe(fingerprint="second")).run_id
    keep(other, {4: counts(5)}, "one")
    first = {3: counts(2), 4: counts(3)}
    assert distance_counts(store.database, other, "one") == (first, {4: counts(5)})
    assert distance_counts(store.database, run_id, "one") == ({4: counts(5)}, first)
    assert distance_counts(store.database, run_id, "two") == ({}, {3: counts(4)})
    assert distance_counts(store.database, run_id, "three") == ({}, {})
    store.discard_run(other)
    assert distance_counts(store.database, run_id, "one") == ({}, first)
    store.close()
