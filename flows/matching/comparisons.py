"""What the matcher saw when it compared sightings, for whoever asks why two of them were not linked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from tracking.arrays import FloatArray


@dataclass(frozen=True, slots=True)
class Comparisons:
    """Pairs of sightings whose travel time fits the window of one link; N of them.

    Which pairs are compared, and how far apart they are, depends on the sightings alone: neither on their
    order of arrival nor on the watermarks. After a restart those are told again whose embeddings are left.

    Attributes:
        from_camera: Camera of the earlier sightings.
        to_camera: Camera of the later ones.
        departures: Ids of the earlier sightings.
        arrivals: Ids of the later ones.
        distances: (N,) Euclidean distance of the embeddings.
        costs: (N,) the distance, plus what an unusual travel time adds.
    """

    from_camera: str
    to_camera: str
    departures: tuple[str, ...]
    arrivals: tuple[str, ...]
    distances: FloatArray
    costs: FloatArray


Observer: TypeAlias = Callable[[Comparisons], None]
"""Is told of every comparison; must not change anything."""
