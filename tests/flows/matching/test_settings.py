import pytest
from pydantic import ValidationError

from flows.matching import LinkSettings, MatchingSettings
from tracking.errors import UsageError


@pytest.mark.parametrize(
    ("link", "message"),
    [
        ({}, "a link needs either distance_m, or both min_travel_s and max_travel_s"),
        ({"min_travel_s": 5}, "a link needs either distance_m, or both"),
        ({"max_travel_s": 5}, "a link needs either distance_m, or both"),
        (
            {"distance_m": 5, "max_travel_s": 5},
            "give either distance_m, or min_travel_s and max_travel_s, not both",
        ),
        ({"min_travel_s": 9, "max_travel_s": 5}, r"min_travel_s \(9\) must not be above max_travel_s \(5\)"),
        ({"min_travel_s": -1, "max_travel_s": 5}, "greater than or equal to 0"),
        ({"distance_m": -3}, "greater than 0"),
        ({"distance_m": "far"}, "valid number"),
        ({"distance_m": float("inf")}, "finite number"),
        ({"distance_m": 5, "to": "A"}, "a link joins two different cameras, but both ends are 'A'"),
        ({"distance_m": 5, "speed": 5}, "Extra inputs are not permitted"),
    ],
)
def test_a_link_that_cannot_be_is_explained(link, message):
    with pytest.raises(ValidationError, match=message):
        LinkSettings.model_validate({"from": "A", "to": "B"} | link)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"method": "magic"}, "path_cover"),
        ({"threshold": 2.5}, "less than or equal to 2"),
        ({"threshold": 0}, "greater than 0"),
        (
            {"slowest_kmh": 20},
            r"slowest_kmh \(20\), usual_kmh \(16\) and fastest_kmh \(45\) must be in this order",
        ),
        ({"calibration": {"kind": "table", "distances": [0, 1], "probabilities": [0.5]}}, "at least 2 items"),
        ({"calibration": {"kind": "table", "distances": [0, 1, 2], "probabilities": [1, 0]}}, "are 2 and 3"),
        (
            {"calibration": {"kind": "table", "distances": [1, 1], "probabilities": [1, 0]}},
            "distances must increase",
        ),
        (
            {"calibration": {"kind": "table", "distances": [0, 1], "probabilities": [0, 1]}},
            "must not increase",
        ),
        ({"calibration": {"kind": "guess"}}, "logistic"),
    ],
)
def test_matching_settings_that_cannot_be_are_explained(values, message):
    with pytest.raises(ValidationError, match=message):
        MatchingSettings.model_validate(values)


def test_every_setting_is_described():
    for model in (MatchingSettings, LinkSettings):
        silent = [name for name, field in model.model_fields.items() if not field.description]
        assert not silent, f"{model.__name__} does not describe {silent}"


def test_threshold_is_the_setting_or_else_the_model_cards():
    assert MatchingSettings(threshold=0.5).threshold_for("osnet", 0.8) == 0.5
    assert MatchingSettings().threshold_for("osnet", 0.8) == 0.8


def test_without_any_threshold_the_model_is_named():
    with pytest.raises(UsageError, match=r"matching\.threshold: the model 'osnet' was never calibrated"):
        MatchingSettings().threshold_for("osnet", None)
