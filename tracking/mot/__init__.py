"""Measures tracks against true boxes: HOTA, CLEAR MOT and IDF1, one file per family."""

from tracking.mot.boxes import CYCLIST_CLASS, IdentifiedBoxes, read_prediction, read_truth
from tracking.mot.clear import OVERLAP, ClearScores
from tracking.mot.evaluate import TrackScores, evaluate_tracks
from tracking.mot.hota import ALPHAS, HotaScores
from tracking.mot.identity import IdentityScores

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
