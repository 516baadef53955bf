"""Settings of the step from person and bicycle boxes to counted cyclists."""

from typing import Literal

from pydantic import Field

from tracking.settings import Settings

NO_CLASSIFIER = "none"
"""Name of no classifier."""


class AssociationSettings(Settings):
    """When a person box and a two-wheeler box of one frame are rider and bicycle."""

    min_person_score: float = Field(
        default=0.10, ge=0, le=1, description="Person boxes below this score are ignored."
    )
    min_bicycle_score: float = Field(
        default=0.05, ge=0, le=1, description="Bicycle and motorcycle boxes below this score are ignored."
    )
    duplicate_overlap: float = Field(
        default=0.80,
        gt=0,
        le=1,
        description="Two boxes of one kind are one object when this share of the smaller lies in the other.",
    )
    part_overlap: float = Field(
        default=0.70,
        gt=0,
        le=1,
        description="A whole cyclist of which this share lies in a clearer one may be a part of it.",
    )
    part_score: float = Field(
        default=0.60,
        ge=0,
        le=1,
        description="It is one where its score is below this share of the clearer one's.",
    )
    misnamed_overlap: float = Field(
        default=0.65,
        gt=0,
        le=1,
        description="Overlap (IoU) of a person with a bicycle that has a rider: the bicycle, misnamed.",
    )
    max_offset: float = Field(
        default=0.55,
        gt=0,
        description="Largest horizontal distance of the two box centres, in widths of the wider box.",
    )
    slack: float = Field(
        default=0.30,
        ge=0,
        description="Play of head and feet against the two-wheeler's edges, in two-wheeler heights.",
    )
    max_feet: float = Field(
        default=0.95,
        gt=0,
        description="Highest lower edge of a rider above the foot of the wheels, in two-wheeler heights.",
    )
    min_height_ratio: float = Field(
        default=0.45, gt=0, description="Smallest person height, in two-wheeler heights."
    )
    max_height_ratio: float = Field(
        default=2.80, gt=0, description="Largest person height, in two-wheeler heights."
    )


class JudgeSettings(Settings):
    """When a whole passage was a riding cyclist. Lengths are in heights of the rider's own box."""

    by: Literal["limits", "learnt"] = Field(
        default="learnt",
        description="learnt: by a probability that was learnt, and few limits, where the detector reports "
        "whole cyclists; limits: every measurement against its limit below, as for all other detectors.",
    )
    min_seen_s: float = Field(
        default=0.5,
        gt=0,
        description="Passages seen for a shorter time are not judged a cyclist, seconds; each box stands for "
        "the time to the next, for 0.29 at most.",
    )
    min_displacement: float = Field(
        default=0.8, gt=0, description="Least distance from the start, in own heights; less is standing."
    )
    min_growth: float = Field(
        default=2.0,
        gt=1,
        description="Change of size, as a factor, that also counts as moving: straight towards the camera.",
    )
    walking_speed: float = Field(
        default=0.9, gt=0, description="Fastest walk, own heights per second (1 is about 6 km/h)."
    )
    running_speed: float = Field(
        default=1.6, gt=0, description="Faster than most people run, own heights per second."
    )
    max_speed: float = Field(
        default=8.0,
        gt=0,
        description="Faster than anybody rides, own heights per second (8 is about 50 km/h, speed pedelecs "
        "stop at 45): a part of a car.",
    )
    bicycle_walking: float = Field(
        default=0.20, gt=0, le=1, description="Bicycle evidence needed up to walking speed, mean score."
    )
    bicycle_running: float = Field(
        default=0.01, gt=0, le=1, description="Bicycle evidence needed from running speed on, mean score."
    )
    whole_walking: float = Field(
        default=0.35,
        gt=0,
        le=1,
        description="Mean score needed up to walking speed of a detector that reports whole cyclists.",
    )
    whole_running: float = Field(
        default=0.20, gt=0, le=1, description="The same from running speed on: nobody walks as fast."
    )
    max_motor_ratio: float = Field(
        default=2.0,
        gt=0,
        description="Motorcycle scores over bicycle scores from which it is a motor scooter.",
    )
    max_on_foot_ratio: float = Field(
        default=1.0,
        gt=0,
        description="Scores as a pedestrian over scores as a cyclist from which it walked; counts for "
        "detectors that tell the two apart.",
    )
    max_enclosed: float = Field(
        default=0.8,
        gt=0,
        le=1,
        description="Share of a person inside a car's box from which it is an occupant.",
    )
    min_footing: float = Field(
        default=0.12,
        gt=0,
        description="Feet above the foot of the wheels, in two-wheeler heights; lower and no faster than "
        "walking is pushing.",
    )
    min_person_share: float = Field(
        default=0.2,
        ge=0,
        le=1,
        description="Share of the time that must show a person, up to walking speed.",
    )
    max_moving_aspect: float = Field(
        default=1.6, gt=0, description="Width over height up to which mere motion may be a rider, not a car."
    )
    side_view_aspect: float = Field(
        default=1.0, gt=0, description="Width over height from which a two-wheeler is seen from the side."
    )
    same_place: float = Field(
        default=0.6, gt=0, le=1, description="Overlap (IoU) from which two bicycle boxes are one that stands."
    )
    parked_share: float = Field(
        default=0.2,
        gt=0,
        le=1,
        description="Share of the time without the person that shows a bicycle there: it is parked.",
    )
    history_s: float = Field(
        default=30.0,
        gt=0,
        description="How long bicycle boxes are remembered to know the parked ones, seconds.",
    )
    max_rows: int = Field(default=1200, ge=20, description="Most observations kept of one track.")


class StitchSettings(Settings):
    """When two tracks are pieces of one passage. Lengths are in heights of the box."""

    max_gap_s: float = Field(
        default=3.0, ge=0, description="Longest gap between two pieces, seconds; also delays every verdict."
    )
    max_passage_s: float = Field(
        default=300.0,
        gt=0,
        description="A passage that began longer ago is decided without the pieces still in view, seconds; "
        "bounds memory and delay where something stands all day.",
    )
    fit_s: float = Field(
        default=1.0, gt=0, description="Piece of track from which its speed is taken, seconds."
    )
    reach: float = Field(default=0.5, gt=0, description="Error of the meeting point allowed without a gap.")
    reach_per_s: float = Field(
        default=0.5, ge=0, description="Error of the meeting point allowed in addition per second of gap."
    )
    max_size_ratio: float = Field(default=1.6, ge=1, description="Largest ratio of the two heights.")
    max_speed_change: float = Field(
        default=0.7,
        gt=0,
        description="Largest change of velocity, as a share of the faster one (at least of 1).",
    )
    touching: float = Field(
        default=0.3, gt=0, le=1, description="Share of the smaller box inside the other: at one place."
    )
    min_together: float = Field(
        default=0.7, gt=0, le=1, description="Share of the common time that two tracks are at one place."
    )
    same_person: float = Field(
        default=0.6, gt=0, le=1, description="Share of the smaller person box inside the other: one person."
    )
    max_two_persons: float = Field(
        default=0.2,
        ge=0,
        le=1,
        description="Share of the common time that may show two persons all the same.",
    )


class RiderSettings(Settings):
    """What counts as one passage of a cyclist."""

    policy: Literal["person_on_bicycle", "person_in_roi"] = Field(
        default="person_on_bicycle",
        description="person_on_bicycle: a bicycle must have been seen under the person; "
        "person_in_roi: every person who passes counts, for cycle paths without pedestrians.",
    )
    classifier: str = Field(
        default="rider_classifier",
        min_length=1,
        description="What looks at the crops of a passage where judge.by is learnt: a name of `pipeline "
        "models list`, a file (.onnx), or none.",
    )
    association: AssociationSettings = Field(
        default_factory=AssociationSettings, description="Rider and bicycle of one frame."
    )
    judge: JudgeSettings = Field(
        default_factory=JudgeSettings, description="The decision over the whole passage."
    )
    stitch: StitchSettings = Field(
        default_factory=StitchSettings, description="Joining the pieces of one passage."
    )

    @property
    def asked_classifier(self) -> str | None:
        """What looks at crops before a passage is judged; None where nobody asks."""
        asked = self.judge.by == "learnt" and self.policy == "person_on_bicycle"
        return self.classifier if asked and self.classifier != NO_CLASSIFIER else None
