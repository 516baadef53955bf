"""Brings the evaluations of tracking, re-identification and flows together: screen, JSON and HTML page."""

from pipeline.reports.calibration import matching_section, print_calibration, riders_part, updated_card
from pipeline.reports.checks import print_check
from pipeline.reports.document import to_json
from pipeline.reports.embedding import open_encoder, read_embeddings, read_part
from pipeline.reports.html import flow_page, reid_page
from pipeline.reports.reid import print_reid
from pipeline.reports.screen import print_scores
from pipeline.reports.tracks import TrackReport, measure_tracks, print_tracks

__all__ = [
    "TrackReport",
    "flow_page",
    "matching_section",
    "measure_tracks",
    "open_encoder",
    "print_calibration",
    "print_check",
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
