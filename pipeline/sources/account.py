"""The running account of one source while its frames are read."""

from math import inf

from pipeline.sources.coverage import CoverageLog, unseen_sentences
from pipeline.sources.images import ImageReader
from pipeline.sources.planned import PlannedSource
from pipeline.sources.report import ReasonedInterval, SourceReport, Unseen, count
from pipeline.sources.video import VideoReader
from tracking.arrays import Image

_MISSING_TAIL_S = 1.0
_MISSING_TAIL_SHARE = 0.02


class Account:
    """Counts what happens to the frames of one source, and says what went wrong.

    Args:
        source: The source.
        before: Account of the source before, if this one may go on from it.

    Attributes:
        reader: Decodes it.
        coverage: Times at which something was seen, shared with a source that it follows directly.
        decoded: Pictures decoded since the position at which reading began.
        sampled_out: Of those, not looked at: their turn had not come, or nothing moved.
        out_of_order: Of those, without a usable time stamp.
        overlapping: Of those, before the end of the previous source.
        unreadable: Pictures that could not be decoded after all.
        other_size: Differing frame size, as words; empty where all are alike.
        open_error: Why it could not be opened; empty where it could.
        finished: Whether its end was reached.
    """

    def __init__(self, source: PlannedSource, before: "Account | None" = None) -> None:
        self.source = source
        self.reader = open_reader(source)
        self._begin, self._end = inf, -inf
        self._period_s = source.header.period_s if source.header else 0.0
        self.coverage = CoverageLog(self._period_s)
        if before is not None and source.header is not None and before.coverage.follows(source.start):
            self.coverage = before.coverage
            self.coverage.go_on(self._period_s)
        elif before is not None:
            before.coverage.close()
        self.decoded = self.sampled_out = self.out_of_order = self.overlapping = self.unreadable = 0
        self.other_size = self.open_error = ""
        self.finished = False

    def see(
        self, time: float, *, delivered: bool = True, image: Image | None = None, damaged: bool = False
    ) -> None:
        """Note a frame, see `CoverageLog.add`."""
        self._begin, self._end = min(self._begin, time), max(self._end, time + self._period_s)
        self.coverage.add(time, delivered=delivered, image=image, damaged=damaged)

    def close(self) -> None:
        """The end of the source was reached; what its last pictures show may still be undecided."""
        self.finished = True

    @property
    def settled(self) -> bool:
        """Whether its report does not change any more."""
        return self.finished and self.coverage.decided_until >= self._end

    def report(self) -> SourceReport:
        """Freeze the account."""
        header = self.source.header
        end = self._end if self.finished else inf
        unobserved = (*self.coverage.unobserved(self._begin, end), *self._unreadable())
        return SourceReport(
            source=self.source.name,
            start=self.source.start,
            header_frames=header.frames if header else None,
            frames_decoded=self.decoded - self.unreadable,
            frames_sampled_out=self.sampled_out,
            frames_out_of_order=self.out_of_order + self.overlapping,
            observed=self.coverage.intervals(self._begin, end),
            problems=self._problems(unobserved),
            finished=self.finished,
            unobserved=unobserved,
        )

    def _problems(self, unobserved: tuple[ReasonedInterval, ...]) -> tuple[str, ...]:
        said = [*self.source.notes]
        if self.open_error and self.open_error not in said:
            said.append(self.open_error)
        said.extend(self.reader.problems())
        if self.unreadable:
            said.append(f"{count(self.unreadable, 'picture')} could not be decoded")
        if wrong := self.out_of_order - self.reader.beyond:
            said.append(f"{count(wrong, 'frame')} with a wrong time stamp left out")
        if self.overlapping:
            said.append(f"{count(self.overlapping, 'frame')} before the end of the previous file left out")
        if self.other_size:
            said.append(f"frames of {self.other_size} were resized")
        if self.finished and not self.open_error:
            said.extend(self._shortfall())
        said.extend(unseen_sentences(unobserved))
        return tuple(said)

    def _shortfall(self) -> list[str]:
        """Compare what came with what the header promised."""
        header, reader = self.source.header, self.reader
        if header is None or not isinstance(reader, VideoReader):
            return []
        if header.frames and reader.frames_decoded < header.frames:
            return [f"its header promises {header.frames} frames; {reader.frames_decoded} could be decoded"]
        promised_s = header.duration_s or 0.0
        if self._missing_s() > max(_MISSING_TAIL_S, _MISSING_TAIL_SHARE * promised_s):
            return [f"its header promises {promised_s:.1f} s; it ends after {reader.seconds_decoded:.1f} s"]
        return []

    def _missing_s(self) -> float:
        header, reader = self.source.header, self.reader
        if header is None or not isinstance(reader, VideoReader):
            return 0.0
        return (header.duration_s or 0.0) - reader.seconds_decoded

    def _unreadable(self) -> tuple[ReasonedInterval, ...]:
        """What was promised behind the last frame that could be decoded."""
        source = self.source
        if not (self.finished and isinstance(self.reader, VideoReader)):
            return ()
        if source.header is None:
            begin, end = source.start, source.start if source.until is None else source.until
        else:
            begin, end = source.start + self.reader.seconds_decoded, source.end
            if self._missing_s() <= _MISSING_TAIL_S:
                return ()
        end = min(end, inf if source.until is None else source.until)
        return (ReasonedInterval(begin, end, Unseen.UNREADABLE),) if begin < end else ()


def open_reader(source: PlannedSource) -> VideoReader | ImageReader:
    """What decodes a source, from its beginning."""
    if source.files.images:
        return ImageReader(source.files.images, source.offsets_s)
    limit_s = inf if source.until is None else source.until - source.start
    fps = source.header.fps if source.header and not source.header.timed else None
    return VideoReader(source.files.path, fps, limit_s, source.longest_pause_s)
