"""Fewer looks, tried on boxes that were found before: the detector looks at nothing again."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from flows.accuracy import Passages
from pipeline.cameras import PreparedCamera
from pipeline.stages import CameraChain, Passage
from pipeline.telemetry import StageClock
from pipeline.tuning.pieces import Piece, stretches
from pipeline.tuning.watch import Look
from tracking.arrays import FloatArray, Image, IntArray
from tracking.attention.sampling import FrameSampler
from tracking.values import Crop, Frame


class NoCrops:
    """Keeps nothing of a rider: there is no picture to cut from; see `CropSampler`."""

    def observe(self, local_ids: IntArray, boxes: FloatArray, frame: Frame) -> None:
        """Look away."""

    def take(self, local_id: int) -> tuple[Crop, ...]:
        """Nothing."""
        return ()

    def drop(self, local_id: int) -> None:
        """Forget nothing."""


def at_rate(camera: PreparedCamera, looks: Iterable[Look], rate: float) -> list[Look]:
    """Those looks that a rate would take, by the same clock as a run.

    Args:
        camera: Knows when its sources begin.
        looks: In order.
        rate: Per second.
    """
    starts = {one.name: one.start for one in camera.source.sources}
    samplers = {name: FrameSampler(rate) for name in starts}
    return [one for one in looks if samplers[one.source].admits(one.time - starts[one.source])]


def every_second(looks: Sequence[Look], first: int) -> list[Look]:
    """Every second look, beginning with number `first`."""
    return list(looks[first::2])


def passages_of(
    cameras: Sequence[PreparedCamera],
    pieces: Sequence[Piece],
    boxes: Mapping[str, Sequence[Look]],
) -> Passages:
    """What the chain makes of some boxes.

    Args:
        cameras: All of them.
        pieces: What was watched.
        boxes: Camera id → its looks, in order.
    """
    rows: list[tuple[str, float, float, str, str, int]] = []
    for camera in cameras:
        looks = boxes.get(camera.id, ())
        for start, end in stretches([piece for piece in pieces if piece.camera == camera.id]):
            for one in _passages(camera, [look for look in looks if start <= look.time < end]):
                own = one.tracklet
                name = f"alone {len(rows):09d}"
                rows.append((camera.id, float(own.times[0]), float(own.times[-1]), own.direction, name, 0))
    return Passages.of(rows, tuple(camera.id for camera in cameras))


def _passages(camera: PreparedCamera, looks: Iterable[Look]) -> list[Passage]:
    chain = CameraChain(camera.chain, _as_it_is, StageClock(), NoCrops())
    width, height = camera.chain.frame_size
    black = np.broadcast_to(np.zeros(1, np.uint8), (height, width, 3))
    found = [
        passage
        for look in looks
        for passage in chain.process(Frame(camera.id, look.source, look.index, look.time, black), look.found)
    ]
    return found + chain.finish()


def _as_it_is(image: Image) -> Image:
    return image
