"""Measures a trained network in the columns of an experiment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
import torch

from reid.experiments.data import TestImages, test_images, validation_images
from reid.experiments.description import EvaluationSettings
from reid.experiments.measures import Measure
from reid.retrieval import Comparison, EmbeddingSet, PairDistances, score_ranking
from reid.studies import Measure as PairMeasure
from reid.studies import Reranking, compare_by
from reid.training import EmbeddingHealth
from reid.training.blackening import measure_masks
from reid.training.embedding import embed_images
from reid.training.masks import read_masks
from reid.training.pair_scores import average_rows, pair_score
from reid.training.reconstructing import reconstruction_error
from reid.training.trained import LoadedModel
from tracking.arrays import FloatArray

Values: TypeAlias = Mapping[Measure, float]
OPEN_WORLD = frozenset(
    {Measure.PRECISION, Measure.RECALL, Measure.F1, Measure.THRESHOLD, Measure.HELD_OUT_F1}
)
HEALTH = frozenset({Measure.EFFECTIVE_RANK, Measure.SEPARATION, Measure.COLLAPSED})


@dataclass(frozen=True, slots=True)
class Subject:
    """A trained network and how it is to be measured.

    Attributes:
        model: The network.
        folder: Data set to measure on.
        settings: How.
        columns: What is wanted; a measurer may leave out what it cannot know, or give more.
    """

    model: LoadedModel
    folder: Path
    settings: EvaluationSettings
    columns: frozenset[Measure]


Measurer: TypeAlias = Callable[[Subject], Values]


def measure(subject: Subject) -> Values:
    """Measure a network by the measurer of its kind.

    Raises:
        UsageError: The data set has no images to measure on.
    """
    values = MEASURERS[subject.settings.kind](subject)
    return {Measure.PARAMETERS: _parameters(subject.model.network), **values}


def measure_embeddings(subject: Subject) -> Values:
    """CMC and mAP; open-world pairs and health of the embeddings where a column wants them."""
    seen = _embed(subject, test_images(subject.folder))
    values = {**_ranking(seen.comparison)}
    if subject.columns & OPEN_WORLD:
        values |= _open_world(subject, seen.comparison)
    if subject.columns & HEALTH:
        values |= _health(seen)
    return values


def measure_segmentation(subject: Subject) -> Values:
    """Mean intersection over union of person and background."""
    return {Measure.MEAN_IOU: measure_masks(subject.model, read_masks(subject.folder))}


def measure_reconstruction(subject: Subject) -> Values:
    """Error of an auto-encoder on test images."""
    paths = [crop.path for crop in test_images(subject.folder).crops]
    return {Measure.RECONSTRUCTION_L1: reconstruction_error(subject.model, paths)}


@dataclass(frozen=True, slots=True)
class _Seen:
    """Embeddings of labelled images.

    Attributes:
        rows: (N, D) as they are compared.
        found: The same with their truth, of unit norm.
        comparison: Of everything that asks with everything that is searched.
    """

    rows: FloatArray
    found: EmbeddingSet
    comparison: Comparison


def _embed(subject: Subject, images: TestImages) -> _Seen:
    settings, network = subject.settings, subject.model.network
    transforms = subject.model.about.transforms.model_copy(update={"blur": settings.blur})
    judges = settings.kind == "verification"
    paths = [crop.path for crop in images.crops]
    rows = embed_images(network, paths, transforms, unit_norm=settings.normalise and not judges)
    found = EmbeddingSet.of(
        rows,
        np.array([crop.identity for crop in images.crops]),
        np.array([crop.camera for crop in images.crops]),
        None if images.crops[0].tracklet is None else np.array([crop.tracklet for crop in images.crops]),
        images.query,
    )
    if settings.average:
        rows = found.averaged().embedding if settings.normalise else average_rows(rows, found.tracklet)
        found = found.averaged()
    return _Seen(rows, found, compare_by(found, _judge(subject), settings.exclude_same_camera, rows))


def _judge(subject: Subject) -> PairMeasure:
    """By what embeddings are compared."""
    if subject.settings.kind == "verification":
        return pair_score(subject.model.network)
    return Reranking() if subject.settings.rerank else subject.settings.metric


def _ranking(comparison: Comparison) -> Values:
    scores = score_ranking(comparison)
    return {
        Measure.RANK1: scores.rank1,
        Measure.RANK5: scores.rank5,
        Measure.RANK10: float(scores.cmc[9]),
        Measure.MEAN_AVERAGE_PRECISION: scores.mean_average_precision,
    }


def _open_world(subject: Subject, comparison: Comparison) -> Values:
    pairs = PairDistances.of(comparison)
    best = pairs.best()
    values = {
        Measure.PRECISION: best.precision,
        Measure.RECALL: best.recall,
        Measure.F1: best.f1,
        Measure.THRESHOLD: best.threshold,
    }
    others = validation_images(subject.folder)
    if others is None or Measure.HELD_OUT_F1 not in subject.columns:
        return values
    chosen = PairDistances.of(_embed(subject, others).comparison).best().threshold
    return values | {Measure.HELD_OUT_F1: pairs.at(chosen).f1}


def _health(seen: _Seen) -> Values:
    numbers = np.unique(seen.found.identity, return_inverse=True)[1]
    health = EmbeddingHealth.of(seen.rows, numbers)
    return {
        Measure.EFFECTIVE_RANK: health.effective_rank,
        Measure.SEPARATION: health.between / max(health.within, float(np.finfo(np.float32).tiny)),
        Measure.COLLAPSED: float(bool(health.collapse)),
    }


def _parameters(network: torch.nn.Module) -> float:
    """Millions, without a classifier that is dropped after the training."""
    counted = [
        int(weights.numel())
        for name, weights in network.named_parameters()
        if not name.startswith(("classifier.", "unused_head."))
    ]
    return sum(counted) / 1e6


MEASURERS: Mapping[str, Measurer] = MappingProxyType(
    {
        "embeddings": measure_embeddings,
        "verification": measure_embeddings,
        "masks": measure_segmentation,
        "reconstruction": measure_reconstruction,
    }
)
"""By kind of evaluation."""
