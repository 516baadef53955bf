"""Everything about counts, links, journeys and travel times, measured against the truth."""

from dataclasses import dataclass

from flows.accuracy.boxes import BoxEvidence, match_by_boxes
from flows.accuracy.correspondence import TOLERANCE_S, Correspondence, match_passages
from flows.accuracy.counts import INTERVAL_S, CameraScore, score_cameras
from flows.accuracy.coverage import CoverageScore, cut_short, observable, score_coverage
from flows.accuracy.journeys import JourneyScore, score_journeys
from flows.accuracy.links import LinkScores, score_links
from flows.accuracy.matrix import MatrixScore, score_matrix
from flows.accuracy.measures import harmonic_mean, ratio
from flows.accuracy.routes import RouteScore, score_routes
from flows.accuracy.spans import Spans
from flows.accuracy.stored import Stored
from flows.accuracy.travel_times import TravelTimeScores, score_travel_times
from flows.accuracy.truth import Truth


@dataclass(frozen=True, slots=True)
class StrictScores:
    """What is left where boxes tell who was seen, and nobody gets the benefit of the doubt.

    Attributes:
        matched: Sightings that show a true passage.
        told: Sightings whose boxes are known; the others are paired by time, as everywhere else.
        links: Links between cameras.
        journeys: Whole journeys.
    """

    matched: int
    told: int
    links: LinkScores
    journeys: JourneyScore


@dataclass(frozen=True, slots=True)
class FlowScores:
    """What a database is worth.

    Attributes:
        site: Name of the site.
        period_s: Seconds between the first and the last observed moment.
        cameras: Counts and passages per camera.
        links: Links between cameras.
        journeys: Whole journeys.
        matrix: O-D matrix.
        routes: Sequences of cameras.
        travel_times: Travel times between cameras.
        coverage: Observed time per camera.
        strict: The same by boxes; None where nobody gave any.
    """

    site: str
    period_s: float
    cameras: tuple[CameraScore, ...]
    links: LinkScores
    journeys: JourneyScore
    matrix: MatrixScore
    routes: tuple[RouteScore, ...]
    travel_times: TravelTimeScores
    coverage: tuple[CoverageScore, ...]
    strict: StrictScores | None = None

    @property
    def truth(self) -> int:
        """True passages of all cameras that were observed."""
        return sum(camera.truth for camera in self.cameras)

    @property
    def counted(self) -> int:
        """Sightings of all cameras."""
        return sum(camera.counted for camera in self.cameras)

    @property
    def matched(self) -> int:
        """Sightings that show a true passage."""
        return sum(camera.matched for camera in self.cameras)

    @property
    def passage_precision(self) -> float:
        """Share of the sightings that show a true passage."""
        return ratio(self.matched, self.counted, float(not self.truth))

    @property
    def passage_recall(self) -> float:
        """Share of the observed true passages that were seen."""
        return ratio(self.matched, self.truth)

    @property
    def passage_f1(self) -> float:
        """Harmonic mean of both."""
        return harmonic_mean(self.passage_precision, self.passage_recall)


@dataclass(frozen=True, slots=True)
class FlowEvaluation:
    """Scores and what they rest on.

    Attributes:
        scores: The numbers.
        found: Which sighting shows which true passage; passages outside the observed time are left out.
    """

    scores: FlowScores
    found: Correspondence


def evaluate(
    truth: Truth,
    stored: Stored,
    tolerance_s: float = TOLERANCE_S,
    interval_s: float = INTERVAL_S,
    evidence: BoxEvidence | None = None,
) -> FlowEvaluation:
    """Measure a database against the truth.

    Passages outside the time that the database says was observed are left out: missing is not zero, and the
    coverage tells how many they are. Who comes or goes in unobserved time and is seen for a moment only may
    be counted or not: neither is wrong.

    Args:
        truth: What really happened.
        stored: What the program says.
        tolerance_s: Largest gap between a sighting and the passage it shows, seconds.
        interval_s: Length of the counting intervals, seconds.
        evidence: What boxes say of who was seen; None where there are none.
    """
    names = tuple(sorted({*truth.passages.cameras, *stored.passages.cameras}))
    known = dict(zip(stored.passages.cameras, stored.observed, strict=True))
    observed = tuple(known.get(name) or Spans.of([]) for name in names)
    everything = truth.passages.with_cameras(names)
    coverage = score_coverage(everything, observed, truth.outages)
    seen = everything.keep(observable(everything, observed))
    excused = cut_short(seen, observed)
    estimate = stored.passages.with_cameras(names)
    found = match_passages(seen, estimate, tolerance_s).without_missed(excused)
    strict = None
    if evidence is not None:
        by_boxes = match_by_boxes(seen, estimate, evidence, tolerance_s).without_missed(excused)
        strict = StrictScores(
            by_boxes.matched, evidence.told(estimate), score_links(by_boxes), score_journeys(by_boxes)
        )
    period_s = max((camera.period_s for camera in coverage), default=0.0)
    scores = FlowScores(
        site=stored.site,
        period_s=period_s,
        cameras=score_cameras(found, observed, interval_s),
        links=score_links(found),
        journeys=score_journeys(found),
        matrix=score_matrix(found, period_s / 3600),
        routes=score_routes(found),
        travel_times=score_travel_times(found.truth, found.estimate),
        coverage=coverage,
        strict=strict,
    )
    return FlowEvaluation(scores, found)
