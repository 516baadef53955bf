"""Where ways of looking are tried on the same pieces, each once."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flows.accuracy import Passages
from pipeline.cameras import PreparedCamera, prepare_cameras
from pipeline.runner import Preparation
from pipeline.telemetry import open_progress
from pipeline.tuning.agreement import (
    Comparison,
    chained,
    compare,
    most_differences,
    own_differences,
)
from pipeline.tuning.configured import configured
from pipeline.tuning.pieces import Piece
from pipeline.tuning.thinning import at_rate, every_second, passages_of
from pipeline.tuning.trial import Trial, trial_of
from pipeline.tuning.watch import Look, Watched, watch
from pipeline.tuning.ways import Way, Ways

Boxes = Mapping[str, Sequence[Look]]
"""Camera id → looks at all of its pieces."""


class Bench:
    """Tries ways of looking.

    Args:
        prepared: The site, with the configuration that ways of looking change.
        pieces: Of the footage.
        say: Told what is tried.

    Attributes:
        trials: What was tried, the reference first.
        allowed: Camera id → riders by which a way may differ from the reference.
    """

    def __init__(
        self,
        prepared: Preparation,
        pieces: Sequence[Piece],
        say: Callable[[str], None],
    ) -> None:
        self.trials: list[Trial] = []
        self.allowed: Mapping[str, int] = {}
        self._prepared = prepared
        self._pieces = pieces
        self._seconds = sum(piece.seconds for piece in pieces)
        self._say = say
        self._cameras = tuple(camera.id for camera in prepared.cameras)
        self._known: dict[tuple[tuple[str, Any], ...], Trial] = {}
        self._reference = Passages.of([], self._cameras)

    def look_at_everything(self, ways: Ways) -> list[float]:
        """Try the reference, and say which rates may agree with it: those from the least on that does."""
        cameras, watched = self._watch(ways.reference, keep_boxes=ways.replayable)
        self._reference = self._chained(watched)
        compared = compare(self._reference, self._reference, self._pieces)
        self._add(trial_of(ways.reference, watched, self._seconds, compared, True))
        self.allowed = most_differences(compared)
        if not ways.replayable:
            return list(ways.rates)
        if any(self.allowed.values()):
            self.allowed = own_differences(self.allowed, self._halves(cameras, watched.boxes))
        first = (at for at, rate in enumerate(ways.rates) if self._may_agree(cameras, watched.boxes, rate))
        return list(ways.rates[next(first, len(ways.rates)) :])

    def attempt(self, way: Way) -> Trial:
        """Try a way, unless that was done before."""
        key = _key(way)
        if key not in self._known:
            _, watched = self._watch(way)
            compared = compare(self._reference, self._chained(watched), self._pieces)
            agrees = compared.agrees(self.allowed)
            self._add(trial_of(way, watched, self._seconds, compared, agrees))
        return self._known[key]

    def _add(self, trial: Trial) -> None:
        self._known[_key(trial.way)] = trial
        self.trials.append(trial)

    def _halves(self, cameras: Sequence[PreparedCamera], boxes: Boxes) -> Comparison:
        """Two halves of the looks at everything against each other."""
        first, second = (
            passages_of(cameras, self._pieces, {name: every_second(own, half) for name, own in boxes.items()})
            for half in (0, 1)
        )
        return compare(first, second, self._pieces)

    def _may_agree(self, cameras: Sequence[PreparedCamera], boxes: Boxes, rate: float) -> bool:
        """Whether the boxes of the reference, taken at a rate, give its riders."""
        thinned = {one.id: at_rate(one, boxes.get(one.id, ()), rate) for one in cameras}
        passages = passages_of(cameras, self._pieces, thinned)
        return compare(self._reference, passages, self._pieces).agrees(self.allowed)

    def _chained(self, watched: Watched) -> Passages:
        return chained(watched.sightings, self._cameras, self._prepared.linking.new_matcher())

    def _watch(self, way: Way, *, keep_boxes: bool = False) -> tuple[tuple[PreparedCamera, ...], Watched]:
        configuration = configured(self._prepared.configuration, way.values)
        known = [one for one in prepare_cameras(configuration, troubles={}) if one.id in self._cameras]
        self._say(way.name)
        with open_progress(expected_frames(known, self._pieces)) as progress:
            watched = watch(
                known,
                self._pieces,
                self._prepared.encoder,
                configuration.runtime,
                progress.advance,
                keep_boxes=keep_boxes,
            )
        return tuple(known), watched


def expected_frames(cameras: Sequence[PreparedCamera], pieces: Sequence[Piece]) -> dict[str, int | None]:
    """Camera id → frames of its pieces, as far as the headers are right; for the progress."""
    fps = {(c.id, one.name): one.header.fps for c in cameras for one in c.source.sources if one.header}
    return {
        camera.id: round(
            sum(one.seconds * fps[one.camera, one.source] for one in pieces if one.camera == camera.id)
        )
        for camera in cameras
    }


def _key(way: Way) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(way.values.items()))
