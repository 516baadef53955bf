"""Brings the evaluations of tracking, re-identification and flows together: screen, JSON and HTML page."""

from pipeline.evaluation.calibration import matching_section, print_calibration, riders_part, updated_card
from pipeline.evaluation.document import to_json
from pipeline.evaluation.embedding import open_encoder, read_embeddings, read_part
from pipeline.evaluation.html import flow_page, reid_page
from pipeline.evaluation.reid import print_reid
from pipeline.evaluation.screen import print_scores
from pipeline.evaluation.tracks import TrackReport, measure_tracks, print_tracks

__all__ = [
    "TrackReport",
    "flow_page",
    "matching_section",
    "measure_tracks",
    "open_encoder",
    "print_calibration",
    "print_reid",
    "print_scores",
    "print_tracks",
    "read_embeddings",
    "read_part",
    "reid_page",
    "riders_part",
    "to_json",
    "updated_card",
]
