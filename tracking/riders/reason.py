"""Why a passage counts, or does not."""

from enum import Enum


class Reason(Enum):
    """Why a passage counts as a cyclist, or what it was instead."""

    CYCLIST = "rode past"
    TOO_SHORT = "seen for too short a time"
    DID_NOT_MOVE = "stood still: parked, waiting astride, or a thing taken for a person"
    NO_BICYCLE = "no bicycle went along: a pedestrian, a runner, a skateboarder"
    ON_FOOT = "walked: seen as a pedestrian more than as a cyclist"
    PARKED_BICYCLE = "the bicycles seen with the person stand there without the person as well"
    PUSHED = "walked beside the bicycle"
    NO_RIDER = "a bicycle at walking pace and nobody on it"
    SAME_BICYCLE = "this bicycle was counted already, with another track"
    MOTOR_VEHICLE = "a motor scooter or motorcycle, or somebody in a car"
