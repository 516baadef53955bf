"""Brings the evaluations of tracking, re-identification and flows together: screen, JSON and HTML page."""

from pipeline.evaluation.document import to_json
from pipeline.evaluation.screen import print_scores

__all__ = ["print_scores", "to_json"]
