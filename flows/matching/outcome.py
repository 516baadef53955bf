"""What a matcher answers with."""

from collections.abc import Mapping
from dataclasses import dataclass

from flows.values import DistanceCounts, Journey, Match
from tracking.errors import FietsflowError


class LateSightingError(FietsflowError):
    """A sighting entered before a watermark that promised that none would."""


@dataclass(frozen=True, slots=True)
class MatchingOutcome:
    """What became certain when the watermark advanced.

    Attributes:
        matches: Committed now, in the order of the moments at which they were decided.
        journeys: Completed now; their sightings carry no embedding any more.
        distances: How far apart pairs of sightings were on the days on which some were counted now, since
            the epoch: all that this run has counted of them.
        model_id: Encoder that they were measured with.
    """

    matches: tuple[Match, ...]
    journeys: tuple[Journey, ...]
    distances: Mapping[int, DistanceCounts]
    model_id: str
