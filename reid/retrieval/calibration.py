"""From labelled data to the threshold τ and the probability of a match."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from reid.retrieval.comparison import Comparison
from reid.retrieval.curve import CurveQuality, fit_curve, judge
from reid.retrieval.embeddings import DISTRACTOR, EmbeddingSet
from reid.retrieval.pairs import PairDistances, PairScores
from reid.retrieval.rehearsal import Traffic, rehearse
from tracking.errors import UsageError
from tracking.match_curve import MatchCurve

_LEAST_MATCHES = 30
_CANDIDATES = 24
_FLAT = 0.005


@dataclass(frozen=True, slots=True)
class Calibration:
    """A threshold and a curve, and what they are worth on other riders.

    Attributes:
        threshold: Distance τ.
        curve: Distance to probability.
        chosen_on: Pairs of the riders it was chosen on, at τ.
        riders: Number of riders it was chosen on.
        reported_on: Pairs of the other riders, at τ.
        oracle: Pairs of the other riders at their own best threshold, as the thesis chose it.
        report_riders: Number of the other riders.
        match_precision: Share of the rehearsed matches of the other riders that are right.
        match_recall: Share of their possible matches that were made.
        quality: How far the probabilities can be believed.
    """

    threshold: float
    curve: MatchCurve
    chosen_on: PairScores
    riders: int
    reported_on: PairScores
    oracle: PairScores
    report_riders: int
    match_precision: float
    match_recall: float
    quality: CurveQuality


def calibrate(
    labelled: EmbeddingSet,
    report: EmbeddingSet,
    *,
    false_positive_rate: float | None = None,
    kind: Literal["logistic", "table"] = "logistic",
    traffic: Traffic | None = None,
    objective: Literal["matches", "pairs"] = "matches",
) -> Calibration:
    """Choose τ and the curve on some riders, and measure them on others.

    Args:
        labelled: Embeddings of tracklets to choose on.
        report: Embeddings of tracklets of other riders to measure on.
        false_positive_rate: Choose the largest τ that takes no larger share of the pairs of different riders
            for one; by default the τ of maximum F1 of `objective`.
        kind: Shape of the curve.
        traffic: What competes when matches are rehearsed.
        objective: Of what F1 is made as large as possible: of matches made one to one, as the program makes
            them, or of loose pairs, as the thesis did.

    Raises:
        UsageError: A rider is in both parts, or one part holds too little.
    """
    _require_other_riders(labelled, report)
    pairs, others = (
        PairDistances.of(Comparison(one, exclude_same_camera=True)) for one in (labelled, report)
    )
    if not len(pairs.same) or not len(pairs.different) or not len(others.same):
        raise UsageError("calibration: both parts need riders who are seen by at least two cameras")
    if false_positive_rate is not None:
        chosen = pairs.at_false_positive_rate(false_positive_rate)
    else:
        by_pairs = objective == "pairs"
        chosen = pairs.best() if by_pairs else pairs.at(best_by_matches(labelled, pairs, traffic))
    matches = rehearse(labelled, chosen.threshold, traffic)
    if len(matches.right) < _LEAST_MATCHES:
        raise UsageError(
            f"calibration: only {len(matches.right)} matches lie below the threshold "
            f"{chosen.threshold:.3f}; label more riders or allow more false positives"
        )
    curve = fit_curve(matches, kind)
    rehearsed = rehearse(report, chosen.threshold, traffic)
    return Calibration(
        chosen.threshold,
        curve,
        chosen,
        _riders(labelled),
        others.at(chosen.threshold),
        others.best(),
        _riders(report),
        rehearsed.precision,
        rehearsed.recall,
        judge(curve, rehearsed),
    )


def best_by_matches(labelled: EmbeddingSet, pairs: PairDistances, traffic: Traffic | None = None) -> float:
    """The threshold of maximum F1 when riders are matched one to one.

    One-to-one matching settles most wrong pairs by itself, so this threshold is larger than that of loose
    pairs, and it does not shrink with the number of labelled riders.

    Args:
        labelled: Embeddings of tracklets.
        pairs: Their distances.
        traffic: What competes.
    """
    candidates = np.unique(np.quantile(pairs.same, np.linspace(0.05, 1.0, _CANDIDATES)) + 1e-6)
    # Every candidate meets the same draws, so a quarter of them is enough to compare.
    traffic = traffic or Traffic()
    fewer = replace(traffic, draws=max(1, traffic.draws // 4))
    scores = [rehearse(labelled, float(one), fewer).f1 for one in candidates]
    # F1 is flat at its top; the smallest of the nearly best thresholds makes the fewest wrong matches.
    best = np.flatnonzero(np.array(scores) >= max(scores) - _FLAT)[0]
    return float(min(candidates[best], 2.0))


def _require_other_riders(labelled: EmbeddingSet, report: EmbeddingSet) -> None:
    shared = set(labelled.identity.tolist()) & set(report.identity.tolist()) - {DISTRACTOR}
    if shared:
        raise UsageError(
            f"calibration: {len(shared)} riders, such as {min(shared)}, are in the part to choose on "
            "and in the part to report on; choose parts without common riders"
        )


def _riders(found: EmbeddingSet) -> int:
    return len(set(found.identity.tolist()) - {DISTRACTOR})
