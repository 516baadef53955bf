"""All measures of an encoder at once, per image and per averaged tracklet."""

from dataclasses import dataclass

from reid.retrieval.comparison import Comparison
from reid.retrieval.embeddings import EmbeddingSet
from reid.retrieval.identification import RATES, OperatingPoint, TargetRate, search, target_rates
from reid.retrieval.pairs import PairDistances, PairScores
from reid.retrieval.ranking import RankingScores, score_ranking


@dataclass(frozen=True, slots=True)
class ReidScores:
    """What embeddings are worth.

    Attributes:
        embeddings: Number of embeddings.
        identities: Number of riders.
        ranking: CMC and mAP.
        best: Pairs at the threshold of maximum F1; chosen on these very data, so it flatters.
        at_rates: Pairs at false-positive rates of 0.1 %, 1 % and 10 %.
        curve: Pairs at thresholds from 0 to 2.
        searches: FNIR and DIR at false-positive rates of 0.1 %, 1 % and 10 %.
        targets: TTR at false target rates of 0.1 %, 1 % and 10 %; empty where riders have too few images.
    """

    embeddings: int
    identities: int
    ranking: RankingScores
    best: PairScores
    at_rates: tuple[PairScores, ...]
    curve: tuple[PairScores, ...]
    searches: tuple[OperatingPoint, ...]
    targets: tuple[TargetRate, ...]


@dataclass(frozen=True, slots=True)
class ReidReport:
    """An encoder's scores.

    Attributes:
        images: One embedding per image.
        tracklets: One embedding per averaged tracklet; None where each tracklet is a single image.
    """

    images: ReidScores
    tracklets: ReidScores | None


def evaluate_reid(found: EmbeddingSet, *, exclude_same_camera: bool = False) -> ReidReport:
    """Measure embeddings.

    Args:
        found: Embeddings with their truth.
        exclude_same_camera: Leave out all images of the query's camera, not only those of the same rider.
    """
    averaged = found.averaged()
    tracklets = None if len(averaged) == len(found) else score_embeddings(averaged, exclude_same_camera)
    return ReidReport(score_embeddings(found, exclude_same_camera), tracklets)


def score_embeddings(found: EmbeddingSet, exclude_same_camera: bool = False) -> ReidScores:
    """Measure embeddings as they are.

    Args:
        found: Embeddings with their truth.
        exclude_same_camera: Leave out all images of the query's camera.
    """
    comparison = Comparison(found, exclude_same_camera)
    pairs = PairDistances.of(comparison)
    searches = search(comparison)
    return ReidScores(
        embeddings=len(found),
        identities=len(set(found.identity.tolist())),
        ranking=score_ranking(comparison),
        best=pairs.best(),
        at_rates=tuple(pairs.at_false_positive_rate(rate) for rate in RATES),
        curve=pairs.curve(),
        searches=tuple(searches.at(rate) for rate in RATES),
        targets=target_rates(found),
    )
