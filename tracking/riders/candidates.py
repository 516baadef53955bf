"""What may be a cyclist in one frame."""

from dataclasses import dataclass, fields

import numpy as np

from tracking.arrays import BoolArray, FloatArray, IntArray
from tracking.values import Detections


@dataclass(frozen=True, slots=True)
class Candidates:
    """What may be a cyclist in one frame, with the evidence for and against it.

    A person and the two-wheeler below it are one row; persons and two-wheelers without
    a partner are rows of their own, because a small detector sees only one of the two
    in most frames.

    Attributes:
        xyxy: (N, 4) float32 px, the union of the boxes of the row.
        score: (N,) float32, the best score among the boxes of the row.
        class_id: (N,) int64, CYCLIST for a pair, else PERSON, BICYCLE, MOTORCYCLE or MOVING.
        person_box: (N, 4) float32 px, NaN where no person was seen.
        wheels_box: (N, 4) float32 px, the two-wheeler, NaN where none was seen.
        person: (N,) float32 score of the person, 0 where none was seen.
        bicycle: (N,) float32 score of the two-wheeler as a bicycle.
        motorcycle: (N,) float32 score of the two-wheeler as a motorcycle.
        enclosed: (N,) float32 share of the row's box inside one car, bus or lorry.
        on_foot: (N,) float32 score as a pedestrian, of a detector that tells them from cyclists;
            0 where it saw none. It speaks against the row.
    """

    xyxy: FloatArray
    score: FloatArray
    class_id: IntArray
    person_box: FloatArray
    wheels_box: FloatArray
    person: FloatArray
    bicycle: FloatArray
    motorcycle: FloatArray
    enclosed: FloatArray
    on_foot: FloatArray

    def __len__(self) -> int:
        return len(self.score)

    def __getitem__(self, selection: BoolArray | IntArray | slice) -> "Candidates":
        return Candidates(*(getattr(self, field.name)[selection] for field in fields(self)))

    @property
    def detections(self) -> Detections:
        """The rows as boxes for the region of interest and the tracklet builder."""
        return Detections(self.xyxy, self.score, self.class_id)


def concatenate(parts: list[Candidates]) -> Candidates:
    """Put the rows of at least one part below each other."""
    parts = [part for part in parts if len(part)] or parts[:1]
    if len(parts) == 1:
        return parts[0]
    columns = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in fields(Candidates)
    }
    return Candidates(**columns)
