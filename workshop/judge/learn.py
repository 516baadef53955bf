"""Learning the judge from a table of passages, and saying how right it is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize

from tracking.arrays import BoolArray, FloatArray
from tracking.riders.learnt import Model, PositiveWeights, Weights, features_from, probability_of
from tracking.riders.limits import physical_margins
from tracking.riders.motion import Motion
from tracking.riders.settings import JudgeSettings
from workshop.judge.passages import UNCLEAR
from workshop.judge.table import Row

FEATURES = tuple(Weights.model_fields)
REAL_WEIGHT = 2.0
"""A real passage counts as much as this many simulated ones."""
_RIDGE = 0.3
"""Strength of the L2 penalty on the weights of features of unit spread."""
_EPS = 1e-9
_ROUNDED_S = 1e-4
"""Seconds in the table have so many digits."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """What was learnt.

    Attributes:
        seeing: Of passages whose crops were looked at.
        blind: Of all others.
    """

    seeing: Model
    blind: Model

    def probabilities(self, rows: Sequence[Row]) -> FloatArray:
        """(N,) that each is a cyclist; 0 where a physical limit decides."""
        found = features(rows)
        looked = np.array([one.glance is not None for one in rows], bool)
        seen, unseen = (
            found @ _values(model.weights) + model.intercept for model in (self.seeing, self.blind)
        )
        return np.where(possible(rows), probability_of(np.where(looked, seen, unseen)), 0.0)


@dataclass(frozen=True, slots=True)
class Quality:
    """How right probabilities are.

    Attributes:
        passages: How many.
        riders: Cyclists among them.
        counted: Those above one half.
        expected: Sum of the probabilities.
        spread: Standard deviation of the number of cyclists that the probabilities promise.
        wrong: Passages on the wrong side of one half.
        log_loss: Mean.
        brier: Mean squared error.
    """

    passages: int
    riders: int
    counted: int
    expected: float
    spread: float
    wrong: int
    log_loss: float
    brier: float


def features(rows: Sequence[Row]) -> FloatArray:
    """(N, F) features in the order of `FEATURES`."""
    found = [
        _values(
            features_from(
                one.clear, one.speed, one.aspect, one.displacement, one.glance or 0.0, one.not_motor or 0.0
            )
        )
        for one in rows
    ]
    return np.stack(found) if found else np.zeros((0, len(FEATURES)))


def possible(rows: Sequence[Row]) -> BoolArray:
    """(N,) whether the physical limits leave the decision to the model."""
    limits = JudgeSettings()
    return np.array(
        [
            one.clear > 0
            and all(
                margin >= 0
                for _, margin in physical_margins(
                    one.seen_s + _ROUNDED_S, Motion(one.displacement, one.growth, one.speed), limits
                )
            )
            for one in rows
        ],
        bool,
    )


def learn(rows: Sequence[Row]) -> Learnt:
    """Fit log-odds with weights that are never negative, with a look at the crops and without.

    Args:
        rows: Those that are unclear, or that a physical limit decides, are left out.
    """
    chosen = [one for one, free in zip(rows, possible(rows), strict=True) if free and one.kind not in UNCLEAR]
    looked = [one for one in chosen if one.glance is not None]
    return Learnt(_model(looked), _model([replace(one, glance=None, not_motor=None) for one in chosen]))


def _model(rows: Sequence[Row]) -> Model:
    found, rides = features(rows), np.array([one.rides for one in rows], bool)
    weight = np.array([REAL_WEIGHT if one.real else 1.0 for one in rows])
    mean = np.average(found, axis=0, weights=weight)
    spread = np.sqrt(np.average((found - mean) ** 2, axis=0, weights=weight)) + _EPS
    # Both are log-odds of one look, so that a unit of each is as dear. Few passages look like a motor
    # vehicle: by its own small spread that feature could have any weight.
    spread[FEATURES.index("not_motor")] = spread[FEATURES.index("glance")]
    own, intercept = _fit((found - mean) / spread, rides, weight)
    weights = own / spread
    return Model(
        intercept=float(intercept - (weights * mean).sum()),
        weights=PositiveWeights(**dict(zip(FEATURES, weights.tolist(), strict=True))),
        typical=Weights(**dict(zip(FEATURES, found[rides].mean(axis=0).tolist(), strict=True))),
    )


def leaving_one_out(rows: Sequence[Row]) -> dict[str, FloatArray]:
    """Probabilities of the passages of each real group, learnt without it."""
    groups = dict.fromkeys(one.group for one in rows if one.real)
    return {
        group: learn([one for one in rows if one.group != group]).probabilities(
            [one for one in rows if one.group == group]
        )
        for group in groups
    }


def quality_of(rows: Sequence[Row], probability: FloatArray) -> Quality:
    """Hold probabilities against what really passed; unclear passages are left out."""
    clear = np.array([one.kind not in UNCLEAR for one in rows], bool)
    rides = np.array([one.rides for one in rows], bool)[clear]
    likely = np.clip(probability[clear], 1e-4, 1 - 1e-4)
    return Quality(
        passages=len(rides),
        riders=int(rides.sum()),
        counted=int((likely > 0.5).sum()),
        expected=float(likely.sum()),
        spread=float(np.sqrt((likely * (1 - likely)).sum())),
        wrong=int(((likely > 0.5) != rides).sum()),
        log_loss=float(-np.log(np.where(rides, likely, 1 - likely)).mean()),
        brier=float(((likely - rides) ** 2).mean()),
    )


def count_errors(rows: Sequence[Row], counted: Callable[[str], int]) -> dict[str, tuple[int, int]]:
    """Group → counted and riders, of the clips with riders marked by eye."""
    groups = dict.fromkeys(one.group for one in rows if one.source == "clip")
    riders = {group: sum(one.rides for one in rows if one.group == group) for group in groups}
    return {group: (counted(group), riders[group]) for group in groups}


def _fit(found: FloatArray, rides: BoolArray, weight: FloatArray) -> tuple[FloatArray, float]:
    def loss(own: FloatArray) -> tuple[float, FloatArray]:
        odds = found @ own[:-1] + own[-1]
        wrong = weight * (probability_of(odds) - rides)
        value = (weight * np.logaddexp(0, np.where(rides, -odds, odds))).sum()
        slope = np.append(found.T @ wrong + _RIDGE * own[:-1], wrong.sum())
        return float(value + 0.5 * _RIDGE * (own[:-1] ** 2).sum()), slope

    number = found.shape[1]
    bounds = [(0.0, None)] * number + [(None, None)]
    best = minimize(loss, np.zeros(number + 1), jac=True, method="L-BFGS-B", bounds=bounds).x
    return best[:-1], float(best[-1])


def _values(weights: Weights) -> FloatArray:
    return np.array([getattr(weights, name) for name in FEATURES])
