"""Measures tracks against true boxes: HOTA, CLEAR MOT and IDF1, one file per family."""

from tracking.evaluation.boxes import CYCLIST_CLASS, IdentifiedBoxes, read_prediction, read_truth
from tracking.evaluation.clear import OVERLAP, ClearScores
from tracking.evaluation.evaluate import TrackScores, evaluate_tracks
from tracking.evaluation.hota import ALPHAS, HotaScores
from tracking.evaluation.identity import IdentityScores

__all__ = [
    "ALPHAS",
    "CYCLIST_CLASS",
    "OVERLAP",
    "ClearScores",
    "HotaScores",
    "IdentifiedBoxes",
    "IdentityScores",
    "TrackScores",
    "evaluate_tracks",
    "read_prediction",
    "read_truth",
]
