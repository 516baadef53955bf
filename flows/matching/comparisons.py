"""What the matcher saw when it compared sightings, for whoever asks why two of them were not linked."""

from dataclasses import dataclass
from typing import Protocol

from tracking.arrays import FloatArray


@dataclass(frozen=True, slots=True)
class Comparisons:
    """Pairs of sightings whose travel time fits the window of one link; N of them.

    Which pairs are compared, and how far apart they are, depends on event time alone: neither on their
    order of arrival nor on the watermarks. After a restart those are told again whose embeddings are left.

    Attributes:
        from_camera: Camera of the earlier sightings.
        to_camera: Camera of the later ones.
        departures: Ids of the earlier sightings.
        arrivals: Ids of the later ones.
        distances: (N,) Euclidean distance of the embeddings.
        limits: (N,) distance from which on two are no candidates; of those far beyond it, by looks alone.
    """

    from_camera: str
    to_camera: str
    departures: tuple[str, ...]
    arrivals: tuple[str, ...]
    distances: FloatArray
    limits: FloatArray


@dataclass(frozen=True, slots=True)
class Outpaced:
    """A sighting that lost another to a rival who looked less alike, but took a more usual time.

    Attributes:
        sighting: Id of who lost.
        partner: Id of whom it lost.
        camera: Camera of the partner.
        later: Whether the partner entered later.
        cost: Distance to the partner, with what the travel time adds.
        rival_cost: The same of the rival.
    """

    sighting: str
    partner: str
    camera: str
    later: bool
    cost: float
    rival_cost: float


class Observer(Protocol):
    """Is told of every comparison; must not change anything."""

    def compared(self, pairs: Comparisons) -> None:
        """Some pairs were compared."""
        ...

    def outpaced(self, lost: Outpaced) -> None:
        """The travel time decided between two who looked alike."""
        ...
