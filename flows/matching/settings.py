"""Settings of the links between cameras and of the matching over them."""

from typing import Literal, Self

from pydantic import ConfigDict, Field, model_validator

from tracking.errors import UsageError
from tracking.match_curve import MatchCurve, odds_width
from tracking.settings import Settings

LAG_WINDOWS = 2.0
"""Default commit lag in longest windows: by then the rivals of a sighting have seen their choices too."""


class LinkSettings(Settings):
    """One line under ``links:`` of a site file: which camera can follow which, and how soon."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True, coerce_numbers_to_str=True)

    from_camera: str = Field(alias="from", description="Id of the camera that the cyclist leaves.")
    to_camera: str = Field(alias="to", description="Id of the camera that the cyclist reaches.")
    distance_m: float | None = Field(
        None, gt=0, description="Distance along the street, metres; plausible speeds make the window of it."
    )
    min_travel_s: float | None = Field(
        None,
        ge=0,
        description="Shortest travel time from entering the one view to entering the other, seconds.",
    )
    max_travel_s: float | None = Field(
        None,
        gt=0,
        description="Longest travel time from entering the one view to entering the other, seconds.",
    )
    median_travel_s: float | None = Field(
        None,
        gt=0,
        description="Usual travel time, seconds, until the link has learnt its own; from distance_m and "
        "matching.usual_kmh if null.",
    )
    travel_spread: float = Field(
        0.3, gt=0, le=2, description="Standard deviation of the logarithm of the travel time, likewise."
    )

    @model_validator(mode="after")
    def _describe_one_window(self) -> Self:
        if self.from_camera == self.to_camera:
            raise ValueError(f"a link joins two different cameras, but both ends are {self.from_camera!r}")
        given = (self.min_travel_s is not None, self.max_travel_s is not None)
        if self.distance_m is not None and any(given):
            raise ValueError("give either distance_m, or min_travel_s and max_travel_s, not both")
        if self.distance_m is None and not all(given):
            raise ValueError("a link needs either distance_m, or both min_travel_s and max_travel_s")
        if self.min_travel_s is not None and self.max_travel_s is not None:
            self._check_order(self.min_travel_s, self.max_travel_s)
        return self

    @staticmethod
    def _check_order(shortest: float, longest: float) -> None:
        if shortest > longest:
            raise ValueError(f"min_travel_s ({shortest:g}) must not be above max_travel_s ({longest:g})")


class MatchingSettings(Settings):
    """How sightings of different cameras are joined to journeys."""

    method: Literal["path_cover", "greedy", "threshold"] = Field(
        "path_cover",
        description="path_cover: the joint optimum; greedy: nearest pair first; "
        "threshold: each sighting takes its nearest free predecessor.",
    )
    threshold: float | None = Field(
        None,
        gt=0,
        le=2,
        description="Distance at which a pair stops being a candidate; null: the model card's.",
    )
    learn_threshold: bool = Field(
        True,
        description="With threshold null: let the distances of the site's own sightings choose another, from "
        "day to day, once they clearly speak for it.",
    )
    learn_headings: bool = Field(
        True,
        description="With threshold null: let headings that belong together at both ends of a link, learnt "
        "from its matches, move the threshold of a pair as far as the calibration curve says.",
    )
    travel_time_weight: float = Field(
        0.05,
        ge=0,
        description="Times the surprise (negative log-likelihood) of a travel time, added to the distance "
        "among rivals; 0: looks alone.",
    )
    max_travel_s: float = Field(
        960.0, gt=0, description="Longest travel time where nothing better is known of a link, seconds."
    )
    slowest_kmh: float = Field(5.0, gt=0, description="Slowest plausible speed, stops included, km/h.")
    fastest_kmh: float = Field(45.0, gt=0, le=120, description="Fastest plausible speed, km/h.")
    usual_kmh: float = Field(16.0, gt=0, description="Usual speed, stops included, km/h.")
    detour_factor: float = Field(
        1.4, ge=1, description="How much longer the street may be than the straight line between two cameras."
    )
    view_depth_m: float = Field(
        30.0, ge=0, description="How far from its camera's location a cyclist may enter the view, metres."
    )
    commit_lag_s: float | None = Field(
        None,
        gt=0,
        description="Event time after which a sighting in never-ending traffic is decided; "
        "null: twice the longest travel-time window.",
    )
    calibration: MatchCurve | None = Field(
        None,
        description="Distance to probability, from data disjoint from the report; null: the model card's, or "
        "no probability where it has none.",
    )

    @model_validator(mode="after")
    def _order_speeds(self) -> Self:
        if not self.slowest_kmh <= self.usual_kmh <= self.fastest_kmh:
            raise ValueError(
                f"slowest_kmh ({self.slowest_kmh:g}), usual_kmh ({self.usual_kmh:g}) and "
                f"fastest_kmh ({self.fastest_kmh:g}) must be in this order"
            )
        return self

    def commit_lag(self, longest_s: float) -> float:
        """Event time after which a sighting in never-ending traffic is decided, seconds.

        Args:
            longest_s: Longest travel time of a link.

        Raises:
            UsageError: The setting is shorter than that.
        """
        if self.commit_lag_s is None:
            return LAG_WINDOWS * longest_s
        if self.commit_lag_s < longest_s:
            raise UsageError(
                f"matching.commit_lag_s: {self.commit_lag_s:g} s is shorter than the longest travel time of "
                f"a link ({longest_s:g} s); give at least that, or leave it out for twice as much"
            )
        return self.commit_lag_s

    @property
    def odds_width(self) -> float:
        """Distance over which the odds of a match fall by the factor e; 0 without a curve."""
        return 0.0 if self.calibration is None else odds_width(self.calibration)

    def threshold_for(self, model_id: str, card_threshold: float | None) -> float:
        """Choose the threshold τ: the setting if given, otherwise the model card's.

        Args:
            model_id: Encoder, named in the error.
            card_threshold: Threshold of its model card; None where it was never calibrated.

        Raises:
            UsageError: Neither is there.
        """
        threshold = self.threshold if self.threshold is not None else card_threshold
        if threshold is None:
            raise UsageError(
                f"matching.threshold: the model {model_id!r} was never calibrated, so no threshold is known; "
                "set a distance between 0 and 2"
            )
        return threshold
