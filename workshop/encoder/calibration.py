"""From a trained encoder to its threshold and its curve: riders that it has not seen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from anonymize import Anonymizer
from flows.accuracy.links import LinkScore
from flows.matching import MatchingSettings
from reid.datasets import ReidDataset
from reid.encoders import Encoder, average_embeddings
from reid.retrieval import EmbeddingSet, RehearsedMatches, Traffic, rehearse
from reid.retrieval.curve import fit_logistic
from tracking.arrays import FloatArray, Image
from tracking.match_curve import LogisticCurve
from workshop.encoder.links import EmbeddedWorld, network_of, together
from workshop.encoder.passages import RiderPassage, passages_of
from workshop.encoder.pictures import DETECTED_EDGES, Finish
from workshop.encoder.training_set import read_picture
from workshop.encoder.worlds import Purpose, SmallWorld, WorldSettings, small_worlds

THRESHOLDS: FloatArray = np.round(np.arange(0.36, 0.801, 0.02), 2)
"""Every threshold that is tried."""
_FLAT = 0.004
_AT_ONCE = 64
_REHEARSALS = 30
"""So many that photographed riders weigh about as much as simulated ones."""


@dataclass(frozen=True, slots=True)
class RenderedWorld:
    """One simulated city, its riders blurred as the program blurs them.

    Attributes:
        world: Which.
        passages: Who passed where and when.
        crops: The pictures of each passage.
    """

    world: SmallWorld
    passages: tuple[RiderPassage, ...]
    crops: tuple[tuple[Image, ...], ...]

    def embedded(self, encoder: Encoder) -> EmbeddedWorld:
        """Embed every passage, averaged over its pictures."""
        flat = [crop for crops in self.crops for crop in crops]
        single = _encode(encoder, flat)
        ends = np.cumsum([len(crops) for crops in self.crops])[:-1]
        rows = [average_embeddings(part) for part in np.split(single, ends)]
        return EmbeddedWorld(
            self.world.scenario, network_of(self.world.recording()), self.passages, np.stack(rows)
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """A threshold and what it gives where it was chosen.

    Attributes:
        threshold: Distance τ.
        links: F1 of the links of simulated riders, mean over the scenarios.
    """

    threshold: float
    links: float


def render(settings: WorldSettings, purpose: Purpose, say: Callable[[str], None]) -> list[RenderedWorld]:
    """Render the worlds of a part, blurred by default settings.

    Args:
        settings: How many.
        purpose: Which part.
        say: Told each finished world.
    """
    finish, found = Finish(Anonymizer(), DETECTED_EDGES), []
    for world in small_worlds(settings, purpose):
        passages = tuple(passages_of(world, settings.crops_per_passage))
        crops = tuple(tuple(passage.finished(finish, world.seed)) for passage in passages)
        found.append(RenderedWorld(world, passages, crops))
        say(f"{purpose}: {world.scenario}, seed {world.seed}: {len(passages)} passages")
    return found


def links_by_scenario(
    worlds: Sequence[EmbeddedWorld], threshold: float, settings: MatchingSettings | None = None
) -> dict[str, LinkScore]:
    """Scores of the links with one threshold, the worlds of a scenario together.

    Args:
        worlds: Embedded.
        threshold: Distance τ.
        settings: Of the matcher; the default ones where None.
    """
    scenarios = dict.fromkeys(world.scenario for world in worlds)
    return {
        name: together([world.score(threshold, settings) for world in worlds if world.scenario == name])
        for name in scenarios
    }


def embed_photographs(encoder: Encoder, photographs: ReidDataset) -> EmbeddingSet:
    """Embed riders photographed by two cameras; the first camera asks, the second is searched.

    Args:
        encoder: Of any kind.
        photographs: Sharp; they are blurred by default settings first.
    """
    anonymizer = Anonymizer()
    images = [anonymizer.crop(read_picture(crop.path)) for crop in photographs.crops]
    cameras = np.array([crop.camera for crop in photographs.crops])
    return EmbeddingSet.of(
        _encode(encoder, images),
        np.array([crop.identity for crop in photographs.crops]),
        cameras,
        query=cameras == cameras.min(),
    )


def choose_threshold(worlds: Sequence[EmbeddedWorld]) -> Choice:
    """Take the threshold that links the riders of simulated streets best.

    The mean over the scenarios is flat at its top: the middle of the nearly best thresholds is taken, which
    is the least likely to be far off elsewhere. The few photographed riders do not choose: the threshold that
    serves thirty of them best swings by a tenth from one training to the next.

    Args:
        worlds: Simulated riders that were not trained on.
    """
    found = np.array([_mean_f1(worlds, float(one)) for one in THRESHOLDS])
    good = np.flatnonzero(found >= found.max() - _FLAT)
    place = int(good[len(good) // 2])
    return Choice(float(THRESHOLDS[place]), float(found[place]))


def match_curve(
    worlds: Sequence[EmbeddedWorld], photographs: EmbeddingSet | None, threshold: float
) -> LogisticCurve:
    """From the distance of a match to the probability that it is right.

    Args:
        worlds: Simulated riders that were not trained on, matched as the program does it.
        photographs: Real riders that were not trained on; their matches are rehearsed.
        threshold: Distance τ.
    """
    found = [world.matches(threshold) for world in worlds]
    if photographs is not None:
        found.append(rehearse(photographs, threshold, Traffic(draws=_REHEARSALS)))
    together = RehearsedMatches(
        np.concatenate([one.distance for one in found]),
        np.concatenate([one.right for one in found]),
        sum(one.possible for one in found),
    )
    return fit_logistic(together)


def _mean_f1(worlds: Sequence[EmbeddedWorld], threshold: float) -> float:
    return float(np.mean([score.f1 for score in links_by_scenario(worlds, threshold).values()]))


def _encode(encoder: Encoder, images: Sequence[Image]) -> FloatArray:
    parts = [encoder.encode(images[start : start + _AT_ONCE]) for start in range(0, len(images), _AT_ONCE)]
    return np.concatenate(parts)
