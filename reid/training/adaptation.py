"""Learning the riders of a new city without labels, by clustering (PUL: Fan, Zheng, Yan & Yang 2018).

Embed the unlabelled images, cluster them, keep those that lie close to the middle of their cluster,
train on the clusters as if they were identities, and begin again with the better network.
"""

import warnings
from dataclasses import replace
from typing import Literal

import numpy as np
from pydantic import Field
from scipy.cluster.vq import kmeans2

from reid.datasets import ReidDataset
from reid.encoders.preprocessing import to_unit_rows
from reid.studies import NOBODY, cluster_identities
from tracking.arrays import FloatArray, IntArray
from tracking.errors import UsageError
from tracking.settings import Settings


class AdaptationSettings(Settings):
    """How pseudo-identities are found."""

    rounds: int = Field(default=5, ge=1, description="times of clustering and training")
    method: Literal["kmeans", "density"] = Field(
        default="kmeans", description="kmeans: as in the paper; density: DBSCAN, which needs no number"
    )
    clusters: int = Field(default=700, ge=2, description="of kmeans: assumed number of people")
    restarts: int = Field(default=5, ge=1, description="of kmeans: starts, of which the best counts")
    similarity: float = Field(
        default=0.85, ge=-1.0, le=1.0, description="least cosine with the cluster's middle to be trusted"
    )
    radius: float = Field(default=0.5, gt=0.0, le=2.0, description="of density: distance of neighbours")
    fewest: int = Field(default=3, ge=1, description="of density: images that make a core")


def pseudo_identities(embeddings: FloatArray, settings: AdaptationSettings, seed: int = 0) -> IntArray:
    """Give reliable images the number of their cluster.

    Args:
        embeddings: (N, D) unit rows.
        settings: How to cluster and whom to trust.
        seed: Of the first centres.

    Returns:
        (N,) cluster of each image; -1 for images that are not trusted, and for clusters of a single
        trusted image, which give no pair.

    Raises:
        UsageError: If there are fewer images than clusters, or fewer than two clusters can be trusted.
    """
    labels = _cluster(embeddings, settings, seed)
    trusted = np.full(len(labels), NOBODY, np.int64)
    kept = 0
    for cluster in np.unique(labels[labels != NOBODY]):
        members = np.flatnonzero(labels == cluster)
        middle = to_unit_rows(embeddings[members].mean(axis=0, keepdims=True))[0]
        near = members[embeddings[members] @ middle >= settings.similarity]
        if len(near) > 1:
            trusted[near] = kept
            kept += 1
    if kept < 2:
        raise UsageError(
            f"adaptation: only {kept} clusters can be trusted; lower adaptation.similarity or change the "
            "number of clusters"
        )
    return trusted


def relabel(dataset: ReidDataset, identities: IntArray) -> ReidDataset:
    """A data set of the trusted images with their pseudo-identities.

    Args:
        dataset: Whose identities are not looked at.
        identities: (N,) from `pseudo_identities`.
    """
    crops = tuple(
        replace(crop, identity=int(identity))
        for crop, identity in zip(dataset.crops, identities, strict=True)
        if identity != NOBODY
    )
    return replace(dataset, crops=crops)


def _cluster(embeddings: FloatArray, settings: AdaptationSettings, seed: int) -> IntArray:
    if settings.method == "density":
        return cluster_identities(embeddings, settings.radius, settings.fewest)
    if len(embeddings) < settings.clusters:
        raise UsageError(
            f"adaptation.clusters: {settings.clusters} clusters cannot be made of {len(embeddings)} images; "
            "ask for fewer"
        )
    rows = np.asarray(embeddings, np.float64)
    runs = (
        _kmeans(rows, settings.clusters, np.random.default_rng((seed, n))) for n in range(settings.restarts)
    )
    return min(runs, key=lambda run: run[0])[1]


def _kmeans(rows: FloatArray, clusters: int, rng: np.random.Generator) -> tuple[float, IntArray]:
    """Mean squared distance from the nearest centre, and labels."""
    with warnings.catch_warnings():
        # Of an empty cluster, which is no harm: nobody belongs to it.
        warnings.simplefilter("ignore", UserWarning)
        centres, labels = kmeans2(rows, clusters, minit="++", rng=rng)
    return float(((rows - centres[labels]) ** 2).sum(axis=1).mean()), np.asarray(labels, np.int64)
