"""What the distances of a site's sightings say of its links, without anybody having labelled one."""

from dataclasses import dataclass

from flows.matching.own_threshold import Days, before
from flows.matching.two_humps import TwoHumps, own_threshold


@dataclass(frozen=True, slots=True)
class LinkQuality:
    """How good links should be after the last day that is stored.

    Attributes:
        pairs: Pairs of sightings that were compared.
        threshold: Distance at which they stop being candidates from now on.
        learnt: Whether the site's own sightings chose it.
        precision: Share of the links that should be right, 0..1.
        recall: Share of the riders seen twice who should be linked, 0..1.
    """

    pairs: int
    threshold: float
    learnt: bool
    precision: float
    recall: float


def link_quality(days: Days, given: float, learns: bool) -> LinkQuality | None:
    """Estimate from the two humps of the distances; None where they cannot be told apart.

    Args:
        days: Day since the epoch → counts.
        given: Threshold of the model card or of the site file.
        learns: Whether the site's own sightings may choose another.
    """
    counts = before(days, max(days, default=0) + 1)
    humps = TwoHumps.fitted(counts)
    if humps is None:
        return None
    threshold = own_threshold(counts, given) if learns else given
    return LinkQuality(int(counts.possible.sum()), threshold, threshold != given, *humps.at(threshold))
