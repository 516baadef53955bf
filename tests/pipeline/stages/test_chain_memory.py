"""A chain that is written down and restored behind any frame goes on as if nothing had happened."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.stages import CameraChain, ChainSettings
from pipeline.telemetry import StageClock
from tests.alike import differences
from tracking.arrays import Image
from tracking.memory import UnreadableMemoryError, from_text, to_text
from tracking.region import RegionOfInterest
from tracking.riders import RiderSettings
from tracking.tracklets import TrackerSettings
from tracking.values import Detections, Frame, ObjectClass

SIZE = (320, 180)
START = 1_715_673_600.0
FPS = 10.0
CLOCK = StageClock()
REGION = RegionOfInterest(SIZE)
RIDER = RiderSettings.model_validate({})
CORRECTED = TrackerSettings.model_validate({})
LITERAL = TrackerSettings.model_validate({"mode": "literal", "literal_seed": True})


@dataclass(frozen=True)
class Scene:
    """A street: who is there, and how badly it is seen."""

    seed: int
    frames: int = 60
    riders: int = 2
    standing: int = 1
    parked: int = 2
    apart: bool = False
    missed: float = 0.1
    jitter: float = 0.5

    def detections(self) -> Iterator[Detections]:
        """Boxes frame by frame, of whole cyclists or of persons and bicycles apart."""
        noise = np.random.default_rng(self.seed)
        enter = noise.uniform(0, max(self.frames / FPS - 8, 2), self.riders)
        way = noise.choice([-1, 1], self.riders)
        x, y = noise.uniform(40, 280, self.standing + self.parked), noise.uniform(60, 90, 64)
        for frame in range(self.frames):
            since = frame / FPS - enter
            rows = [
                row
                for number in np.flatnonzero((since >= 0) & (since < 3.5))
                for row in self._ride(160 + way[number] * (since[number] * 100 - 160), y[number])
            ]
            rows += [(x[n], y[n] + 20, 16, 48, self._person) for n in range(self.standing)]
            rows += [(x[-n], y[-n] + 20, 40, 30, ObjectClass.BICYCLE) for n in range(1, self.parked + 1)]
            table = np.array(rows, np.float64).reshape(-1, 5)
            table = table[noise.random(len(table)) >= self.missed]
            table[:, :4] += noise.normal(0, self.jitter, (len(table), 4))
            middle, top, width, height, kind = table.T
            boxes = np.stack([middle - width / 2, top, middle + width / 2, top + height], axis=1)
            scores = noise.uniform(0.3, 0.95, len(table))
            yield Detections(boxes.astype(np.float32), scores.astype(np.float32), kind.astype(np.int64))

    @property
    def _person(self) -> ObjectClass:
        return ObjectClass.PERSON if self.apart else ObjectClass.PEDESTRIAN

    def _ride(self, middle: float, top: float) -> list[tuple[float, float, float, float, int]]:
        if not self.apart:
            return [(middle, top, 34, 50, ObjectClass.CYCLIST)]
        person = (middle, top, 20, 40, ObjectClass.PERSON)
        return [person, (middle, top + 20, 40, 30, ObjectClass.BICYCLE)]


@cache
def picture(index: int) -> Image:
    """A frame like no other."""
    noise = np.random.default_rng(index).integers(0, 255, (18, 32, 3), np.uint8)
    return np.asarray(cv2.resize(noise, SIZE, interpolation=cv2.INTER_LINEAR), np.uint8)


def frame_of(index: int) -> Frame:
    """Files of 25 frames each, one behind the other."""
    time = START + index / FPS
    return Frame("A", f"{index // 25}.mp4", index % 25, time, picture(index))


def frame_at(key: tuple[str, int]) -> Frame:
    source, index = key
    return frame_of(int(source.split(".")[0]) * 25 + index)


def darken(crop: Image) -> Image:
    """Stands for a blur: a recalled crop that was not treated would differ."""
    return np.asarray(crop // 2, np.uint8)


def new_chain(tracker: TrackerSettings) -> CameraChain:
    chain_settings = ChainSettings(
        camera="A",
        frame_size=SIZE,
        region=REGION,
        counting_line=None,
        rider=RIDER,
        tracker=tracker,
        crops_per_tracklet=4,
    )
    return CameraChain(chain_settings, darken, CLOCK)


def restored(chain: CameraChain, tracker: TrackerSettings) -> CameraChain:
    """A new chain in the place of one that was written down."""
    text = to_text(chain.memory())
    other = new_chain(tracker)
    other.restore(from_text(text))
    for key in sorted(other.wanted):
        other.recall(frame_at(key))
    assert other.end_recall() == 0
    return other


def outputs(chain: CameraChain, scene: Scene, first: int = 0) -> list[Any]:
    """Everything that a chain says about the frames from one on."""
    said: list[Any] = []
    for index, found in enumerate(scene.detections()):
        if index >= first:
            passages = chain.process(frame_of(index), found)
            said.append((passages, chain.settled_until, chain.quiet))
    return [*said, chain.finish()]


@given(
    st.builds(
        Scene,
        seed=st.integers(0, 10**6),
        frames=st.just(100),
        riders=st.integers(0, 4),
        standing=st.integers(0, 3),
        parked=st.integers(0, 3),
        apart=st.booleans(),
        missed=st.sampled_from([0.0, 0.1, 0.4]),
        jitter=st.sampled_from([0.0, 0.5, 4.0]),
    )
)
@settings(max_examples=5)
def test_restored_behind_every_frame_it_is_the_same_to_the_last_attribute(scene: Scene) -> None:
    whole, broken = new_chain(CORRECTED), new_chain(CORRECTED)
    for index, found in enumerate(scene.detections()):
        frame = frame_of(index)
        expected, said = whole.process(frame, found), broken.process(frame, found)
        assert differences(expected, said) == [], f"what was said of frame {index}"
        broken = restored(broken, CORRECTED)
        assert differences(whole, broken) == [], f"what is remembered behind frame {index}"
    assert differences(whole.finish(), broken.finish()) == []


@given(st.integers(0, 10**6), st.integers(1, 89))
@settings(max_examples=3)
def test_one_restart_anywhere_changes_nothing_that_follows(seed: int, stop: int) -> None:
    scene = Scene(seed, frames=90, riders=4, standing=2)
    expected = outputs(new_chain(CORRECTED), scene)
    chain = new_chain(CORRECTED)
    for index, found in zip(range(stop), scene.detections(), strict=False):
        chain.process(frame_of(index), found)
    assert differences(expected[stop:], outputs(restored(chain, CORRECTED), scene, stop)) == []


def test_the_scenes_hold_what_is_to_be_remembered() -> None:
    """Riders who are counted with crops, and somebody always in view."""
    said = outputs(new_chain(CORRECTED), Scene(3, frames=90, riders=4, standing=2))
    counted = [passage for passages, *_ in said[:-1] for passage in passages] + said[-1]
    assert len(counted) >= 3, [passage.tracklet.duration_s for passage in counted]
    assert all(passage.tracklet.crops for passage in counted)
    assert not any(quiet for _, _, quiet in said[5:-1])


def test_the_literal_replay_of_the_paper_is_remembered_too() -> None:
    scene = Scene(1, frames=30, riders=1, standing=0, parked=0, missed=0.0)
    whole, broken = new_chain(LITERAL), new_chain(LITERAL)
    for index, found in enumerate(scene.detections()):
        whole.process(frame_of(index), found)
        broken.process(frame_of(index), found)
        broken = restored(broken, LITERAL)
        assert differences(whole, broken) == [], index


def test_a_memory_holds_no_pixels() -> None:
    chain = new_chain(CORRECTED)
    for index, found in enumerate(Scene(3).detections()):
        chain.process(frame_of(index), found)
    held = list(arrays_in(from_text(to_text(chain.memory()))))
    assert held
    assert max(array.ndim for array in held) <= 2
    assert not any(array.dtype == np.uint8 for array in held)


def arrays_in(value: Any) -> Iterator[np.ndarray]:
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, dict):
        yield from (array for part in value.values() for array in arrays_in(part))
    elif isinstance(value, list | tuple | deque):
        yield from (array for part in value for array in arrays_in(part))
    elif is_dataclass(value):
        yield from (array for field in fields(value) for array in arrays_in(getattr(value, field.name)))


def test_crops_whose_frames_are_gone_are_given_up_and_counted() -> None:
    scene = Scene(3, frames=90, riders=4, standing=2)
    chain = new_chain(CORRECTED)
    detections = list(scene.detections())
    for index in range(45):
        chain.process(frame_of(index), detections[index])
    other = new_chain(CORRECTED)
    other.restore(from_text(to_text(chain.memory())))
    there = sorted(other.wanted)
    gone = [key for key in there if key[0] == "0.mp4"]
    assert 0 < len(gone) < len(there), there
    for key in there:
        if key not in gone:
            other.recall(frame_at(key))
    assert other.end_recall() >= len(gone)
    assert not other.wanted
    for index in range(45, 90):
        chain.process(frame_of(index), detections[index])
        other.process(frame_of(index), detections[index])
    for passage in other.finish():
        assert all(crop.image is not None for crop in passage.tracklet.crops)


def test_the_memory_of_another_chain_is_refused() -> None:
    chain = new_chain(CORRECTED)
    memory = dict(chain.memory())
    del memory["_judge"]
    with pytest.raises(UnreadableMemoryError, match="the memory of a CameraChain"):
        new_chain(CORRECTED).restore(memory)
