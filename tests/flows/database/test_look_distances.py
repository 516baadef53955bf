"""How far apart pairs were is added up by day, and read back for the whole site."""

import numpy as np

from flows.database import FlowStore, distance_counts
from flows.values import DISTANCE_CLASSES, DistanceCounts
from tests.flows.written import MORNING, describe


def counts(seed: int) -> DistanceCounts:
    dice = np.random.default_rng(seed)
    return DistanceCounts(*dice.integers(0, 2**40, (2, DISTANCE_CLASSES)), int(dice.integers(0, 2**40)))


def test_counts_are_added_by_day_over_the_runs_of_a_site_for_one_encoder(url):
    store = FlowStore.open(url)
    run_id = store.begin_run(describe()).run_id
    for days in ({3: counts(1)}, {3: counts(2), 4: counts(3)}):
        store.save_matching(
            run_id, MORNING, [], [], forget_before=MORNING - 9000, distances=days, model_id="one"
        )
    store.save_matching(
        run_id, MORNING, [], [], forget_before=MORNING - 9000, distances={3: counts(4)}, model_id="two"
    )
    store.finish_run(run_id)
    other = store.begin_run(describe(fingerprint="second")).run_id
    store.save_matching(
        other, MORNING, [], [], forget_before=MORNING - 9000, distances={4: counts(5)}, model_id="one"
    )
    expected = {3: counts(1) + counts(2), 4: counts(3) + counts(5)}
    assert distance_counts(store.database, other, "one") == expected
    assert distance_counts(store.database, run_id, "two") == {3: counts(4)}
    assert distance_counts(store.database, run_id, "three") == {}
    store.discard_run(other)
    assert distance_counts(store.database, run_id, "one") == {3: counts(1) + counts(2), 4: counts(3)}
    store.close()
