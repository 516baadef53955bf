"""The evaluation as one HTML page that needs nothing beside itself."""

from pipeline.reports.html.flows import flow_page
from pipeline.reports.html.reid import reid_page

__all__ = ["flow_page", "reid_page"]
