"""The evaluation as one HTML page that needs nothing beside itself."""

from pipeline.evaluation.html.flows import flow_page
from pipeline.evaluation.html.reid import reid_page

__all__ = ["flow_page", "reid_page"]
