"""Measures counts, links, journeys, O-D matrix and travel times of a database against the truth."""

from flows.evaluation.correction import ErrorRates, Estimate, LabelledSample, corrected_count
from flows.evaluation.correspondence import TOLERANCE_S, Correspondence, match_passages
from flows.evaluation.counts import INTERVAL_S, CameraScore, IntervalCount
from flows.evaluation.coverage import CoverageScore
from flows.evaluation.evaluate import FlowEvaluation, FlowScores, evaluate
from flows.evaluation.journeys import JourneyScore, exact_journeys
from flows.evaluation.links import LinkScore, LinkScores, wrong_links
from flows.evaluation.matrix import GOOD_GEH, Cell, MatrixScore
from flows.evaluation.passages import Passages
from flows.evaluation.routes import Reliability, RouteScore
from flows.evaluation.spans import Spans
from flows.evaluation.stored import Stored, read_stored
from flows.evaluation.travel_times import TravelTimeScore, TravelTimeScores
from flows.evaluation.truth import Outage, Truth, read_truth

__all__ = [
    "GOOD_GEH",
    "INTERVAL_S",
    "TOLERANCE_S",
    "CameraScore",
    "Cell",
    "Correspondence",
    "CoverageScore",
    "ErrorRates",
    "Estimate",
    "FlowEvaluation",
    "FlowScores",
    "IntervalCount",
    "JourneyScore",
    "LabelledSample",
    "LinkScore",
    "LinkScores",
    "MatrixScore",
    "Outage",
    "Passages",
    "Reliability",
    "RouteScore",
    "Spans",
    "Stored",
    "TravelTimeScore",
    "TravelTimeScores",
    "Truth",
    "corrected_count",
    "evaluate",
    "exact_journeys",
    "match_passages",
    "read_stored",
    "read_truth",
    "wrong_links",
]
