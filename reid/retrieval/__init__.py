"""Measures embeddings: CMC and mAP, open-world decisions by a threshold, searches for strangers."""

from reid.retrieval.calibration import Calibration, calibrate
from reid.retrieval.comparison import Comparison
from reid.retrieval.curve import CurveQuality, fit_curve, judge
from reid.retrieval.embeddings import EmbeddingSet, load_embeddings, pick_identities
from reid.retrieval.evaluate import ReidReport, ReidScores, evaluate_reid, score_embeddings
from reid.retrieval.folders import LabelledCrop, find_crops
from reid.retrieval.identification import RATES, OperatingPoint, Searches, TargetRate, search, target_rates
from reid.retrieval.pairs import PairDistances, PairScores
from reid.retrieval.ranking import RankingScores, average_precisions, score_ranking
from reid.retrieval.rehearsal import RehearsedMatches, Traffic, rehearse

__all__ = [
    "RATES",
    "Calibration",
    "Comparison",
    "CurveQuality",
    "EmbeddingSet",
    "LabelledCrop",
    "OperatingPoint",
    "PairDistances",
    "PairScores",
    "RankingScores",
    "RehearsedMatches",
    "ReidReport",
    "ReidScores",
    "Searches",
    "TargetRate",
    "Traffic",
    "average_precisions",
    "calibrate",
    "evaluate_reid",
    "find_crops",
    "fit_curve",
    "judge",
    "load_embeddings",
    "pick_identities",
    "rehearse",
    "score_embeddings",
    "score_ranking",
    "search",
    "target_rates",
]
