"""How good an encoder is at its threshold, on riders that neither taught nor calibrated it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flows.accuracy.links import LinkScore
from reid.encoders import Encoder
from reid.retrieval import EmbeddingSet, PairScores, score_ranking
from reid.retrieval.comparison import Comparison
from reid.retrieval.pairs import PairDistances
from workshop.encoder.calibration import links_by_scenario
from workshop.encoder.links import EmbeddedWorld

BATCH = 16
_REPEATS = 5


@dataclass(frozen=True, slots=True)
class PhotographQuality:
    """What an encoder does with photographed riders of two cameras.

    Attributes:
        riders: How many.
        rank1: Share whose nearest picture at the other camera is right.
        mean_average_precision: mAP.
        pairs: Loose pairs at the threshold that was chosen on other riders.
        best: Loose pairs at the threshold that would have been best here.
    """

    riders: int
    rank1: float
    mean_average_precision: float
    pairs: PairScores
    best: PairScores


@dataclass(frozen=True, slots=True)
class EncoderQuality:
    """What an encoder does.

    Attributes:
        photographs: With photographed riders; None where there are none.
        links: With simulated riders, by scenario.
    """

    photographs: PhotographQuality | None
    links: dict[str, LinkScore]


def measure_photographs(found: EmbeddingSet, threshold: float) -> PhotographQuality:
    """Rank and pair photographed riders.

    Args:
        found: One picture from each of two cameras; the first asks.
        threshold: Distance τ, chosen elsewhere.
    """
    comparison = Comparison(found, exclude_same_camera=True)
    ranking, pairs = score_ranking(comparison), PairDistances.of(comparison)
    return PhotographQuality(
        riders=len(set(found.identity.tolist())),
        rank1=ranking.rank1,
        mean_average_precision=ranking.mean_average_precision,
        pairs=pairs.at(threshold),
        best=pairs.best(),
    )


def measure_encoder(
    worlds: Sequence[EmbeddedWorld], photographs: EmbeddingSet | None, threshold: float
) -> EncoderQuality:
    """Measure on simulated streets and on photographs.

    Args:
        worlds: Embedded.
        photographs: Embedded; None where there are none.
        threshold: Distance τ, chosen elsewhere.
    """
    real = None if photographs is None else measure_photographs(photographs, threshold)
    return EncoderQuality(real, links_by_scenario(worlds, threshold))


def milliseconds_per_crop(encoder: Encoder) -> tuple[float, float]:
    """Wall-clock and processor time of a crop in batches of 16; the fastest of a few tries.

    Args:
        encoder: Any.
    """
    rng = np.random.default_rng(0)
    crops = [np.asarray(rng.integers(0, 255, (128, 80, 3)), np.uint8) for _ in range(BATCH)]
    encoder.encode(crops)
    walls, processors = [], []
    for _ in range(_REPEATS):
        wall, processor = time.perf_counter(), time.process_time()
        encoder.encode(crops)
        walls.append(time.perf_counter() - wall)
        processors.append(time.process_time() - processor)
    return 1000 * min(walls) / BATCH, 1000 * min(processors) / BATCH
