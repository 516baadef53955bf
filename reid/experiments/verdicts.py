"""Was a claimed direction seen?"""

from collections.abc import Mapping, Sequence
from math import sqrt
from statistics import fmean

from reid.experiments.description import Claim
from reid.experiments.measures import PRESENTATIONS
from reid.experiments.results import RunResult, Spread, Verdict


def judge_claim(claim: Claim, runs: Mapping[str, Sequence[RunResult]]) -> Verdict | None:
    """Compare the two sides of a claim.

    A side is the mean of its rows, seed by seed. The direction counts as seen where the means over the
    seeds differ by more than the standard deviation of both sides together (root mean square), as not seen
    where they differ as much in the other direction.

    Args:
        claim: Which rows, by which measure.
        runs: Results by name of the row, one per seed.

    Returns:
        None where a row was not run or does not know the measure.
    """
    sides = [_by_seed(claim, names, runs) for names in (claim.better, claim.worse)]
    if not all(sides):
        return None
    better, worse = (Spread.of(side) for side in sides)
    spread = sqrt((better.deviation**2 + worse.deviation**2) / 2)
    gain = better.mean - worse.mean
    if PRESENTATIONS[claim.measure].less_is_better:
        gain = -gain
    return Verdict(
        text=claim.text,
        measure=claim.measure,
        better=better.mean,
        worse=worse.mean,
        spread=spread,
        outcome="seen" if gain > spread else "not seen" if gain < -spread else "within spread",
    )


def _by_seed(
    claim: Claim, names: Sequence[str], runs: Mapping[str, Sequence[RunResult]]
) -> tuple[float, ...]:
    """Mean of the named rows for each seed that all of them have; empty where there is none."""
    tables = [
        {run.seed: run.values[claim.measure] for run in runs.get(name, ()) if claim.measure in run.values}
        for name in names
    ]
    shared = sorted(set.intersection(*(set(table) for table in tables)))
    return tuple(fmean(table[seed] for table in tables) for seed in shared)
