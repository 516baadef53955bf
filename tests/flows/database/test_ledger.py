"""The ledger: what was counted of which source, over all runs of a site, in both databases."""

import random
from collections.abc import Sequence

import pytest

from flows.database import (
    Account,
    CameraDescription,
    CountedSource,
    CountedTime,
    FlowStore,
    Footage,
    RunDescription,
    SourceProgress,
)
from tests.flows.written import MORNING, describe, seen


def described(
    footage: Sequence[Footage] = (), fingerprint: str = "night", settings: str | None = "s", **options: object
) -> RunDescription:
    camera = CameraDescription("A", None, tuple(footage))
    return RunDescription(
        "street",
        "UTC",
        (camera,),
        fingerprint,
        MORNING,
        settings=settings,
        **options,  # type: ignore[arg-type]
    )


def begun(store: FlowStore, *names: str, fingerprint: str = "night", **options: object) -> str:
    footage = [Footage(name, f"bytes of {name}", MORNING) for name in names]
    return store.begin_run(described(footage, fingerprint, **options)).run_id


def save(store: FlowStore, run_id: str, *progress: SourceProgress) -> None:
    store.save_progress(run_id, "A", [], [], "here", Account(sources=progress))


def so_far(name: str, start: float, end: float, complete: bool = False, digest: str = "") -> SourceProgress:
    return SourceProgress(
        name, digest or f"bytes of {name}", MORNING + start, MORNING + end, round(10 * end), complete
    )


def spans(store: FlowStore) -> list[tuple[str, float | None, float | None, bool]]:
    return [
        (
            one.name,
            None if one.start is None else one.start - MORNING,
            None if one.end is None else one.end - MORNING,
            one.complete,
        )
        for one in store.ledger("street").sources
    ]


def test_a_site_that_is_not_known_has_an_empty_ledger(store: FlowStore) -> None:
    ledger = store.ledger("nowhere")
    assert (ledger.sources, ledger.open_runs, ledger.cameras) == ((), (), ())


def test_what_a_run_is_about_to_read_is_known_and_not_counted(store: FlowStore) -> None:
    run_id = begun(store, "a", "b")
    assert spans(store) == [("a", None, None, False), ("b", None, None, False)]
    [first, _] = store.ledger("street").sources
    assert first == CountedSource(run_id, "A", "a", "bytes of a", None, None, False, "s")
    [open_run] = store.ledger("street").open_runs
    assert (open_run.run_id, open_run.settings, open_run.purged) == (run_id, "s", False)


def test_a_source_is_counted_as_far_as_it_was_said_and_no_call_takes_that_back(store: FlowStore) -> None:
    run_id = begun(store, "a")
    calls = [so_far("a", 0, 10), so_far("a", 0, 25, complete=True), so_far("a", 2, 20), so_far("a", 0, 10)]
    for call in calls:
        save(store, run_id, call)
    assert spans(store) == [("a", 0.0, 25.0, True)]


@pytest.mark.parametrize("seed", range(6))
def test_the_order_in_which_progress_is_saved_makes_no_difference(store: FlowStore, seed: int) -> None:
    dice = random.Random(seed)
    run_id = begun(store, "a", "b")
    calls = [so_far(name, 0, end, end == 9) for name in "ab" for end in range(1, 10)]
    dice.shuffle(calls)
    for call in calls:
        save(store, run_id, call)
    assert spans(store) == [("a", 0.0, 9.0, True), ("b", 0.0, 9.0, True)]


def test_a_file_that_grew_has_the_digest_of_its_longer_self(store: FlowStore) -> None:
    run_id = begun(store, "a")
    save(store, run_id, so_far("a", 0, 10))
    save(store, run_id, so_far("a", 0, 20, digest="longer"))
    [one] = store.ledger("street").sources
    assert (one.digest, one.end) == ("longer", MORNING + 20)


def test_the_same_bytes_under_two_names_are_two_sources(store: FlowStore) -> None:
    footage = [Footage("a", "same", MORNING), Footage("b", "same", MORNING + 60)]
    run_id = store.begin_run(described(footage)).run_id
    save(store, run_id, so_far("a", 0, 10, digest="same"), so_far("b", 60, 70, digest="same"))
    found = store.ledger("street").sources
    assert [(one.name, one.digest) for one in found] == [("a", "same"), ("b", "same")]


def test_every_run_of_the_site_and_none_of_another_is_in_it(store: FlowStore) -> None:
    for number, name in enumerate("ab"):
        run_id = begun(store, name, fingerprint=name)
        save(store, run_id, so_far(name, 60 * number, 60 * number + 10, complete=True))
        store.finish_run(run_id)
    store.begin_run(describe(site="bridge", cameras="A", footage={"A": ["c"]}))
    assert spans(store) == [("a", 0.0, 10.0, True), ("b", 60.0, 70.0, True)]
    assert store.ledger("street").open_runs == ()


def test_time_that_no_source_accounts_for_is_known_by_its_coverage(store: FlowStore) -> None:
    """Runs of older versions wrote what they observed, and not from which file."""
    run_id = store.begin_run(describe(site="street", cameras="A", footage={"A": ["old"]})).run_id
    store.save_progress(run_id, "A", [seen(run_id, "A", MORNING + 5)], [(MORNING, MORNING + 30)], "end")
    store.finish_run(run_id)
    timed = [one for one in store.ledger("street").sources if one.start is not None]
    assert [(one.name, one.start, one.end, one.complete) for one in timed] == [
        ("old.mp4", MORNING, MORNING + 30, True)
    ]


def test_time_that_is_taken_back_is_cut_out_of_a_source(store: FlowStore) -> None:
    run_id = begun(store, "a")
    save(store, run_id, so_far("a", 0, 100, complete=True))
    store.finish_run(run_id)
    begun(store, fingerprint="other", removed=(CountedTime("A", MORNING + 40, MORNING + 60),))
    assert spans(store) == [("a", 0.0, 40.0, False), ("a", 60.0, 100.0, False)]
    begun(store, fingerprint="third", removed=(CountedTime("A", MORNING - 1, MORNING + 70),))
    assert spans(store) == [("a", 70.0, 100.0, False)]
    begun(store, fingerprint="fourth", removed=(CountedTime("A", MORNING, MORNING + 200),))
    assert spans(store) == []
