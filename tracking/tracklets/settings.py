"""Every value of the tracklet builder, and the presets that fill them."""

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from tracking.settings import Settings
from tracking.tracklets.assignment import AssignmentMethod

PRESETS: Mapping[str, Mapping[str, Any]] = {
    "default": {},
    "thesis": {
        "min_score": 0.7,
        "extend_score": 0.7,
        "max_aspect": 0.6,
        "min_width_px": 60.0,
        "expiry_s": 0.5,
        "min_pickup_s": 0.3,
        "iou_min": 0.3,
        "iou_max": 0.9,
        "iou_kalman": 0.5,
        "naive_max_dt_s": 1.0,
        "stationary_window_s": 0.0,
        "reach_speed": 0.0,
        "turn_speed": 0.0,
    },
}


class TrackerSettings(Settings):
    """Values of the tracklet builder.

    A preset fills the values that are not given; a given value always wins, whatever the preset.
    ``default`` is independent of resolution and frame rate; ``thesis`` is Table II of the thesis.
    """

    preset: Literal["default", "thesis"] = Field("default", description="Fills the values not given.")
    mode: Literal["corrected", "literal"] = Field(
        "corrected", description="corrected: Algorithm 1 with its defects resolved; literal: as printed."
    )
    assignment: AssignmentMethod = Field("hungarian", description="How boxes are assigned to tracks.")
    classes: tuple[int, ...] = Field(
        (), description="Class numbers that may form tracks; empty: every class that arrives."
    )
    min_score: float = Field(0.35, ge=0, le=1, description="Least detection score that starts a track.")
    extend_score: float = Field(0.1, ge=0, le=1, description="Least score that continues a track.")
    max_aspect: float | None = Field(
        None,
        gt=0,
        description="Greatest width / height of a box; empty: no limit (a rider seen from the side).",
    )
    min_width_px: float = Field(0.0, ge=0, description="A box must be wider than this, pixels; 0: no limit.")
    min_height_share: float = Field(
        0.0, ge=0, lt=1, description="A box must be higher than this share of the frame height; 0: no limit."
    )
    expiry_s: float = Field(
        1.5, gt=0, description="A track not seen for longer than this is closed, seconds."
    )
    min_pickup_s: float = Field(
        0.4,
        ge=0,
        description="Tracks seen for a shorter time are dropped, seconds; of a gap between two boxes 0.29 "
        "count at most.",
    )
    max_age_s: float = Field(
        300.0,
        gt=0,
        description="A track open for longer is closed and begins anew, seconds (bounds memory and delay).",
    )
    iou_min: float = Field(0.2, gt=0, le=1, description="Overlap below this is no match.")
    iou_max: float = Field(0.85, gt=0, le=1, description="Overlap above this means standing still.")
    iou_kalman: float = Field(
        0.0,
        ge=0,
        le=1,
        description="Overlap with the predicted box that longer tracks need; 0: where no box overlaps it by "
        "`iou_min`, the last box will do.",
    )
    naive_max_dt_s: float = Field(
        0.5,
        gt=0,
        description="Longest gap over which a box is compared with the last one unpredicted, seconds.",
    )
    stationary_window_s: float = Field(
        1.0,
        ge=0,
        description="Standing still is judged against the box this long ago, seconds; 0: the last box.",
    )
    reach_speed: float = Field(
        6.0,
        ge=0,
        description="Boxes without overlap may be joined up to this speed, box heights per second; 0: never.",
    )
    reach_max: float = Field(1.0, gt=0, description="Upper bound of that reach, box heights.")
    turn_speed: float = Field(
        0.4,
        ge=0,
        description="Who turns round on the spot, faster than this before and after, is two riders: one who "
        "left and one who came, box heights per second; 0: never.",
    )
    measurement_noise: float = Field(
        0.05, gt=0, description="Jitter of a box, standard deviation in box heights."
    )
    acceleration_noise: float = Field(
        2.0,
        gt=0,
        description="Change of speed to expect, standard deviation in box heights per second squared.",
    )
    initial_speed_noise: float = Field(
        5.0, gt=0, description="Speed to expect of a new track, standard deviation in box heights per second."
    )
    iou_prefilter: float | None = Field(
        None,
        gt=0,
        le=1,
        description="literal only: 0.6 replays line 9 as printed; empty: the score test it stands for.",
    )
    literal_seed: bool = Field(
        False, description="literal only: an empty track list is seeded; as printed no track can ever start."
    )
    literal_track_limit: int = Field(
        2000,
        ge=1,
        description="literal only: stop when so many tracks are open (as printed they double per frame).",
    )

    @model_validator(mode="before")
    @classmethod
    def _fill_from_preset(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        return {**PRESETS.get(str(given.get("preset", "default")), {}), **given}

    @model_validator(mode="after")
    def _order(self) -> Self:
        if self.extend_score > self.min_score:
            raise ValueError(
                f"extend_score {self.extend_score:g} must not be above min_score {self.min_score:g}"
            )
        if self.iou_max <= self.iou_min:
            raise ValueError(f"iou_max {self.iou_max:g} must be above iou_min {self.iou_min:g}")
        return self
