"""Measures counts, links, journeys, O-D matrix and travel times of a database against the truth."""

from flows.accuracy.boxes import BoxEvidence, read_evidence
from flows.accuracy.correspondence import TOLERANCE_S, Correspondence, match_passages
from flows.accuracy.counts import INTERVAL_S, CameraScore, IntervalCount
from flows.accuracy.coverage import CoverageScore
from flows.accuracy.evaluate import FlowEvaluation, FlowScores, StrictScores, evaluate
from flows.accuracy.journeys import JourneyScore, exact_journeys
from flows.accuracy.links import LinkScore, LinkScores, wrong_links
from flows.accuracy.matrix import GOOD_GEH, Cell, MatrixScore
from flows.accuracy.passages import Passages
from flows.accuracy.routes import RouteScore
from flows.accuracy.spans import Spans
from flows.accuracy.stored import Stored, read_stored
from flows.accuracy.travel_times import TravelTimeScore, TravelTimeScores
from flows.accuracy.truth import Outage, Truth, read_truth

__all__ = [
    "GOOD_GEH",
    "INTERVAL_S",
    "TOLERANCE_S",
    "BoxEvidence",
    "CameraScore",
    "Cell",
    "Correspondence",
    "CoverageScore",
    "FlowEvaluation",
    "FlowScores",
    "IntervalCount",
    "JourneyScore",
    "LinkScore",
    "LinkScores",
    "MatrixScore",
    "Outage",
    "Passages",
    "RouteScore",
    "Spans",
    "Stored",
    "StrictScores",
    "TravelTimeScore",
    "TravelTimeScores",
    "Truth",
    "evaluate",
    "exact_journeys",
    "match_passages",
    "read_evidence",
    "read_stored",
    "read_truth",
    "wrong_links",
]
