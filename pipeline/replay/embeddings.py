"""Recorded embeddings in the place of crops, from the sampler to the encoder."""

from collections.abc import Sequence

import numpy as np

from pipeline.replay.recording import Recording
from tracking.arrays import FloatArray, Image, IntArray
from tracking.boxes import iou_matrix
from tracking.match_curve import MatchCurve
from tracking.values import Crop, Frame

LEAST_OVERLAP = 0.5
"""A rider's box that meets no recorded box this well (IoU) shows something else."""
MOST_KEPT = 64
"""Embeddings kept of one rider; every second one gives way to later ones."""


class EmbeddingSampler:
    """Keeps, of every rider in view, the embeddings recorded for the boxes it had.

    A crop that it hands out carries the bytes of an embedding instead of pixels, for `EmbeddingReader`.

    Args:
        recording: Boxes and embeddings.
    """

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._kept: dict[int, list[tuple[float, int]]] = {}

    def observe(self, local_ids: IntArray, boxes: FloatArray, frame: Frame) -> None:
        """Note the embeddings of the riders of one frame; see `CropSampler`."""
        rows = self._recording.rows(frame.index)
        recorded = self._recording.detections.xyxy[rows]
        if not len(local_ids) or not len(recorded):
            return
        overlap = iou_matrix(boxes, recorded)
        places = self._recording.embedding_of[rows][overlap.argmax(axis=1)]
        shown = (overlap.max(axis=1) >= LEAST_OVERLAP) & (places >= 0)
        for local_id, place in zip(local_ids[shown].tolist(), places[shown].tolist(), strict=True):
            kept = self._kept.setdefault(local_id, [])
            if len(kept) >= MOST_KEPT:
                del kept[1::2]
            kept.append((frame.time, place))

    def take(self, local_id: int) -> tuple[Crop, ...]:
        """One crop for each embedding kept of a rider, in time order."""
        return tuple(
            Crop(time, _as_image(self._recording.embeddings[place]), sharpness=1.0, occlusion=0.0)
            for time, place in self._kept.get(local_id, ())
        )

    def drop(self, local_id: int) -> None:
        """Forget a rider."""
        self._kept.pop(local_id, None)


class EmbeddingReader:
    """The encoder that takes the embeddings out of the crops again.

    Args:
        model_id: Name of what made the embeddings.
        dimension: Length D of an embedding.
        threshold: Distance below which two averaged tracklets are the same rider.
    """

    def __init__(self, model_id: str, dimension: int, threshold: float) -> None:
        self.model_id = model_id
        self.dimension = dimension
        self.threshold: float | None = threshold
        self.calibration: MatchCurve | None = None

    def encode(self, crops: Sequence[Image]) -> FloatArray:
        """See `reid.encoders.base.Encoder`."""
        if not crops:
            return np.zeros((0, self.dimension), np.float32)
        return np.stack([crop.reshape(-1).view(np.float32) for crop in crops])


def _as_image(embedding: FloatArray) -> Image:
    return np.ascontiguousarray(embedding, np.float32).view(np.uint8).reshape(1, -1, 1)
