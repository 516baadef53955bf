"""Passages from boxes with identities instead of a detector, as `pipeline simulate` writes them."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from pipeline.cameras import Chunk
from pipeline.datasets.passages import LabelledTracklet
from reid.sampling import CropReservoir
from tracking.arrays import FloatArray, Image, IntArray
from tracking.errors import UsageError
from tracking.mot import CYCLIST_CLASS
from tracking.region import RegionOfInterest
from tracking.values import Frame, Tracklet

LEAST_VISIBLE = 0.25
"""Riders hidden more than this are not cut out, as in the truth's own passages."""
ABSENCE_S = 1.0
"""A rider who comes back later than this begins a new passage."""
SHORTEST_FRAMES = 3
_COLUMNS = 9


class TruthBoxes:
    """Boxes of the cyclists of one camera, by frame.

    Args:
        path: Text file in the format of the MOT Challenge: frame from 1, identity, left, top, width,
            height, confidence, class, visible share.

    Raises:
        UsageError: The file is missing or of another format.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise UsageError(
                f"--truth: {path.parent} holds no {path.name}; name the folder 'truth' that "
                "`pipeline simulate` wrote for this site"
            )
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        try:
            rows = np.array([[float(cell) for cell in line.split(",")[:_COLUMNS]] for line in lines])
            rows = rows.reshape(-1, _COLUMNS)
        except ValueError as error:
            raise UsageError(f"{path}: is not in MOT format with {_COLUMNS} numbers a line") from error
        wanted = (rows[:, 7] == CYCLIST_CLASS) & (rows[:, 8] >= LEAST_VISIBLE)
        rows = rows[wanted][np.argsort(rows[wanted][:, 0], kind="stable")]
        self._frames = rows[:, 0].astype(np.int64)
        self._riders = rows[:, 1].astype(np.int64)
        self._boxes = np.concatenate([rows[:, 2:4], rows[:, 2:4] + rows[:, 4:6]], axis=1).astype(np.float32)

    def at(self, index: int) -> tuple[IntArray, FloatArray]:
        """Riders (N,) and their boxes (N, 4) xyxy in a frame.

        Args:
            index: Position in the source, from 0.
        """
        first, last = np.searchsorted(self._frames, [index + 1, index + 2])
        return self._riders[first:last], self._boxes[first:last]


class _Open:
    """A passage that is not over yet."""

    def __init__(self, local_id: int, frame: Frame) -> None:
        self.local_id = local_id
        self.frame = frame.index
        self.source = frame.source
        self.times: list[float] = []
        self.boxes: list[FloatArray] = []


class TruthPassages:
    """Passages of the riders whose identities are known.

    Args:
        camera: Camera id.
        boxes: Where the riders are.
        region: Where cyclists count.
        anonymise: Blurs a crop before it is kept.
        crops_per_tracklet: Most crops of one passage.
    """

    def __init__(
        self,
        camera: str,
        boxes: TruthBoxes,
        region: RegionOfInterest,
        anonymise: Callable[[Image], Image],
        crops_per_tracklet: int,
    ) -> None:
        self._camera = camera
        self._boxes = boxes
        self._region = region
        self._crops = CropReservoir(anonymise, crops_per_tracklet, keep_size=True)
        self._open: dict[int, _Open] = {}
        self._begun = 0
        self._last_time = -np.inf

    def process(self, chunk: Chunk) -> list[LabelledTracklet]:
        """See `PassageFinder`."""
        return [done for frame in chunk.frames for done in self._process(frame)]

    def finish(self) -> list[LabelledTracklet]:
        """See `PassageFinder`."""
        return self._close(list(self._open))

    @property
    def settled_until(self) -> float:
        """See `PassageFinder`."""
        return min([self._last_time, *(one.times[0] for one in self._open.values())])

    def _process(self, frame: Frame) -> list[LabelledTracklet]:
        self._last_time = frame.time
        absent = [rider for rider, one in self._open.items() if frame.time - one.times[-1] > ABSENCE_S]
        done = self._close(absent)
        riders, boxes = self._boxes.at(frame.index)
        inside = self._region.contains(boxes)
        riders, boxes = riders[inside], boxes[inside]
        for rider, box in zip(riders.tolist(), boxes, strict=True):
            if rider not in self._open:
                self._open[rider] = _Open(self._begun, frame)
                self._begun += 1
            self._open[rider].times.append(frame.time)
            self._open[rider].boxes.append(box)
        local_ids = np.array([self._open[rider].local_id for rider in riders.tolist()], np.int64)
        self._crops.observe(local_ids, boxes, frame)
        return done

    def _close(self, riders: Sequence[int]) -> list[LabelledTracklet]:
        done = []
        for rider in riders:
            one = self._open.pop(rider)
            if len(one.times) >= SHORTEST_FRAMES:
                done.append(LabelledTracklet(self._tracklet(one), rider))
            self._crops.drop(one.local_id)
        return done

    def _tracklet(self, one: _Open) -> Tracklet:
        return Tracklet(
            camera=self._camera,
            source=one.source,
            start_frame=one.frame,
            local_id=one.local_id,
            times=np.array(one.times),
            boxes=np.array(one.boxes, np.float32),
            scores=np.ones(len(one.times), np.float32),
            stationary_s=0.0,
            crops=self._crops.take(one.local_id),
        )
