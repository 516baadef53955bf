"""Real clips at any rate: the boxes of all their frames are found once, and looked at again and again."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import cv2
import numpy as np
import yaml

from benchmarks.real_clips import CLIPS as REAL_CLIPS
from pipeline.cameras.detectors import DetectorShelf
from pipeline.cameras.prepared import open_sources
from pipeline.configuration import Configuration, load_configuration
from pipeline.stages import CameraChain, ChainSettings
from pipeline.telemetry import StageClock
from tracking.arrays import FloatArray, Image, IntArray
from tracking.attention import Attention, AttentionSettings, small_size
from tracking.attention.sampling import FrameSampler
from tracking.detectors import Detector
from tracking.values import Crop, Detections, Frame

CLIPS = {one.files: one.cyclists for one in REAL_CLIPS}
"""File or files of a camera → cyclists, read by eye."""


@dataclass(frozen=True, slots=True)
class ClipBoxes:
    """What the detector found in every frame of a clip, each looked at as a whole.

    Attributes:
        times: (T,) seconds since the epoch.
        source: (T,) name of the file of each frame.
        index: (T,) position in its file.
        first_row: (T + 1,) rows of frame t are those from ``first_row[t]`` to ``first_row[t + 1]``.
        rows: (N, 6) box, score and class.
        small: (T, h, w) uint8 small pictures, in which movement is looked for.
        frame_size: Width and height, pixels.
    """

    times: FloatArray
    source: IntArray
    index: IntArray
    first_row: IntArray
    rows: FloatArray
    small: Image
    frame_size: IntArray

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read what `write` wrote."""
        with np.load(file) as archive:
            return cls(**{name: archive[name] for name in cls.__slots__})

    def write(self, file: Path) -> None:
        """Keep it."""
        np.savez_compressed(file, **{name: getattr(self, name) for name in self.__slots__})

    @classmethod
    def of(cls, configuration: Configuration) -> Self:
        """Look at every frame of the one camera of a site."""
        (source,) = open_sources(configuration)
        camera = configuration.cameras[0]
        detector: Detector = DetectorShelf().take(camera.detector, camera.id)
        frames, rows, small = [], [], []
        for frame in source.frames():
            (found,) = detector.detect([frame.image])
            rows.append(np.column_stack([found.xyxy, found.score, found.class_id]))
            grey = cv2.cvtColor(frame.image, cv2.COLOR_BGR2GRAY)
            small.append(cv2.resize(grey, small_size(*source.frame_size), interpolation=cv2.INTER_AREA))
            frames.append((frame.time, frame.source, frame.index))
        times, names, numbers = zip(*frames, strict=True)
        first_row = np.cumsum([0, *map(len, rows)])
        columns = (np.array(times), np.array(names), np.array(numbers), first_row, np.concatenate(rows))
        return cls(*columns, np.stack(small), np.array(source.frame_size))

    def detections(self, number: int) -> Detections:
        """The boxes of one frame."""
        rows = self.rows[self.first_row[number] : self.first_row[number + 1]]
        boxes, score = rows[:, :4].astype(np.float32), rows[:, 4].astype(np.float32)
        return Detections(boxes, score, rows[:, 5].astype(np.int64))

    def at_rate(self, rate: float, late: float = 0.0) -> list[int]:
        """Frames of so many looks a second.

        Args:
            rate: Looks a second.
            late: Share of the time between two looks by which they come later.
        """
        chosen: list[int] = []
        for name in dict.fromkeys(self.source.tolist()):
            numbers = np.flatnonzero(self.source == name)
            sampler, begin = FrameSampler(rate), float(self.times[numbers[0]])
            shifted = (self.times[numbers] - begin - late / rate).tolist()
            chosen += [
                int(n) for n, at in zip(numbers, shifted, strict=True) if at >= 0 and sampler.admits(at)
            ]
        return chosen

    def by_default(self, settings: AttentionSettings) -> list[int]:
        """Frames that the attention looks at; nothing is cut off by the edges of parts here."""
        chosen: list[int] = []
        for name in dict.fromkeys(self.source.tolist()):
            attention = Attention(settings)
            numbers = np.flatnonzero(self.source == name).tolist()
            for number in numbers:
                seconds = float(self.times[number] - self.times[numbers[0]])
                size = int(self.frame_size[0]), int(self.frame_size[1])
                picture = self.small[number]
                if attention.decide(seconds, size, lambda _, picture=picture: picture).looks:
                    chosen.append(number)
        return chosen


def configure(clip: str, videos: Path, folder: Path) -> Configuration:
    """A site of one camera, with nothing configured."""
    name = clip.partition(".")[0].rstrip("-*")
    clock = {"time_pattern": "%Y-%m-%d_%H-%M-%S"} if "*" in clip else {"start": "2020-02-20T13:11:00"}
    camera = {"id": name, "source": str((videos / clip).resolve()), **clock}
    file = folder / f"{name}.yaml"
    file.write_text(yaml.safe_dump({"site": "clips", "timezone": "UTC", "cameras": [camera], "links": []}))
    return load_configuration(file)


def count(boxes: ClipBoxes, looks: Sequence[int], configuration: Configuration) -> int:
    """Cyclists of a clip, of which only some frames are looked at."""
    camera = configuration.cameras[0]
    size = int(boxes.frame_size[0]), int(boxes.frame_size[1])
    region = configuration.region(camera.id, size)
    settings = ChainSettings(camera.id, size, region, None, camera.rider, camera.tracker, 1)
    chain = CameraChain(settings, lambda image: image, StageClock(), _NoCrops())
    black = np.broadcast_to(np.zeros(1, np.uint8), (size[1], size[0], 3))
    counted, before = 0, -np.inf
    for number in looks:
        time, name = float(boxes.times[number]), str(boxes.source[number])
        frame = Frame(camera.id, name, int(boxes.index[number]), time, black, before=before)
        counted += len(chain.process(frame, boxes.detections(number)))
        before = time
    return counted + len(chain.finish())


class _NoCrops:
    """Keeps no crop: nothing is embedded."""

    def observe(self, local_ids: IntArray, boxes: FloatArray, frame: Frame) -> None: ...

    def take(self, local_id: int) -> tuple[Crop, ...]:
        return ()

    def drop(self, local_id: int) -> None: ...
