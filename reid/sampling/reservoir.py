"""Keeps, of every rider in view, a few good crops spread over the passage."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import cv2
import numpy as np

from reid.sampling.visibility import inside_shares, occlusions, sharpness
from tracking.arrays import FloatArray, Image, IntArray
from tracking.memory import Remembering, State, storable
from tracking.values import Crop, Frame

FIRST_SLOT_S = 0.1
"""Length of a time slot at the start of a passage; it doubles whenever the slots are full."""
CLEARLY_BETTER = 1.25
"""A kept crop gives way only to one this much better seen: copying and blurring cost time."""
WORST_TO_BEST = 0.5
"""Crops seen less than half as well as the best one of their passage are not handed out."""
EDGE_PIXELS = 2.0
EDGE_PENALTY = 0.5
"""A box at the frame's edge shows a rider cut off by it."""


FrameKey: TypeAlias = tuple[str, int]
"""Source and index of a frame."""


@storable
@dataclass(frozen=True, slots=True)
class Cutting:
    """A crop without its pixels: where to cut it again, and how good it is.

    Attributes:
        source: Of the frame.
        index: Of the frame within the source.
        time: Of the frame, seconds since the epoch.
        box: (4,) xyxy pixels.
        covered: Largest share of the box that another box covers, 0..1.
        visibility: How well the rider is seen, 0..1.
        sharpness: See `Crop.sharpness`.
    """

    source: str
    index: int
    time: float
    box: FloatArray
    covered: float
    visibility: float
    sharpness: float

    @property
    def frame(self) -> FrameKey:
        """The frame it is cut from."""
        return self.source, self.index


@dataclass(slots=True)
class _Candidate:
    cutting: Cutting
    image: Image | None

    @property
    def visibility(self) -> float:
        return self.cutting.visibility

    @property
    def worth(self) -> float:
        return self.visibility * float(np.sqrt(self.cutting.sharpness + 1.0))

    @property
    def crops(self) -> Iterator[Crop]:
        """The crop, or none where it is still to be cut."""
        if self.image is not None:
            cutting = self.cutting
            yield Crop(cutting.time, self.image, cutting.sharpness, cutting.covered)


@dataclass(slots=True)
class _Passage:
    start: float
    slot_s: float = FIRST_SLOT_S
    slots: dict[int, _Candidate] = field(default_factory=dict)

    def slot_at(self, time: float, capacity: int) -> int:
        """Slot of a moment; doubles the slots and merges neighbours until it fits."""
        while (time - self.start) / self.slot_s >= capacity:
            self.slot_s *= 2
            merged: dict[int, _Candidate] = {}
            for slot, candidate in sorted(self.slots.items()):
                rival = merged.get(slot // 2)
                if rival is None or candidate.worth > rival.worth:
                    merged[slot // 2] = candidate
            self.slots = merged
        return max(0, int((time - self.start) / self.slot_s))


class CropReservoir(Remembering):
    """Bounded store of anonymised crops of the riders in view of one camera.

    Only anonymised pixels are kept, at most `capacity` crops a rider, and only while the rider's
    passage is in progress. The choice depends on boxes, times and pixels alone, so that a repeated run
    keeps the same crops.

    Its memory holds no pixels: after `restore` it wants the frames its crops were cut from once more
    (`wanted`, `recall`), until `end_recall`.
    """

    def __init__(
        self,
        anonymise: Callable[[Image], Image],
        capacity: int = 8,
        *,
        margin: float = 0.05,
        longest_side: int = 128,
        least_height: float = 24.0,
        keep_size: bool = False,
    ) -> None:
        """Start empty.

        Args:
            anonymise: Makes the rider in a crop unrecognisable; called before a crop is kept.
            capacity: Most crops kept of one rider.
            margin: Border around the box, as a share of its sides.
            longest_side: Pixels to which larger crops are shrunk before they are anonymised; the
                height at which the thesis found its blur to be enough.
            least_height: Boxes lower than this many pixels are not worth an embedding.
            keep_size: Do not shrink; for data sets, whose crops are resized when they are read.

        Raises:
            ValueError: If capacity is below 1.
        """
        if capacity < 1:
            raise ValueError(f"a reservoir keeps at least 1 crop a rider, not {capacity}")
        self._anonymise = anonymise
        self._capacity = capacity
        self._margin = margin
        self._longest_side = longest_side
        self._least_height = least_height
        self._keep_size = keep_size
        self._passages: dict[int, _Passage] = {}

    def __len__(self) -> int:
        """Number of riders of whom crops are kept."""
        return len(self._passages)

    def observe(self, local_ids: IntArray, boxes: FloatArray, frame: Frame) -> None:
        """Look at the riders of one frame and keep the crops that improve the choice.

        Args:
            local_ids: (N,) track numbers.
            boxes: (N, 4) xyxy pixels; parts outside the frame are cut off.
            frame: The frame, its pixels untouched; it is not kept.
        """
        if len(local_ids) == 0:
            return
        covered = occlusions(boxes)
        seen = self._visibilities(boxes, covered, frame)
        for i in np.flatnonzero(seen > 0.0).tolist():
            number = int(local_ids[i])
            passage = self._passages.setdefault(number, _Passage(frame.time))
            slot = passage.slot_at(frame.time, self._capacity)
            kept = passage.slots.get(slot)
            if kept is None or seen[i] > CLEARLY_BETTER * kept.visibility:
                passage.slots[slot] = self._keep(boxes[i].copy(), float(covered[i]), float(seen[i]), frame)

    def take(self, local_id: int) -> tuple[Crop, ...]:
        """The crops kept of a rider, in time order.

        Args:
            local_id: Track number.

        Returns:
            At most `capacity` crops, anonymised; none for a rider never seen well enough.
        """
        passage = self._passages.get(local_id)
        if passage is None:
            return ()
        kept = passage.slots.values()
        best = max((candidate.visibility for candidate in kept), default=0.0)
        good = [crop for one in kept if one.visibility >= WORST_TO_BEST * best for crop in one.crops]
        return tuple(sorted(good, key=lambda crop: crop.time))

    def drop(self, local_id: int) -> None:
        """Forget a rider; a number that is not known is nothing to forget."""
        self._passages.pop(local_id, None)

    def memory(self) -> State:
        """Which crops are kept, without their pixels."""
        return {
            "passages": {
                number: (passage.start, passage.slot_s, {s: one.cutting for s, one in passage.slots.items()})
                for number, passage in self._passages.items()
            }
        }

    def restore(self, memory: State) -> None:
        """See `Remembering.restore`; the pixels are still to come."""
        self.check(memory, ("passages",))
        self._passages = {
            number: _Passage(start, slot_s, {slot: _Candidate(one, None) for slot, one in slots.items()})
            for number, (start, slot_s, slots) in memory["passages"].items()
        }

    @property
    def wanted(self) -> frozenset[FrameKey]:
        """The frames from which crops are still to be cut."""
        return frozenset(one.cutting.frame for one in self._candidates() if one.image is None)

    def recall(self, frame: Frame) -> None:
        """Cut the crops again that were cut from a frame before."""
        for one in self._candidates():
            if one.image is None and one.cutting.frame == (frame.source, frame.index):
                one.image = self._anonymise(self._shrink(self._pixels(one.cutting.box, frame)))

    def end_recall(self) -> int:
        """Go on without the crops whose frames did not come again.

        Returns:
            Number of crops that are lost.
        """
        lost = 0
        for passage in self._passages.values():
            there = {slot: one for slot, one in passage.slots.items() if one.image is not None}
            lost += len(passage.slots) - len(there)
            passage.slots = there
        return lost

    def _candidates(self) -> Iterator[_Candidate]:
        for passage in self._passages.values():
            yield from passage.slots.values()

    def _visibilities(self, boxes: FloatArray, covered: FloatArray, frame: Frame) -> FloatArray:
        """How well each rider is seen, (N,) in 0..1; 0 where a crop is not worth keeping."""
        height, width = frame.image.shape[:2]
        tall = boxes[:, 3] - boxes[:, 1]
        size = np.minimum(1.0, np.maximum(0.0, tall) / self._longest_side)
        cut_off = (
            (boxes[:, :2] <= EDGE_PIXELS).any(axis=1)
            | (boxes[:, 2] >= width - EDGE_PIXELS)
            | (boxes[:, 3] >= height - EDGE_PIXELS)
        )
        seen = size * (1.0 - covered) * inside_shares(boxes, height, width)
        return np.where(tall >= self._least_height, seen * np.where(cut_off, EDGE_PENALTY, 1.0), 0.0)

    def _keep(self, box: FloatArray, covered: float, visibility: float, frame: Frame) -> _Candidate:
        pixels = self._pixels(box, frame)
        place = (frame.source, frame.index, frame.time, box)
        cutting = Cutting(*place, covered, visibility, sharpness(pixels))
        return _Candidate(cutting, self._anonymise(self._shrink(pixels)))

    def _pixels(self, box: FloatArray, frame: Frame) -> Image:
        height, width = frame.image.shape[:2]
        across, along = self._margin * (box[2] - box[0]), self._margin * (box[3] - box[1])
        left, right = max(0, int(box[0] - across)), min(width, int(np.ceil(box[2] + across)))
        top, bottom = max(0, int(box[1] - along)), min(height, int(np.ceil(box[3] + along)))
        # A copy: a view would keep the whole frame in memory.
        return frame.image[top:bottom, left:right].copy()

    def _shrink(self, pixels: Image) -> Image:
        height, width = pixels.shape[:2]
        scale = self._longest_side / max(height, width)
        if scale >= 1.0 or self._keep_size:
            return pixels
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
