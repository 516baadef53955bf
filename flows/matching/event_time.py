"""The matcher: sightings in any order of arrival to journeys by event time alone."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Self

from flows.matching.assignment import ASSIGNMENTS
from flows.matching.comparisons import Observer
from flows.matching.gallery import Candidate, Gallery, comparison_of
from flows.matching.groups import OpenGroups, Settlement
from flows.matching.headings import UsualHeadings
from flows.matching.journeys import OpenJourneys
from flows.matching.lessons import History
from flows.matching.links import LinkNetwork
from flows.matching.outcome import LateSightingError, MatchingOutcome
from flows.matching.own_threshold import DistanceHistory, OwnThreshold
from flows.matching.ranking import Ranking
from flows.matching.settings import MatchingSettings
from flows.matching.tally import Tally
from flows.matching.usual import UsualTimes
from flows.values import DistanceCounts, Journey, Match, Sighting, Travelled
from tracking.errors import UsageError

SIGHTINGS_AT_ONCE = 1000
"""Sightings compared together: enough for fast matrix products, few enough for little memory."""


class EventTimeMatcher:
    """Joins sightings of different cameras to journeys.

    It sweeps over the sightings in (enter_time, sighting_id) order, up to the watermark, and decides at
    moments that are fixed by entry times. So the matches and journeys are the same for every order of
    arrival, every series of watermarks and every restart in between.

    Example:
        >>> matcher = EventTimeMatcher(network, MatchingSettings(), threshold=0.9)
        >>> matcher.add(new_sightings)
        >>> outcome = matcher.advance(watermark)
    """

    def __init__(
        self,
        network: LinkNetwork,
        settings: MatchingSettings,
        threshold: float,
        observe: Observer | None = None,
        history: History | None = None,
        distances: DistanceHistory | None = None,
    ) -> None:
        """Start with no sightings.

        Args:
            network: Which camera can follow which.
            settings: Method, commit lag and calibration; of its threshold just whether it is given.
            threshold: Distance at which a pair stops being a candidate, see
                `MatchingSettings.threshold_for`; with `learn_threshold` until the site has its own.
            observe: Told of every comparison; None where nobody asks. What is decided stays the same.
            history: Tells earlier matches of the site, this run's too, from whose travel times it goes on
                learning; None where there are none.
            distances: Tells likewise how far apart pairs were.

        Raises:
            UsageError: The commit lag is shorter than the longest window.
        """
        self._network = network
        self._settings = settings
        lag_s = settings.commit_lag(network.longest_s)
        width = settings.odds_width if settings.learn_headings and settings.threshold is None else 0.0
        self._headings = UsualHeadings(threshold, width, lag_s, history) if width else None
        self._gallery = Gallery(network, observe, self._headings.most if self._headings else 0.0)
        self._observe = observe
        self._given = threshold
        learns = settings.learn_threshold and settings.threshold is None
        self._own = OwnThreshold(threshold, lag_s, distances) if learns else None
        self._tally = Tally() if learns else None
        self._usual = UsualTimes(network.links, lag_s, history)
        ranking = Ranking(self._usual, threshold, settings.travel_time_weight)
        self._groups = OpenGroups(ASSIGNMENTS[settings.method], threshold, lag_s, ranking, observe)
        self._journeys = OpenJourneys()
        self._pending: dict[str, Sighting] = {}
        self._watermark = -math.inf
        self._model_id: str | None = None

    @classmethod
    def restore(
        cls,
        network: LinkNetwork,
        settings: MatchingSettings,
        threshold: float,
        *,
        sightings: Iterable[Sighting],
        matches: Iterable[Match],
        watermark: float,
        observe: Observer | None = None,
        history: History | None = None,
        distances: DistanceHistory | None = None,
    ) -> Self:
        """Go on after a crash as if nothing had happened.

        Args:
            network: As before the crash.
            settings: As before the crash.
            threshold: As before the crash.
            sightings: All that belong to no completed journey, those not yet passed by the watermark
                too; with embeddings, except those that exited before `oldest_needed_time`.
            matches: All that were committed between them.
            watermark: The last one whose outcome was kept.
            observe: As for a new one; comparisons of sightings whose embeddings are given are told again.
            history: As for a new one.
            distances: As for a new one.
        """
        matcher = cls(network, settings, threshold, observe, history, distances)
        matcher.add(sightings)
        matcher._replay(watermark, list(matches))
        return matcher

    @property
    def threshold(self) -> float:
        """Distance at which a pair stopped being a candidate when sightings were compared last."""
        return self._given if self._own is None else self._own.last

    @property
    def watermark(self) -> float:
        """No sighting entered before it will be added any more; −∞ before the first."""
        return self._watermark

    @property
    def oldest_needed_time(self) -> float:
        """Embeddings of sightings that exited before it are needed no more, not even for `restore`."""
        exits = (self._journeys.exit_time(sighting_id) for sighting_id in self._groups.undecided())
        return min((self._watermark, *exits))

    def add(self, sightings: Iterable[Sighting]) -> None:
        """Take sightings, in any order; one that is there already, by its id, is replaced.

        Raises:
            LateSightingError: One entered before the watermark.
            UsageError: Two were embedded by different models.
        """
        for sighting in sightings:
            if not sighting.enter_time >= self._watermark:
                raise LateSightingError(
                    f"sighting {sighting.sighting_id} of camera {sighting.camera} entered at "
                    f"{sighting.enter_time:.3f}, before the watermark {self._watermark:.3f}: "
                    "its camera reported more progress than it had made"
                )
            if sighting.embedding is not None:
                self._check_model(sighting)
            self._pending[sighting.sighting_id] = sighting

    def advance(self, watermark: float) -> MatchingOutcome:
        """Decide all that no sighting at or after the watermark can change.

        Args:
            watermark: Seconds since the epoch; every later addition enters at it or after it.

        Raises:
            ValueError: It lies before the last one.
        """
        if not watermark >= self._watermark:
            raise ValueError(f"the watermark cannot go back from {self._watermark} to {watermark}")
        self._watermark = watermark
        matches: list[Match] = []
        journeys: list[Journey] = []
        distances: dict[int, DistanceCounts] = {}
        for sighting, candidates in self._passed(watermark, self._tally):
            self._settle(sighting.enter_time, matches, journeys)
            self._count(sighting, distances)
            self._enter(sighting, self._allowed(sighting, candidates))
        self._settle(watermark, matches, journeys)
        self._gallery.forget_before(watermark)
        return MatchingOutcome(tuple(matches), tuple(journeys), distances, self._model_id or "")

    def finish(self) -> MatchingOutcome:
        """Decide all the rest: no sighting will be added any more."""
        return self.advance(math.inf)

    def _check_model(self, sighting: Sighting) -> None:
        if self._model_id is None:
            self._model_id = sighting.model_id
        elif sighting.model_id != self._model_id:
            raise UsageError(
                f"camera {sighting.camera} embeds with {sighting.model_id!r}, others {self._model_id!r}; "
                "only embeddings of one model can be compared, so give all cameras the same"
            )

    def _passed(
        self, watermark: float, tally: Tally | None = None
    ) -> Iterator[tuple[Sighting, list[Candidate]]]:
        """Take the sightings before the watermark in order, each with its possible predecessors."""
        passed = [s for s in self._pending.values() if s.enter_time < watermark]
        passed.sort(key=lambda s: (s.enter_time, s.sighting_id))
        for some in self._parts(passed):
            self._gallery.forget_before(some[0].enter_time)
            candidates = defaultdict(list)
            for candidate in self._gallery.extend(some, self._limit(some[0].enter_time), tally):
                candidates[candidate.arrival].append(candidate)
            for sighting in some:
                del self._pending[sighting.sighting_id]
                yield sighting, candidates.pop(sighting.sighting_id, [])

    def _parts(self, passed: Sequence[Sighting]) -> Iterator[Sequence[Sighting]]:
        """Cut sightings into parts that are compared together, under one threshold."""
        own = self._own
        for _, day in groupby(passed, key=lambda s: 0 if own is None else own.day_of(s.enter_time)):
            members = list(day)
            for start in range(0, len(members), SIGHTINGS_AT_ONCE):
                yield members[start : start + SIGHTINGS_AT_ONCE]

    def _limit(self, moment: float) -> float:
        if self._own is None or self._model_id is None:
            return self._given
        return self._own.at(moment, self._model_id)

    def _count(self, sighting: Sighting, distances: dict[int, DistanceCounts]) -> None:
        """Count how far the sighting is from those before it."""
        if self._own is None or self._tally is None or self._model_id is None:
            return
        counted = self._tally.count(sighting.sighting_id, self._groups.is_open)
        if counted is not None:
            day, whole = self._own.note(sighting.enter_time, counted, self._model_id)
            distances[day] = whole

    def _enter(self, sighting: Sighting, candidates: Sequence[Candidate]) -> None:
        self._journeys.put(sighting)
        if not self._groups.arrive(sighting.sighting_id, sighting.enter_time, candidates):
            self._journeys.begin(sighting.sighting_id)
        self._depart(sighting)

    def _allowed(self, sighting: Sighting, candidates: Sequence[Candidate]) -> list[Candidate]:
        """The candidates that are some when what their headings say is added to the limit of each."""
        if self._headings is not None:
            self._headings.learn_until(sighting.enter_time)
            candidates = [one.allowed(self._headings.allowance(one.link, one.headings)) for one in candidates]
        if self._observe is not None:
            for one in candidates:
                self._observe.compared(comparison_of(one))
        return [one for one in candidates if one.distance < one.limit]

    def _depart(self, sighting: Sighting) -> None:
        longest = self._network.latest_from(sighting.camera)
        waits_s = 0.0 if longest is None or sighting.embedding is None else longest
        self._groups.depart(sighting.sighting_id, sighting.enter_time, sighting.enter_time + waits_s)

    def _settle(self, time: float, matches: list[Match], journeys: list[Journey]) -> None:
        for settlement in self._groups.settle_before(time):
            matches.extend(self._record(settlement))
            for sighting_id in settlement.unclaimed:
                self._journeys.begin(sighting_id)
            for sighting_id in settlement.departed:
                self._journeys.end(sighting_id)
            touched = [*settlement.unclaimed, *settlement.departed, *(c.arrival for c in settlement.links)]
            journeys.extend(self._journeys.complete(touched))

    def _record(self, settlement: Settlement) -> Iterator[Match]:
        curve = self._settings.calibration
        for link in settlement.links:
            looks = link.distance - link.allowance
            probability = None if curve is None else float(curve.at(looks))
            match = Match(link.departure, link.arrival, link.distance, probability, link.travel_s)
            self._journeys.link(match)
            travelled = self._travelled(link)
            self._usual.note(travelled)
            if self._headings is not None:
                self._headings.note(travelled)
            yield match

    def _travelled(self, link: Candidate) -> Travelled:
        ends = link.link.from_camera, link.link.to_camera
        moment = self._journeys.enter_time(link.arrival)
        return Travelled(link.arrival, *ends, moment, link.travel_s, link.distance, *link.headings)

    def _replay(self, watermark: float, matches: list[Match]) -> None:
        """Rebuild what was open at the watermark, without deciding anything again."""
        departed = {match.from_sighting for match in matches}
        arrived = {match.to_sighting for match in matches}
        for sighting, candidates in self._passed(watermark):
            self._journeys.put(sighting)
            open_arrival = sighting.sighting_id not in arrived
            if open_arrival and not self._groups.arrive(
                sighting.sighting_id, sighting.enter_time, self._allowed(sighting, candidates)
            ):
                self._journeys.begin(sighting.sighting_id)
            if sighting.sighting_id not in departed:
                self._depart(sighting)
        for match in matches:
            self._journeys.link(match)
        self._watermark = watermark
        self._gallery.forget_before(watermark)
