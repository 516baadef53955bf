"""The values that flow from a sighting to a journey."""

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from tracking.arrays import FloatArray, IntArray

DISTANCE_CLASSES = 100
"""Classes of distances, of equal width, from 0 to the 2 that embeddings of unit norm are apart at most."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One anonymous passage at one camera.

    Attributes:
        sighting_id: Deterministic in (run, camera, source, start frame); never from appearance.
        camera: Camera id.
        enter_time: First moment in the region of interest, seconds since the epoch.
        exit_time: Last moment in the region of interest.
        direction: Heading through the view.
        frames: Number of boxes in the tracklet.
        stationary_s: Seconds spent standing still.
        quality: 0..1, how far the embedding can be trusted.
        embedding: (D,) float32 unit norm; None where no crop was good enough.
        model_id: Encoder that made the embedding.
    """

    sighting_id: str
    camera: str
    enter_time: float
    exit_time: float
    direction: str
    frames: int
    stationary_s: float
    quality: float
    embedding: FloatArray | None
    model_id: str


@dataclass(frozen=True, slots=True)
class Match:
    """Two sightings taken for the same cyclist.

    Attributes:
        from_sighting: Id of the earlier sighting.
        to_sighting: Id of the later sighting.
        distance: Euclidean distance of the embeddings, 0..2.
        probability: Calibrated probability that the match is right; None where uncalibrated.
        travel_s: Seconds from entering the one view to entering the other.
    """

    from_sighting: str
    to_sighting: str
    distance: float
    probability: float | None
    travel_s: float


@dataclass(frozen=True, slots=True)
class Travelled:
    """What a match says of the link it uses; of the rider it says nothing.

    Attributes:
        arrival: Id of the later sighting, which tells the matches of a site apart.
        from_camera: Camera of the earlier sighting.
        to_camera: Camera of the later one.
        moment: When the later one entered, seconds since the epoch.
        travel_s: Seconds from entering the one view to entering the other.
        distance: Euclidean distance of the embeddings.
        from_direction: Heading through the view of the earlier sighting.
        to_direction: Heading through that of the later one.
    """

    arrival: str
    from_camera: str
    to_camera: str
    moment: float
    travel_s: float
    distance: float
    from_direction: str
    to_direction: str


@dataclass(frozen=True, slots=True, eq=False)
class DistanceCounts:
    """How far apart pairs of sightings are; of no pair it says who.

    Attributes:
        possible: (DISTANCE_CLASSES,) pairs whose travel time fits their link, by class of distance.
        impossible: (DISTANCE_CLASSES,) pairs that followed each other too soon to be one rider.
        arrivals: Sightings with at least one possible predecessor.
    """

    possible: IntArray
    impossible: IntArray
    arrivals: int

    @classmethod
    def none(cls) -> "DistanceCounts":
        """No pair at all."""
        return cls(np.zeros(DISTANCE_CLASSES, np.int64), np.zeros(DISTANCE_CLASSES, np.int64), 0)

    def __add__(self, other: "DistanceCounts") -> "DistanceCounts":
        return DistanceCounts(
            self.possible + other.possible, self.impossible + other.impossible, self.arrivals + other.arrivals
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, DistanceCounts):
            return NotImplemented
        same = np.array_equal(self.possible, other.possible)
        return same and np.array_equal(self.impossible, other.impossible) and self.arrivals == other.arrivals

    __hash__ = None  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Journey:
    """The ordered sightings of one cyclist, as far as the cameras saw.

    Attributes:
        journey_id: Deterministic in the first sighting's id.
        sightings: In order of time; at least one.
        matches: The links between neighbours; one fewer than sightings.
    """

    journey_id: str
    sightings: tuple[Sighting, ...]
    matches: tuple[Match, ...]


def journey_id(first_sighting: str) -> str:
    """Name a journey after its first sighting: the same in every run over the same sightings.

    A digest, so that nobody takes it for the sighting's own id. Appearance has no part in it.
    """
    return blake2b(first_sighting.encode(), digest_size=12).hexdigest()
