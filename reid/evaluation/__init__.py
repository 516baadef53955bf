"""Measures embeddings: CMC and mAP, open-world decisions by a threshold, searches for strangers."""

from reid.evaluation.comparison import Comparison
from reid.evaluation.embeddings import EmbeddingSet, load_embeddings, pick_identities
from reid.evaluation.evaluate import ReidReport, ReidScores, evaluate_reid, score_embeddings
from reid.evaluation.folders import LabelledCrop, find_crops
from reid.evaluation.identification import RATES, OperatingPoint, Searches, TargetRate, search, target_rates
from reid.evaluation.pairs import PairDistances, PairScores
from reid.evaluation.ranking import RankingScores, average_precisions, score_ranking

__all__ = [
    "RATES",
    "Comparison",
    "EmbeddingSet",
    "LabelledCrop",
    "OperatingPoint",
    "PairDistances",
    "PairScores",
    "RankingScores",
    "ReidReport",
    "ReidScores",
    "Searches",
    "TargetRate",
    "average_precisions",
    "evaluate_reid",
    "find_crops",
    "load_embeddings",
    "pick_identities",
    "score_embeddings",
    "score_ranking",
    "search",
    "target_rates",
]
