"""From tracks that end to verdicts, one camera."""

from tracking.arrays import IntArray
from tracking.riders.association import Candidates
from tracking.riders.evidence import Evidence, EvidenceLog
from tracking.riders.parked import WheelsHistory
from tracking.riders.settings import RiderSettings
from tracking.riders.verdict import Verdict, judge
from tracking.values import Tracklet


class PassageJudge:
    """Collects the evidence of one camera's tracks and decides when they have ended.

    Memory is bounded: a track has at most `max_rows` rows, and the caller forgets every id
    that ended or was dropped.
    """

    def __init__(self, settings: RiderSettings) -> None:
        self._settings = settings
        self._log = EvidenceLog(settings.judge.max_rows)
        self._history = WheelsHistory(settings.judge.history_s)

    def observe(self, local_ids: IntArray, candidates: Candidates, time: float) -> None:
        """Add one frame, in order of time.

        Args:
            local_ids: (N,) track of each candidate, -1 for none (`TrackUpdate.assigned`).
            candidates: The N rows that the tracker was given.
            time: Seconds since the epoch.
        """
        self._log.observe(local_ids, candidates, time)
        self._history.observe(candidates, time)

    def evidence(self, local_id: int) -> Evidence:
        """What was seen of one track so far."""
        return self._log.of(local_id)

    def decide(self, *fragments: Tracklet) -> Verdict:
        """Decide over a passage, given as the tracklet or tracklets it consists of."""
        evidence = Evidence.joined([self._log.of(fragment.local_id) for fragment in fragments])
        limits = self._settings.judge
        parked = self._history.parked(evidence, limits.same_place, limits.parked_share)
        return judge(evidence, parked, self._settings)

    def forget(self, *local_ids: int) -> None:
        """Drop tracks that are decided or were too short."""
        for local_id in local_ids:
            self._log.forget(local_id)
