"""Brings the evaluations of tracking, re-identification and flows together: screen, JSON and HTML page."""

from pipeline.evaluation.document import to_json
from pipeline.evaluation.screen import print_scores
from pipeline.evaluation.tracks import TrackReport, measure_tracks, print_tracks

__all__ = ["TrackReport", "measure_tracks", "print_scores", "print_tracks", "to_json"]
