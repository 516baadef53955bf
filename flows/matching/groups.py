"""Groups of competing sightings, and the moments of event time at which they are settled."""

import heapq
import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from flows.matching.assignment import Assignment, Rivalry
from flows.matching.comparisons import Observer
from flows.matching.gallery import Candidate
from flows.matching.ranking import Ranking, outpaced
from tracking.arrays import FloatArray


@dataclass(frozen=True, slots=True)
class Settlement:
    """What was decided at one moment.

    Attributes:
        links: Pairs that are the same cyclist.
        departed: Sightings that for good have no successor.
        unclaimed: Sightings that for good have no predecessor.
    """

    links: tuple[Candidate, ...]
    departed: tuple[str, ...]
    unclaimed: tuple[str, ...]


@dataclass(slots=True, eq=False)
class _Departure:
    """A sighting whose successor is not decided, with the arrivals that it may be."""

    key: tuple[float, str]
    closes_at: float
    group: "_Group"
    candidates: dict[str, Candidate] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class _Arrival:
    """A sighting whose predecessor is not decided, with the ids of the departures that it may be."""

    key: tuple[float, str]
    rivals: set[str]


@dataclass(slots=True, eq=False)
class _Group:
    """Departures that compete, directly or through others, for the same arrivals."""

    oldest: tuple[float, str]
    closes_at: float
    members: list[_Departure] = field(default_factory=list)
    scheduled_for: float = math.inf

    def due(self, lag_s: float) -> float:
        """Event time at which the group is settled as it stands."""
        return min(self.closes_at, self.oldest[0] + lag_s)


class OpenGroups:
    """All that is not decided yet.

    A group is settled at the moment when no later sighting can join it: the longest window of each of its
    departures has closed. In traffic that never pauses it is settled when its oldest departure has waited
    for the commit lag; then only departures whose windows have closed are decided (and the arrivals that
    they compete for), the rest competes on. Both moments are fixed by entry times alone.

    What is open at any time follows from the sightings and the decisions made so far: departures without
    successor, arrivals without predecessor, and the candidates between them. That is what makes a restart
    possible. It holds because a settlement is maximal: two that it leaves alone are no candidates.

    Args:
        assign: Chooses among rivals.
        threshold: Cost of joining nobody.
        commit_lag_s: Event time for which a departure waits at most.
        ranking: Says what candidates cost.
        observe: Told whom a travel time left alone; None where nobody asks.
    """

    def __init__(
        self,
        assign: Assignment,
        threshold: float,
        commit_lag_s: float,
        ranking: Ranking,
        observe: Observer | None = None,
    ) -> None:
        self._assign = assign
        self._threshold = threshold
        self._commit_lag_s = commit_lag_s
        self._ranking = ranking
        self._observe = observe
        self._departures: dict[str, _Departure] = {}
        self._arrivals: dict[str, _Arrival] = {}
        self._agenda: list[tuple[float, tuple[float, str], int, _Group]] = []
        self._scheduled = itertools.count()

    def undecided(self) -> set[str]:
        """Ids of the sightings whose successor or predecessor is not decided."""
        return self._departures.keys() | self._arrivals.keys()

    def is_open(self, sighting_id: str) -> bool:
        """Whether it is not decided yet who follows a sighting."""
        return sighting_id in self._departures

    def depart(self, sighting_id: str, time: float, closes_at: float) -> None:
        """Let a sighting that entered at `time` wait for its successor until `closes_at`."""
        departure = self._alone((time, sighting_id), closes_at)
        self._departures[sighting_id] = departure
        self._schedule(departure.group)

    def arrive(self, sighting_id: str, time: float, candidates: Iterable[Candidate]) -> bool:
        """Let the departures that are still open compete for an arrival.

        Returns:
            Whether there are any; without, it is decided that the arrival has no predecessor.
        """
        rivals = {c.departure: c for c in candidates if c.departure in self._departures}
        if not rivals:
            return False
        self._arrivals[sighting_id] = _Arrival((time, sighting_id), set(rivals))
        for departure, candidate in rivals.items():
            self._departures[departure].candidates[sighting_id] = candidate
        self._schedule(_join([self._departures[departure].group for departure in rivals]))
        return True

    def settle_before(self, time: float) -> Iterator[Settlement]:
        """Settle, one after the other, the groups whose moment lies before a time."""
        while self._agenda and self._agenda[0][0] < time:
            moment, _, _, group = heapq.heappop(self._agenda)
            # Entries of groups that joined others, or whose moment moved, are stale.
            if group.members and group.scheduled_for == moment:
                yield self._settle(group, moment)

    def _alone(self, key: tuple[float, str], closes_at: float) -> _Departure:
        group = _Group(key, closes_at)
        departure = _Departure(key, closes_at, group)
        group.members.append(departure)
        return departure

    def _schedule(self, group: _Group) -> None:
        due = group.due(self._commit_lag_s)
        if due != group.scheduled_for:
            group.scheduled_for = due
            heapq.heappush(self._agenda, (due, group.oldest, next(self._scheduled), group))

    def _settle(self, group: _Group, moment: float) -> Settlement:
        members = sorted(group.members, key=lambda member: member.key)
        group.members = []
        candidates, costs, links = self._choose(members, moment)
        if group.closes_at > moment:
            links = _pressing(members, links, moment)
        if self._observe is not None:
            for lost in outpaced(candidates, costs, links):
                self._observe.outpaced(lost)
        unclaimed = self._decide(links)
        linked = {link.departure for link in links}
        rest = [member for member in members if member.key[1] not in linked]
        departed = tuple(member.key[1] for member in rest if member.closes_at <= moment)
        for sighting_id in departed:
            del self._departures[sighting_id]
        self._regroup([member for member in rest if member.closes_at > moment])
        return Settlement(tuple(links), departed, unclaimed)

    def _choose(
        self, members: list[_Departure], moment: float
    ) -> tuple[list[Candidate], FloatArray, list[Candidate]]:
        """The candidates of a group, what they cost, and those of them that are to be linked."""
        entries = [
            (row, self._arrivals[arrival].key, candidate)
            for row, member in enumerate(members)
            for arrival, candidate in member.candidates.items()
        ]
        entries.sort(key=lambda entry: entry[:2])
        candidates = [candidate for _, _, candidate in entries]
        costs = self._ranking.costs(candidates, moment)
        if len(candidates) <= 1:
            return candidates, costs, candidates
        columns = {key: column for column, key in enumerate(sorted({key for _, key, _ in entries}))}
        rivalry = Rivalry(
            departures=np.array([row for row, _, _ in entries]),
            arrivals=np.array([columns[key] for _, key, _ in entries]),
            costs=costs,
            limit=self._threshold,
            shape=(len(members), len(columns)),
        )
        return candidates, costs, [candidates[position] for position in self._assign(rivalry)]

    def _decide(self, links: list[Candidate]) -> tuple[str, ...]:
        """Take linked departures and arrivals out of the competition; return the arrivals left alone."""
        for link in links:
            for rival in self._arrivals.pop(link.arrival).rivals:
                del self._departures[rival].candidates[link.arrival]
        unclaimed = []
        for link in links:
            for arrival in self._departures.pop(link.departure).candidates:
                rivals = self._arrivals[arrival].rivals
                rivals.remove(link.departure)
                if not rivals:
                    del self._arrivals[arrival]
                    unclaimed.append(arrival)
        return tuple(unclaimed)

    def _regroup(self, members: list[_Departure]) -> None:
        """Let departures that stay open compete on, apart where nothing joins them any more."""
        for member in members:
            member.group = self._alone(member.key, member.closes_at).group
            member.group.members = [member]
        for arrival in {arrival: None for member in members for arrival in member.candidates}:
            _join([self._departures[rival].group for rival in sorted(self._arrivals[arrival].rivals)])
        for member in members:
            self._schedule(member.group)


def _join(groups: list[_Group]) -> _Group:
    """Move the members of groups to the largest of them, which keeps joining cheap; return it."""
    largest = max(groups, key=lambda group: len(group.members))
    for group in groups:
        if group is largest or not group.members:
            continue
        for member in group.members:
            member.group = largest
        largest.members.extend(group.members)
        largest.oldest = min(largest.oldest, group.oldest)
        largest.closes_at = max(largest.closes_at, group.closes_at)
        group.members = []
    return largest


def _pressing(members: list[_Departure], links: list[Candidate], moment: float) -> list[Candidate]:
    """Keep the links that cannot wait.

    These are the links of departures whose windows have closed, and those that leave such a departure
    without any arrival: would they wait, it would have to wait too.
    """
    linked = {link.departure for link in links}
    closed = [member for member in members if member.closes_at <= moment]
    denied = {arrival for member in closed if member.key[1] not in linked for arrival in member.candidates}
    pressing = {member.key[1] for member in closed}
    return [link for link in links if link.departure in pressing or link.arrival in denied]
