"""When two ways of looking count the same riders."""

import numpy as np
import pytest

from flows.accuracy import Passages
from pipeline.tuning.agreement import compare, loss_bound, most_differences, own_differences
from pipeline.tuning.pieces import Piece

PIECES = (Piece("A", "a.mp4", 0.0, 4000.0), Piece("B", "b.mp4", 0.0, 4000.0))


def riders(*rows: tuple[str, float], way: str = "left") -> Passages:
    """Riders who enter at these moments and are in view for four seconds."""
    return Passages.of(
        [(camera, at, at + 4.0, way, f"{number:05d}", 0) for number, (camera, at) in enumerate(rows)],
        ("A", "B"),
    )


def test_riders_are_paired_in_time_at_each_camera() -> None:
    reference = riders(("A", 10.0), ("A", 50.0), ("B", 20.0))
    other = riders(("A", 10.4), ("B", 20.0), ("B", 90.0))
    a, b = compare(reference, other, PIECES).cameras
    assert (a.reference, a.counted, a.missed, a.extra) == (2, 1, 1, 0)
    assert (b.reference, b.counted, b.missed, b.extra) == (1, 2, 0, 1)


def test_who_heads_elsewhere_is_counted_wrongly() -> None:
    (a, _) = compare(riders(("A", 10.0)), riders(("A", 10.0), way="right"), PIECES).cameras
    assert (a.missed, a.extra) == (1, 1)


def test_who_is_cut_off_by_the_edge_of_a_piece_may_be_counted_or_not() -> None:
    edge = Passages.of([("A", 3999.0, 4000.0, "left", "x", 0)], ("A", "B"))
    nobody = riders()
    for reference, other in ((edge, nobody), (nobody, edge)):
        (a, _) = compare(reference, other, PIECES).cameras
        assert (a.reference, a.counted, a.missed, a.extra) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("riders_there", "own_noise", "allowed"), [(14, 3, 0), (99, 3, 0), (250, 0, 0), (250, 1, 1), (250, 9, 2)]
)
def test_as_much_may_differ_as_the_reference_differs_from_itself(
    riders_there: int, own_noise: int, allowed: int
) -> None:
    moments = [("A", 12.0 * number) for number in range(riders_there)]
    reference = riders(*moments)
    same = compare(reference, reference, PIECES)
    halves = compare(reference, riders(*moments[own_noise:]), PIECES)
    assert own_differences(most_differences(same), halves) == {"A": allowed, "B": 0}
    fewer = compare(reference, riders(*moments[allowed + 1 :]), PIECES)
    assert not fewer.agrees({"A": allowed, "B": 0})
    assert compare(reference, riders(*moments[allowed:]), PIECES).agrees({"A": allowed, "B": 0})


def test_a_few_riders_prove_little() -> None:
    assert loss_bound(14, 0) == pytest.approx(1 - 0.05 ** (1 / 14))
    assert loss_bound(58, 0) > 0.05 > loss_bound(59, 0)
    assert loss_bound(0, 0) == loss_bound(3, 3) == 1.0
    # What is missed at a rate of the bound is seen in one sample of twenty.
    bound, dice = loss_bound(100, 2), np.random.default_rng(1)
    assert np.mean(dice.binomial(100, bound, 20_000) <= 2) == pytest.approx(0.05, abs=0.006)
