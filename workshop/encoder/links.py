"""Links of simulated riders: matched as the program matches them, scored against who they were."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np

from flows.accuracy.links import LinkScore
from flows.matching import EventTimeMatcher, LinkNetwork, LinkSettings, MatchingSettings, links_from_settings
from flows.values import Sighting
from reid.retrieval import RehearsedMatches
from simulation import Recording
from simulation.sitefile import distances
from tracking.arrays import FloatArray
from workshop.encoder.passages import RiderPassage

_START_S = datetime(2024, 5, 14, 6, tzinfo=UTC).timestamp()


@dataclass(frozen=True, slots=True)
class EmbeddedWorld:
    """Passages of one simulated city, embedded.

    Attributes:
        scenario: Its name.
        network: Which camera can follow which.
        passages: Who passed where and when.
        embedding: (N, D) one averaged embedding per passage.
    """

    scenario: str
    network: LinkNetwork
    passages: tuple[RiderPassage, ...]
    embedding: FloatArray

    def truth(self) -> frozenset[tuple[int, int]]:
        """Pairs of passages that one rider made one after the other, if a link allows them."""
        of_rider: dict[int, list[int]] = defaultdict(list)
        for number in sorted(range(len(self.passages)), key=lambda one: self.passages[one].enter_s):
            of_rider[self.passages[number].rider].append(number)
        windows = {(link.from_camera, link.to_camera): link.window for link in self.network.links}
        found = set()
        for numbers in of_rider.values():
            for first, second in pairwise(numbers):
                one, two = self.passages[first], self.passages[second]
                window = windows.get((str(one.camera), str(two.camera)))
                if window and window.earliest_s <= two.enter_s - one.enter_s <= window.latest_s:
                    found.add((first, second))
        return frozenset(found)

    def score(self, threshold: float, settings: MatchingSettings | None = None) -> LinkScore:
        """Match with one threshold and score the links.

        Args:
            threshold: Distance τ.
            settings: Of the matcher; the default ones where None.
        """
        truth, claimed = self.truth(), self._match(threshold, settings).keys()
        return LinkScore(len(truth), len(claimed), len(claimed & truth))

    def matches(self, threshold: float) -> RehearsedMatches:
        """Match with one threshold, and tell how far apart right and wrong ones are.

        Args:
            threshold: Distance τ.
        """
        truth, claimed = self.truth(), self._match(threshold)
        return RehearsedMatches(
            distance=np.array(list(claimed.values()), np.float64),
            right=np.array([pair in truth for pair in claimed], bool),
            possible=len(truth),
        )

    def _match(
        self, threshold: float, settings: MatchingSettings | None = None
    ) -> dict[tuple[int, int], float]:
        """Distances of the pairs of passages that the matcher links."""
        matcher = EventTimeMatcher(self.network, settings or MatchingSettings.model_validate({}), threshold)
        matcher.add(self._sightings())
        return {
            (int(match.from_sighting), int(match.to_sighting)): match.distance
            for match in matcher.finish().matches
        }

    def _sightings(self) -> list[Sighting]:
        return [
            Sighting(
                sighting_id=f"{number:06d}",
                camera=str(passage.camera),
                enter_time=_START_S + passage.enter_s,
                exit_time=_START_S + passage.exit_s,
                direction="",
                frames=len(passage.crops),
                stationary_s=0.0,
                quality=1.0,
                embedding=self.embedding[number],
                model_id="laboratory",
            )
            for number, passage in enumerate(self.passages)
        ]


def network_of(recording: Recording) -> LinkNetwork:
    """The links that the site file of a world would give; cameras are named by their numbers."""
    links = [
        LinkSettings.model_validate({"from": str(a), "to": str(b), "distance_m": round(distance, 1)})
        for (a, b), distance in sorted(distances(recording.world).items())
    ]
    cameras = {str(number): None for number in range(len(recording.world.network.names))}
    return links_from_settings(cameras, links, MatchingSettings.model_validate({}))


def together(scores: Sequence[LinkScore]) -> LinkScore:
    """The links of several worlds as one score."""
    return LinkScore(
        sum(one.truth for one in scores),
        sum(one.claimed for one in scores),
        sum(one.correct for one in scores),
    )
