"""The probability that a match is right, from its distance."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import isotonic_regression, minimize

from reid.retrieval.rehearsal import RehearsedMatches
from tracking.arrays import FloatArray
from tracking.match_curve import LogisticCurve, MatchCurve, TableCurve

_MOST_POINTS = 15
_STEEPEST = 200.0
_BINS = 10


@dataclass(frozen=True, slots=True)
class CurveQuality:
    """How far probabilities can be believed, on matches they were not made from.

    Attributes:
        matches: Number of matches.
        right: Share of them that is right.
        believed: Mean probability.
        brier: Mean squared difference of probability and outcome; 0 is best.
        calibration_error: Mean difference of probability and share of right matches, over ten equally filled
            bins.
    """

    matches: int
    right: float
    believed: float
    brier: float
    calibration_error: float


def fit_curve(matches: RehearsedMatches, kind: Literal["logistic", "table"]) -> MatchCurve:
    """Learn the probability of a right match from matches, at least one."""
    return fit_logistic(matches) if kind == "logistic" else _fit_table(matches)


def judge(curve: MatchCurve, matches: RehearsedMatches) -> CurveQuality:
    """Hold probabilities against outcomes."""
    if not len(matches.right):
        return CurveQuality(0, 0.0, 0.0, 0.0, 0.0)
    believed, right = curve.at(matches.distance), matches.right.astype(np.float64)
    bins = np.array_split(np.argsort(matches.distance, kind="stable"), _BINS)
    errors = [abs(believed[one].mean() - right[one].mean()) * len(one) for one in bins if len(one)]
    return CurveQuality(
        len(right),
        float(right.mean()),
        float(believed.mean()),
        float(((believed - right) ** 2).mean()),
        float(sum(errors) / len(right)),
    )


def fit_logistic(matches: RehearsedMatches) -> LogisticCurve:
    """Maximum likelihood, with the targets of Platt (1999) that keep the curve finite."""
    distance, right = matches.distance, int(matches.right.sum())
    wrong = len(distance) - right
    target = np.where(matches.right, (right + 1) / (right + 2), 1 / (wrong + 2))

    def loss(parameters: FloatArray) -> float:
        z = np.exp(parameters[1]) * (distance - parameters[0])
        return float((target * np.logaddexp(0, z) + (1 - target) * np.logaddexp(0, -z)).mean())

    start = np.array([min(2.0, float(np.median(distance)) * 1.2), np.log(10.0)])
    bounds = [(0.0, 2.0), (np.log(0.1), np.log(_STEEPEST))]
    midpoint, log_steepness = minimize(loss, start, method="L-BFGS-B", bounds=bounds).x
    return LogisticCurve(midpoint=round(float(midpoint), 4), steepness=round(float(np.exp(log_steepness)), 3))


def _fit_table(matches: RehearsedMatches) -> TableCurve:
    """Isotonic regression; its steps become points at their mean distances."""
    order = np.argsort(matches.distance, kind="stable")
    distance, right = matches.distance[order], matches.right[order].astype(np.float64)
    # Few matches cannot prove certainty: each group of equal distance starts with half a wrong one.
    groups = np.array_split(np.arange(len(right)), min(_MOST_POINTS, max(2, len(right) // 20)))
    places = np.array([distance[group].mean() for group in groups])
    shares = np.array([(right[group].sum() + 0.5) / (len(group) + 1) for group in groups])
    weights = np.array([len(group) for group in groups], np.float64)
    fitted = isotonic_regression(shares, weights=weights, increasing=False).x
    places, first = np.unique(np.round(places, 4), return_index=True)
    probabilities = np.minimum.accumulate(np.round(fitted[first], 4))
    return TableCurve(distances=tuple(places.tolist()), probabilities=tuple(probabilities.tolist()))
