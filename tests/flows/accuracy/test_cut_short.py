"""Passages at the edge of observed time."""

import numpy as np
import pytest

from flows.accuracy import Passages, Spans, Stored, Truth, evaluate

Row = tuple[str, float, float, str, str, int]


def passage(enter: float, leave: float, number: int = 0) -> Row:
    return "A", enter, leave, "left", f"j{number}", 0


def scored(
    truth: list[Row], seen: list[Row], observed: tuple[tuple[float, float], ...]
) -> tuple[int, int, int]:
    cameras = ("A",)
    result = evaluate(
        Truth(Passages.of(truth, cameras), None),
        Stored("s", Passages.of(seen, cameras), (Spans.of(observed),)),
    )
    return result.scores.truth, result.scores.counted, result.scores.matched


@pytest.mark.parametrize(
    ("enter", "leave", "demanded"),
    [
        (0.0, 0.6, False),
        (0.0, 1.9, False),
        (0.0, 2.5, True),
        (50.0, 50.6, True),
        (99.2, 100.0, False),
        (96.0, 100.0, True),
    ],
)
def test_who_is_cut_down_to_a_moment_may_be_missed(enter: float, leave: float, demanded: bool) -> None:
    assert scored([passage(enter, leave)], [], ((0.0, 100.0),)) == (int(demanded), 0, 0)


def test_who_is_cut_down_to_a_moment_may_be_counted_as_well() -> None:
    short = passage(0.0, 0.8)
    assert scored([short], [short], ((0.0, 100.0),)) == (1, 1, 1)


def test_an_outage_in_the_middle_cuts_short_too() -> None:
    truth = [passage(39.0, 45.0, 0), passage(30.0, 34.0, 1)]
    assert scored(truth, [], ((0.0, 40.0), (60.0, 100.0))) == (1, 0, 0)


def test_leaving_out_keeps_the_partners_of_the_others() -> None:
    truth = [passage(0.0, 0.5, 0), passage(10.0, 14.0, 1), passage(20.0, 24.0, 2)]
    seen = truth[1:]
    assert scored(truth, seen, ((0.0, 100.0),)) == (2, 2, 2)
    assert np.isfinite(scored(truth, [], ((0.0, 100.0),))).all()
