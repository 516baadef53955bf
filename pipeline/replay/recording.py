"""What was recorded of one camera instead of its pixels."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tracking.arrays import BoolArray, FloatArray, IntArray
from tracking.attention.sampling import FrameSampler
from tracking.values import Detections


@dataclass(frozen=True, slots=True)
class Recording:
    """Boxes and embeddings of one camera, frame by frame.

    Attributes:
        camera: Camera id.
        path: The file it was read from; its contents identify the footage.
        frame_size: Width and height of the pictures, pixels.
        seconds: (T,) times of the recorded frames after the first, increasing.
        first_row: (T + 1,) the boxes of frame t are the rows from ``first_row[t]`` to ``first_row[t + 1]``.
        detections: N boxes in order of frames.
        embedding_of: (N,) position of each box's embedding, -1 where it has none.
        embeddings: (M, D) float32, rows of unit norm.
    """

    camera: str
    path: Path
    frame_size: tuple[int, int]
    seconds: FloatArray
    first_row: IntArray
    detections: Detections
    embedding_of: IntArray
    embeddings: FloatArray

    def __len__(self) -> int:
        return len(self.seconds)

    def rows(self, frame: int) -> slice:
        """Where the boxes of a frame are."""
        return slice(int(self.first_row[frame]), int(self.first_row[frame + 1]))

    def looked_at(self, max_fps: float | None) -> BoolArray:
        """(T,) mask of the frames that footage of so many frames a second at most would show."""
        sampler = FrameSampler(max_fps)
        return np.array([sampler.admits(moment) for moment in self.seconds.tolist()], bool)

    def busy_frames(self, looked_at: BoolArray, linger_s: float) -> IntArray:
        """Frames that can change anything: those with boxes and those up to so many seconds after one.

        Args:
            looked_at: (T,) mask; nothing is seen in the other frames.
            linger_s: Time after which a chain that sees nothing has nothing left to decide.

        Returns:
            (K,) frame numbers, increasing.
        """
        shown = np.where(looked_at & (np.diff(self.first_row) > 0), self.seconds, -np.inf)
        lately = self.seconds - np.maximum.accumulate(shown) <= linger_s
        return np.flatnonzero(lately & looked_at)


def rows_of_frames(frames: IntArray, count: int) -> IntArray:
    """Where the rows of each frame begin.

    Args:
        frames: (N,) frame number of each row, never falling, below `count`.
        count: Number of frames T.

    Returns:
        (T + 1,) first row of each frame, then N.
    """
    return np.searchsorted(frames, np.arange(count + 1)).astype(np.int64)
