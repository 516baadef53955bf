"""Hand counts of a simulated street against what was counted of it."""

from dataclasses import replace

import pytest

from flows.checks import HandCount, compare, precision_band, recall_band
from flows.database import FlowStore
from flows.statistics import ErrorRates
from tests.flows.checks.street import Street, write_street
from tests.flows.written import MORNING
from tracking.errors import UsageError

MINUTES = range(0, 120, 2)


def hand(street: Street, cameras: str = "AB", *, times: bool = True) -> list[HandCount]:
    return [
        one for camera in cameras for minute in MINUTES for one in street.by_hand(camera, minute, times=times)
    ]


def test_who_counts_a_perfect_program_by_time_finds_it_perfect(store: FlowStore) -> None:
    found = compare(store.database, "street", hand(write_street(store)))
    assert [one.camera for one in found.cameras] == ["A", "B"]
    for one in (*found.cameras, found.whole):
        assert one.matched == one.hand == one.counted > 0
        assert one.factor == 1.0
        rates = ErrorRates(one.correct, one.wrong, one.lost)
        assert precision_band(rates, one.matched, one.counted).value == 1.0
        assert recall_band(rates, one.matched, one.hand).value == 1.0
    assert found.left_out == ()


def test_what_is_missed_is_found_and_the_factor_makes_up_for_it(sqlite_store: FlowStore) -> None:
    street = write_street(sqlite_store, recall=0.8, seed=2)
    found = compare(sqlite_store.database, "street", hand(street))
    (camera,) = [one for one in found.cameras if one.camera == "A"]
    known = [at for at, _ in street.truth["A"] if int((at - MORNING) // 60) in MINUTES]
    missed = sum(("A", at) in street.lost for at in known)
    assert (camera.hand, camera.counted, camera.matched) == (
        len(known),
        len(known) - missed,
        len(known) - missed,
    )
    everybody, seen = len(street.truth["A"]), len(street.truth["A"]) - sum(at == "A" for at, _ in street.lost)
    assert camera.factor_low < everybody / seen < camera.factor_high
    assert camera.factor_low > 1.0


def test_numbers_alone_tell_the_same_factor_and_neither_precision_nor_recall(sqlite_store: FlowStore) -> None:
    street = write_street(sqlite_store, recall=0.8)
    timed, plain = (
        compare(sqlite_store.database, "street", hand(street, "A", times=times)).cameras[0]
        for times in (True, False)
    )
    assert plain.matched is None
    assert plain.factor == pytest.approx(timed.factor)
    assert plain.factor_low == pytest.approx(timed.factor_low, abs=0.02)


def test_a_key_that_was_pressed_for_nobody_speaks_against_recall(sqlite_store: FlowStore) -> None:
    street = write_street(sqlite_store)
    ones = hand(street, "A")
    extra = replace(ones[0], count=ones[0].count + 1, times=(*(ones[0].times or ()), ones[0].start + 57.9))
    found = compare(sqlite_store.database, "street", [extra, *ones[1:]]).cameras[0]
    assert found.hand == (found.matched or 0) + 1 == found.counted + 1


def test_time_that_nobody_watched_is_left_out_and_named(sqlite_store: FlowStore) -> None:
    street = write_street(sqlite_store)
    late = HandCount("A", MORNING + 7170, MORNING + 7230, "left", 0, ())
    found = compare(sqlite_store.database, "street", [*hand(street, "A"), late])
    assert found.left_out == (
        "camera A, 2019-10-02 10:59:30 to 2019-10-02 11:00:30: watched for 50% of it, so it is left out",
    )
    with pytest.raises(UsageError, match="watched for 50%"):
        compare(sqlite_store.database, "street", [late])


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"camera": "Z"}, "camera 'Z', which site street has not; it has A, B"),
        ({"direction": "up"}, "name the direction 'up'; the database has left, right"),
        ({"direction": ""}, "all directions together and 'right' for the same time"),
    ],
)
def test_counts_of_what_is_not_there_are_one_sentence(
    sqlite_store: FlowStore, changed: dict[str, str], sentence: str
) -> None:
    ones = write_street(sqlite_store).by_hand("A", 3)
    with pytest.raises(UsageError, match=sentence):
        compare(sqlite_store.database, "street", [replace(ones[0], **changed), ones[1]])  # type: ignore[arg-type]
