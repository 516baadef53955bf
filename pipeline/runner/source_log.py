"""How far each source of a camera was counted, for the ledger."""

import math
from collections.abc import Sequence

from flows.database import SourceProgress, Unobserved
from pipeline.cameras import PreparedCamera
from pipeline.sources import SourceReport


class SourceLog:
    """Turns the reports of sources into rows of the ledger.

    Args:
        camera: The camera; sources that are only looked at are not written, nor those whose digest it does
            not know.
        since: What lies before was counted by an earlier run.
        frames_before: Frames that lie before the place at which reading begins, within its source.
        begun_in: That source; empty for the first.
    """

    def __init__(self, camera: PreparedCamera, since: float, frames_before: int, begun_in: str = "") -> None:
        aside = (camera.lead, camera.trail)
        self._digests = {name: one for name, one in camera.digests.items() if name not in aside}
        self._since, self._until = since, camera.counts_until
        self._frames_before, self._begun_in = frames_before, begun_in
        self._told: dict[str, SourceProgress] = {}
        self._unobserved: set[tuple[float, float]] = set()

    def take(self, reports: Sequence[SourceReport], processed: float, finished: bool) -> list[SourceProgress]:
        """Hand out what changed since the last time.

        Args:
            reports: Of all sources begun up to now.
            processed: Time of the last frame that went through the chain.
            finished: All of them did.
        """
        changed = []
        for number, report in enumerate(reports):
            if report.source not in self._digests:
                continue
            passed = finished or (number + 1 < len(reports) and _starts(reports[number + 1]) <= processed)
            complete = report.finished and passed
            progress = self._progress(number, report, math.inf if finished else processed, complete)
            if progress.complete or progress.end is not None:
                if self._told.get(report.source) != progress:
                    changed.append(progress)
                self._told[report.source] = progress
        return changed

    def take_unobserved(self, reports: Sequence[SourceReport], until: float) -> list[Unobserved]:
        """Hand out stretches without a usable picture, up to a moment, less those handed out before."""
        found = []
        for report in reports:
            for one in report.unobserved:
                start, end = max(one.start, self._since), min(one.end, until, self._until)
                if start < end and (start, end) not in self._unobserved:
                    self._unobserved.add((start, end))
                    found.append(Unobserved(start, end, str(one.reason)))
        return found

    def _progress(self, number: int, report: SourceReport, until: float, complete: bool) -> SourceProgress:
        seen = [(one.start, one.end) for one in report.observed]
        seen += [(one.start, one.end) for one in report.unobserved]
        start = max(min((start for start, _ in seen), default=math.inf), self._since)
        end = min(max((end for _, end in seen), default=-math.inf), until, self._until)
        here = report.source == self._begun_in if self._begun_in else number == 0
        frames = report.frames_decoded + (self._frames_before if here else 0)
        digest = self._digests[report.source]
        if start < end:
            return SourceProgress(report.source, digest, start, end, frames, complete)
        return SourceProgress(report.source, digest, None, None, frames, complete)


def _starts(report: SourceReport) -> float:
    return min((one.start for one in report.observed), default=math.inf)
