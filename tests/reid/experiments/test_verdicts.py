"""A direction counts as seen only where the difference is larger than the spread over the seeds."""

import pytest

pytest.importorskip("torch", reason="the laboratory needs PyTorch")

from reid.experiments.description import Claim
from reid.experiments.measures import Measure
from reid.experiments.results import RunResult
from reid.experiments.verdicts import judge_claim


def runs(name: str, *values: float, measure: Measure = Measure.F1) -> tuple[RunResult, ...]:
    return tuple(
        RunResult(variant=name, seed=seed, fingerprint="", values={measure: value}, cpu_s=0.0)
        for seed, value in enumerate(values)
    )


def claim(
    *, better: tuple[str, ...] = ("new",), worse: tuple[str, ...] = ("old",), **changes: object
) -> Claim:
    return Claim.model_validate(
        {"text": "new helps", "measure": "f1", "better": better, "worse": worse} | changes
    )


@pytest.mark.parametrize(
    ("new", "old", "outcome"),
    [
        ((0.80, 0.82, 0.84), (0.50, 0.52, 0.54), "seen"),
        ((0.50, 0.52, 0.54), (0.80, 0.82, 0.84), "not seen"),
        ((0.50, 0.60, 0.70), (0.45, 0.55, 0.65), "within spread"),
        ((0.45, 0.55, 0.65), (0.50, 0.60, 0.70), "within spread"),
        ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5), "within spread"),
    ],
)
def test_the_difference_of_the_means_is_held_against_the_spread(
    new: tuple[float, ...], old: tuple[float, ...], outcome: str
) -> None:
    verdict = judge_claim(claim(), {"new": runs("new", *new), "old": runs("old", *old)})
    assert verdict is not None
    assert verdict.outcome == outcome
    assert verdict.better == pytest.approx(sum(new) / 3)


def test_the_spread_is_the_root_mean_square_of_both_deviations() -> None:
    verdict = judge_claim(claim(), {"new": runs("new", 0.7, 0.9), "old": runs("old", 0.1, 0.1)})
    assert verdict is not None
    # Deviations 0.1414 and 0.
    assert verdict.spread == pytest.approx(0.1)


def test_of_errors_the_smaller_one_is_better() -> None:
    measure = Measure.RECONSTRUCTION_L1
    results = {"new": runs("new", 0.1, 0.1, measure=measure), "old": runs("old", 0.3, 0.3, measure=measure)}
    verdict = judge_claim(claim(measure="reconstruction_l1"), results)
    assert verdict is not None
    assert verdict.outcome == "seen"


def test_a_side_of_several_rows_is_their_mean_seed_by_seed() -> None:
    """Rows that rise and fall together do not make the side spread less than it does."""
    results = {"a": runs("a", 0.6, 0.8), "b": runs("b", 0.8, 0.6), "old": runs("old", 0.5, 0.5)}
    verdict = judge_claim(claim(better=("a", "b")), results)
    assert verdict is not None
    assert (verdict.better, verdict.spread) == (pytest.approx(0.7), pytest.approx(0.0))


def test_no_verdict_on_rows_that_were_not_run_or_not_measured() -> None:
    assert judge_claim(claim(), {"new": runs("new", 0.5)}) is None
    other = {"new": runs("new", 0.5), "old": runs("old", 0.5, measure=Measure.RANK1)}
    assert judge_claim(claim(), other) is None
