"""How likely a match is right, from its distance."""

import math

import numpy as np

from flows.matching.settings import LogisticCalibration, TableCalibration


def match_probability(
    distance: float, calibration: LogisticCalibration | TableCalibration | None
) -> float | None:
    """Look a distance up on the calibration curve; None where the model was never calibrated."""
    match calibration:
        case None:
            return None
        case LogisticCalibration(midpoint=midpoint, steepness=steepness):
            # tanh instead of exp: no overflow, however steep the curve.
            return 0.5 * (1.0 - math.tanh(0.5 * steepness * (distance - midpoint)))
        case TableCalibration(distances=distances, probabilities=probabilities):
            return float(np.interp(distance, distances, probabilities))
