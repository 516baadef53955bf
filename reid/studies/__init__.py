"""Studies on finished embeddings: metrics, re-ranking, clustering, search."""

from reid.studies.distances import Metric, pairwise_distances
from reid.studies.identities import NOBODY, cluster_identities
from reid.studies.ranking import rank_by
from reid.studies.reranking import Reranking
from reid.studies.search import ExactIndex, HnswIndex, Index, Neighbours, build_index

__all__ = [
    "NOBODY",
    "ExactIndex",
    "HnswIndex",
    "Index",
    "Metric",
    "Neighbours",
    "Reranking",
    "build_index",
    "cluster_identities",
    "pairwise_distances",
    "rank_by",
]
