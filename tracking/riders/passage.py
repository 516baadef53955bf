"""From tracks that end to counted passages, one camera."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

import numpy as np

from tracking.arrays import BoolArray, IntArray
from tracking.memory import Remembering
from tracking.riders.candidates import Candidates
from tracking.riders.classifier import Glance
from tracking.riders.evidence import Evidence, EvidenceLog
from tracking.riders.learnt import LearntJudge
from tracking.riders.merging import connected, merge_tracklets, partition
from tracking.riders.parked import WheelsHistory
from tracking.riders.reason import Reason
from tracking.riders.settings import RiderSettings
from tracking.riders.stitching import affinity, handover
from tracking.riders.verdict import Verdict, judge, nobody_looked
from tracking.values import Tracklet

_COUNTED_KEPT = 64
"""Counted bicycles that are compared with later ones; far more than pass in one track's life."""

_CHECK_AGAIN_S = 1.0


@dataclass(frozen=True, slots=True)
class JudgedPassage:
    """One passage with the decision about it.

    Attributes:
        tracklet: All its pieces as one tracklet, named after the earliest.
        verdict: Whether it was a riding cyclist.
        members: Local ids of the pieces, in order of beginning.
    """

    tracklet: Tracklet
    verdict: Verdict
    members: tuple[int, ...]


class PassageJudge(Remembering):
    """Collects the evidence of one camera's tracks, joins their pieces and decides.

    Call `observe` for each frame and `conclude` with what the tracker closed. A passage is
    decided `max_gap_s` after its last piece ended, when no other piece can follow, or without the
    pieces still in view where it began more than `max_passage_s` ago. Memory is bounded: by the open
    tracks, the pieces that wait, `max_rows` rows for each of them.

    Args:
        settings: What counts.
        learnt: Where the settings ask for a learnt judge, this one instead of the packaged one.
        look: Given the local ids of a passage's pieces, looks at their crops where a learnt judge wants to
            know; None where nobody can.
    """

    REMEMBERED = ("_log", "_history", "_waiting", "_counted", "_checked", "_checked_time")

    def __init__(
        self,
        settings: RiderSettings,
        learnt: LearntJudge | None = None,
        look: Callable[[Sequence[int]], Glance | None] | None = None,
    ) -> None:
        self._settings = settings
        self._learnt = learnt
        self._look = look
        self._log = EvidenceLog(settings.judge.max_rows)
        self._history = WheelsHistory(settings.judge.history_s)
        self._waiting: dict[int, Tracklet] = {}
        self._counted: deque[Evidence] = deque(maxlen=_COUNTED_KEPT)
        self._checked: list[int] = []
        self._checked_time = -np.inf

    @property
    def earliest_waiting_time(self) -> float | None:
        """When the oldest piece that waits may have come into view, seconds; None without one."""
        pieces = self._waiting.values()
        return min(
            (float(piece.times[0]) if piece.since is None else piece.since for piece in pieces), default=None
        )

    @property
    def quiet(self) -> bool:
        """True when nothing is remembered: a fresh judge would go on in the same way."""
        return not self._waiting and not len(self._log)

    def observe(self, local_ids: IntArray, candidates: Candidates, time: float) -> None:
        """Add one frame, in order of time.

        Args:
            local_ids: (N,) track of each candidate, -1 for none (`TrackUpdate.assigned`).
            candidates: The N rows that the tracker was given.
            time: Seconds since the epoch.
        """
        self._log.observe(local_ids, candidates, time)
        self._history.observe(candidates, time)

    def part(self, earlier: int, later: int, since: float) -> None:
        """Learn that a track showed somebody else from a moment on; before `observe` of that frame.

        Args:
            earlier: Local id of the track that ended before.
            later: Local id of the track of the other one.
            since: Seconds since the epoch.
        """
        self._log.part(earlier, later, since)

    def conclude(
        self, ended: Iterable[Tracklet], dropped: Iterable[int], time: float
    ) -> tuple[JudgedPassage, ...]:
        """Take in what the tracker closed and decide what no other piece can join any more.

        Args:
            ended: Tracklets that were closed (`TrackUpdate.ended`).
            dropped: Local ids that were too short (`TrackUpdate.dropped`).
            time: Seconds since the epoch, of the current frame.

        Returns:
            Decided passages, cyclists and others, in order of beginning.
        """
        self._waiting.update((tracklet.local_id, tracklet) for tracklet in ended)
        for local_id in dropped:
            self._log.forget(local_id)
        ripe = [local_id for local_id in self._waiting if self._is_over(local_id, time)]
        # Pieces that wait for one still in view are not compared again in every frame.
        if not ripe or (ripe == self._checked and time < self._checked_time + _CHECK_AGAIN_S):
            return ()
        judged = self._release(ripe, time)
        self._checked = [local_id for local_id in ripe if local_id in self._waiting]
        self._checked_time = time
        return judged

    def finish(self, ended: Iterable[Tracklet], dropped: Iterable[int]) -> tuple[JudgedPassage, ...]:
        """Decide everything that is left at the end of the footage."""
        return self.conclude(ended, dropped, np.inf)

    def decide(self, *pieces: Tracklet) -> Verdict:
        """Decide over one passage, given as the tracklets it consists of."""
        evidence = Evidence.joined([self._log.of(piece.local_id) for piece in pieces])
        limits = self._settings.judge
        parked = self._history.parked(evidence, limits.same_place, limits.parked_share)
        if self._look is None:
            return self.verdict_on(evidence, parked)
        return self.verdict_on(evidence, parked, partial(self._look, [piece.local_id for piece in pieces]))

    def verdict_on(
        self, evidence: Evidence, parked: BoolArray, look: Callable[[], Glance | None] = nobody_looked
    ) -> Verdict:
        """Decide over what was seen of one passage, after those before it.

        Args:
            evidence: All rows of the passage.
            parked: (N,) rows whose bicycle stands there without the person as well.
            look: Looks at its crops.
        """
        limits = self._settings.judge
        verdict = judge(evidence, parked, self._settings, self._learnt, look)
        shown = evidence.shows_bicycle
        if not verdict.is_cyclist or evidence.seconds[shown].sum() < limits.min_seen_s:
            return verdict
        bicycle = Evidence(evidence.rows[shown], evidence.moving)
        if any(handover(bicycle, other, self._settings.stitch) for other in self._counted):
            return replace(
                verdict, is_cyclist=False, reason=Reason.SAME_BICYCLE, margin=None, probability=0.0
            )
        self._counted.append(bicycle)
        return verdict

    def _is_over(self, local_id: int, time: float) -> bool:
        """Whether nothing can follow: the gap is too long, or the camera's clock was set back."""
        gap = time - float(self._waiting[local_id].times[-1])
        return gap > self._settings.stitch.max_gap_s or gap < 0

    def _waits_too_long(self, over: Sequence[int], time: float) -> bool:
        """Whether what is left in view cannot be waited for: a parked bicycle is there all day."""
        beginning = min(float(self._waiting[piece].times[0]) for piece in over)
        return time - beginning > self._settings.stitch.max_passage_s

    def _release(self, ripe: Sequence[int], time: float) -> tuple[JudgedPassage, ...]:
        """Decide the passages all of whose pieces are over, or that wait too long for the rest."""
        judged = []
        for group in self._groups(ripe):
            over = [piece for piece in group if piece in self._waiting and self._is_over(piece, time)]
            if not over or (len(over) < len(group) and not self._waits_too_long(over, time)):
                continue
            pieces = sorted((self._waiting.pop(piece) for piece in over), key=_beginning)
            verdict = self.decide(*pieces)
            for piece in over:
                self._log.forget(piece)
            if not len(self._log):
                self._counted.clear()
            members = tuple(piece.local_id for piece in pieces)
            judged.append(JudgedPassage(merge_tracklets(pieces), verdict, members))
        return tuple(sorted(judged, key=lambda passage: _beginning(passage.tracklet)))

    def _groups(self, ripe: Sequence[int]) -> list[tuple[int, ...]]:
        """Passages among the ripe pieces, what waits and what is still in view."""
        evidence = {track: self._log.of(track) for track in self._log.ids}

        @cache
        def fit(first: int, second: int) -> float:
            return affinity(evidence[first], evidence[second], self._settings.stitch)

        def symmetric(first: int, second: int) -> float:
            return fit(min(first, second), max(first, second))

        def overlapping(first: int, second: int) -> bool:
            a, b = evidence[first].times, evidence[second].times
            return bool(a[0] <= b[-1] and b[0] <= a[-1])

        tracks = connected(ripe, tuple(evidence), symmetric)
        return partition(tracks, symmetric, overlapping)


def _beginning(tracklet: Tracklet) -> tuple[float, int]:
    return float(tracklet.times[0]), tracklet.local_id
