"""From the distance of a match to the probability that it is right."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from tracking.match_curve import LogisticCurve, MatchCurve, TableCurve, odds_width

TABLE = TableCurve(distances=(0.4, 0.8, 1.0), probabilities=(0.9, 0.5, 0.1))
CURVE = LogisticCurve(midpoint=0.8, steepness=10)


@pytest.mark.parametrize(
    ("curve", "distance", "probability"),
    [
        (CURVE, 0.8, 0.5),
        (CURVE, 0.6, 1 / (1 + math.exp(-2))),
        (CURVE, 1.0, 1 / (1 + math.exp(2))),
        (LogisticCurve(midpoint=0.1, steepness=1e6), 2.0, 0.0),
        (TABLE, 0.4, 0.9),
        (TABLE, 0.6, 0.7),
        (TABLE, 0.0, 0.9),
        (TABLE, 2.0, 0.1),
    ],
)
def test_probability_is_read_off_the_curve(curve: MatchCurve, distance: float, probability: float) -> None:
    assert float(curve.at(distance)) == pytest.approx(probability)
    assert curve.at(np.full((2, 3), distance)) == pytest.approx(np.full((2, 3), probability))


@given(st.floats(0, 2), st.floats(0.01, 1e4), st.lists(st.floats(0, 2), min_size=2, max_size=9))
def test_probability_never_rises_with_the_distance(
    midpoint: float, steepness: float, distances: list[float]
) -> None:
    found = LogisticCurve(midpoint=midpoint, steepness=steepness).at(np.array(sorted(distances)))
    assert ((found >= 0) & (found <= 1)).all()
    assert (np.diff(found) <= 0).all()


@pytest.mark.parametrize("midpoint", [0.3, 0.9])
def test_the_width_of_a_curve_changes_the_odds_by_e(midpoint: float) -> None:
    curve = LogisticCurve(midpoint=midpoint, steepness=14.0)
    width = odds_width(curve)
    for distance in (0.2, 0.5, 1.1):
        near, far = (float(curve.at(one)) for one in (distance, distance + width))
        assert near / (1 - near) == pytest.approx(math.e * far / (1 - far))
    distances = np.linspace(0, 2, 201)
    table = TableCurve(distances=tuple(distances), probabilities=tuple(curve.at(distances)))
    assert odds_width(table) == pytest.approx(width, rel=0.02)


def test_a_curve_that_hardly_falls_has_no_width() -> None:
    assert odds_width(TableCurve(distances=(0.2, 1.0), probabilities=(0.9, 0.3))) == 0
    assert odds_width(TableCurve(distances=(0.2, 1.0), probabilities=(0.7, 0.1))) == 0


@pytest.mark.parametrize("curve", [CURVE, TABLE])
def test_a_curve_survives_the_way_through_a_card(curve: MatchCurve) -> None:
    assert TypeAdapter(MatchCurve).validate_json(curve.model_dump_json()) == curve


def test_every_value_is_described() -> None:
    for model in (LogisticCurve, TableCurve):
        silent = [name for name, field in model.model_fields.items() if not field.description]
        assert not silent, f"{model.__name__} does not describe {silent}"
