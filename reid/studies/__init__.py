"""Studies on finished embeddings: metrics, re-ranking, clustering, search."""

from reid.studies.distances import Metric, pairwise_distances
from reid.studies.identities import NOBODY, cluster_identities
from reid.studies.ranking import Measure, PairScore, compare_by, rank_by
from reid.studies.reranking import Reranking
from reid.studies.search import ExactIndex, HnswIndex, Index, Neighbours, build_index

__all__ = [
    "NOBODY",
    "ExactIndex",
    "HnswIndex",
    "Index",
    "Measure",
    "Metric",
    "Neighbours",
    "PairScore",
    "Reranking",
    "build_index",
    "cluster_identities",
    "compare_by",
    "pairwise_distances",
    "rank_by",
]
