"""Presets and limits of the tracker settings."""

from typing import Any

import pytest
from pydantic import ValidationError

from tracking.errors import UsageError
from tracking.tracklets import LiteralTrackletBuilder, TrackerSettings, TrackletBuilder, build_tracker


def test_the_thesis_preset_is_table_ii() -> None:
    thesis = TrackerSettings(preset="thesis")
    assert (thesis.min_score, thesis.max_aspect, thesis.min_width_px) == (0.7, 0.6, 60)
    assert (thesis.expiry_s, thesis.min_pickup_s, thesis.naive_max_dt_s) == (0.5, 0.3, 1.0)
    assert (thesis.iou_min, thesis.iou_max, thesis.iou_kalman) == (0.3, 0.9, 0.5)


def test_a_given_value_wins_over_the_preset() -> None:
    own = TrackerSettings(preset="thesis", min_width_px=20, max_aspect=None)
    assert (own.min_width_px, own.max_aspect, own.expiry_s) == (20, None, 0.5)


@pytest.mark.parametrize("preset", ["default", "thesis"])
def test_settings_survive_a_round_trip(preset: str) -> None:
    own = TrackerSettings.model_validate({"preset": preset, "expiry_s": 0.8})
    assert TrackerSettings.model_validate(own.model_dump()) == own


def test_the_default_preset_knows_no_pixels_and_no_shape() -> None:
    default = TrackerSettings()
    assert (default.min_width_px, default.max_aspect) == (0, None)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"preset": "paper"}, "preset"),
        ({"mode": "exact"}, "mode"),
        ({"expiry_s": 0}, "expiry_s"),
        ({"iou_min": 0}, "iou_min"),
        ({"iou_min": 0.9, "iou_max": 0.8}, "iou_max 0.8 must be above iou_min 0.9"),
        ({"min_score": 0.2, "extend_score": 0.4}, "extend_score 0.4 must not be above min_score 0.2"),
        ({"min_pickup_s": -1}, "min_pickup_s"),
        ({"expires": 1}, "expires"),
        ({"assignment": "auction"}, "assignment"),
    ],
)
def test_a_wrong_value_is_named(values: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError, match=named):
        TrackerSettings.model_validate(values)


def test_the_mode_picks_the_builder() -> None:
    assert isinstance(build_tracker("A", TrackerSettings()), TrackletBuilder)
    assert isinstance(build_tracker("A", TrackerSettings(mode="literal")), LiteralTrackletBuilder)


@pytest.mark.parametrize("mode", ["corrected", "literal"])
def test_a_relative_height_needs_the_frame(mode: str) -> None:
    settings = TrackerSettings.model_validate({"mode": mode, "min_height_share": 0.1})
    build_tracker("A", settings, (800, 600))
    with pytest.raises(UsageError, match="min_height_share"):
        build_tracker("A", settings)


def test_every_value_says_what_it_is() -> None:
    for name, value in TrackerSettings.model_fields.items():
        assert value.description, f"{name} has no description"
