"""What one night reads is cut where counted time lies between, and nowhere else."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.ledger import Counted, Wishes, choose, parts_of
from tests.pipeline.ledger.test_once import DAY, NIGHTS, File, files, read, seconds

HORIZON_S = 5.0


def hours(*numbers: int) -> dict[str, File]:
    return {f"{number}": File(f"{number}", 3600 * number, 3600 * (number + 1)) for number in numbers}


def counted_of(there: dict[str, File]) -> tuple[Counted, ...]:
    return read((), choose({"A": [one.offered() for one in there.values()]}, (), Wishes(settings="s")))


def names(there: dict[str, File], counted: tuple[Counted, ...], horizon_s: float) -> list[list[str]]:
    sweep = choose({"A": [one.offered() for one in there.values()]}, counted, Wishes(settings="s"))
    parts = parts_of(sweep, counted, horizon_s)
    return [[one.source.name for one in part.decisions if one.is_read] for part in parts]


def test_late_and_new_footage_with_counted_footage_between_are_two_runs() -> None:
    there = hours(0, 1, 2, 3)
    counted = counted_of({name: there[name] for name in ("0", "2")})
    assert names(there, counted, 60.0) == [["1"], ["3"]]


def test_footage_between_which_riders_may_be_linked_is_one_run() -> None:
    there = hours(0, 1, 2, 3)
    counted = counted_of({name: there[name] for name in ("0", "2")})
    assert names(there, counted, 3600.0) == [["1", "3"]]


def test_a_gap_in_which_nothing_was_counted_cuts_nothing() -> None:
    assert names(hours(0, 5, 9), (), 60.0) == [["0", "5", "9"]]
    there = hours(0, 5, 9)
    assert names(there, counted_of({"0": there["0"]}), 60.0) == [["5", "9"]]


@given(NIGHTS, st.lists(files(), min_size=1, max_size=4, unique_by=lambda one: one.name))
def test_part_by_part_the_same_is_read_as_at_once(nights: list[list[File]], last: list[File]) -> None:
    counted: tuple[Counted, ...] = ()
    for night in nights:
        counted = read(
            counted, choose({"A": [one.offered() for one in night]}, counted, Wishes(settings="s"))
        )
    sweep = choose({"A": [one.offered() for one in last]}, counted, Wishes(settings="s", relink_s=HORIZON_S))
    parts = parts_of(sweep, counted, HORIZON_S)

    reads = [one for part in parts for one in part.decisions if one.is_read]
    assert sorted(reads, key=str) == sorted((one for one in sweep.decisions if one.is_read), key=str)
    assert sorted((span for part in parts for span in part.removed), key=str) == sorted(
        sweep.removed, key=str
    )
    by_parts = counted
    for part in parts:
        by_parts = read(by_parts, part)
    assert seconds(by_parts) == seconds(read(counted, sweep))
    begins = [min(one.begin for one in part.decisions if one.is_read) for part in parts if not part.is_empty]
    assert begins == sorted(begins)
    assert all(begin >= DAY for begin in begins)
