"""Counts, routes, O-D matrix and travel times of any period and interval, with small cells withheld."""

from flows.statistics.corrected import corrected_routes
from flows.statistics.corrected_counts import TOGETHER, corrected_counts, sum_of
from flows.statistics.correction import ErrorRates, Estimate, LabelledSample, corrected_count
from flows.statistics.counts import camera_counts
from flows.statistics.encoders import encoders_of
from flows.statistics.export import figures_of, to_csv, to_geojson, to_json, utc_text, write_parquet
from flows.statistics.flow_map import to_flow_map
from flows.statistics.intervals import on_quarters
from flows.statistics.known import Known
from flows.statistics.layout import Arrow, Frame, Point, bend, lay_out
from flows.statistics.outages import Observed, Outage, observed_times, outages
from flows.statistics.query import MIN_COUNT, Interval, Query, parse_moment
from flows.statistics.reliability import Reliability
from flows.statistics.routes import od_matrix, route_counts
from flows.statistics.rows import (
    AnyRow,
    CameraCount,
    CorrectedCameraCount,
    CorrectedRouteCount,
    OdCount,
    RouteCount,
    Statistics,
    TravelTime,
)
from flows.statistics.silence import Silence, silences
from flows.statistics.sites import Camera, Site, read_sites
from flows.statistics.standing import Standing, standings
from flows.statistics.tables import TABLES, StatisticsTable
from flows.statistics.travel_times import travel_times
from flows.statistics.unlinked import Unlinked, unlinked

__all__ = [
    "MIN_COUNT",
    "TABLES",
    "TOGETHER",
    "AnyRow",
    "Arrow",
    "Camera",
    "CameraCount",
    "CorrectedCameraCount",
    "CorrectedRouteCount",
    "ErrorRates",
    "Estimate",
    "Frame",
    "Interval",
    "Known",
    "LabelledSample",
    "Observed",
    "OdCount",
    "Outage",
    "Point",
    "Query",
    "Reliability",
    "RouteCount",
    "Silence",
    "Site",
    "Standing",
    "Statistics",
    "StatisticsTable",
    "TravelTime",
    "Unlinked",
    "bend",
    "camera_counts",
    "corrected_count",
    "corrected_counts",
    "corrected_routes",
    "encoders_of",
    "figures_of",
    "lay_out",
    "observed_times",
    "od_matrix",
    "on_quarters",
    "outages",
    "parse_moment",
    "read_sites",
    "route_counts",
    "silences",
    "standings",
    "sum_of",
    "to_csv",
    "to_flow_map",
    "to_geojson",
    "to_json",
    "travel_times",
    "unlinked",
    "utc_text",
    "write_parquet",
]
