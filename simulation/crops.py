"""Pictures of riders straight from a world, without video in between: a handful of frames per passage."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from simulation.camera import Camera
from simulation.recording import Recording
from simulation.region import region_of
from simulation.scene import Scene
from simulation.tracks import Track, watch
from simulation.world import CYCLISTS
from tracking.arrays import FloatArray, Image, IntArray
from tracking.region import RegionOfInterest


@dataclass(frozen=True, slots=True)
class CropPlan:
    """Which pictures are taken of each passage.

    Attributes:
        per_passage: Most pictures of one rider's way through one view, spread over it evenly.
        least_visible: Least share of the body that must be visible, 0..1.
        least_height_px: Least height of the body in the picture.
        margin: Border around the box, as a share of its sides.
        masks: Also tell which pixels show the rider.
    """

    per_passage: int = 5
    least_visible: float = 0.5
    least_height_px: float = 24.0
    margin: float = 0.05
    masks: bool = False


@dataclass(frozen=True, slots=True)
class RenderedCrop:
    """A rider in one picture.

    Attributes:
        image: (h, w, 3) uint8 BGR, as sharp as the camera took it: nothing is blurred.
        mask: (h, w) uint8, 255 where at least half of a pixel shows the rider or the bicycle; None
            where none was asked for.
        rider: Identity, the same at all cameras of the world.
        camera: Camera number, from 0.
        passage: Number of the passage at this camera, from 0.
        frame: Frame number.
        time_s: Seconds after the start of the recording.
        visible: Share of the body that is neither outside the picture nor behind another.
    """

    image: Image
    mask: Image | None
    rider: int
    camera: int
    passage: int
    frame: int
    time_s: float
    visible: float


@dataclass(frozen=True, slots=True)
class _Shot:
    """A picture to be taken."""

    frame: int
    passage: int
    rider: int
    box: FloatArray
    visible: float


Progress = Callable[[int, int], None]
"""Told how many pictures of how many are done."""


def render_crops(
    recording: Recording, plan: CropPlan, on_progress: Progress = lambda done, total: None
) -> Iterator[RenderedCrop]:
    """Paint the pictures in which riders are cut out, and only those.

    The same recording and plan give the same pixels. The pixels differ from those of the video by its
    compression, and by noise.

    Args:
        recording: World, size of the pictures, frames per second. The taller the picture, the taller the
            riders: about a fifth of it in the middle of the street.
        plan: Which pictures.
        on_progress: Told how many pictures of how many are done.

    Yields:
        Crops by camera, frame and passage. A rider who is never seen well enough has none.
    """
    cameras = range(len(recording.world.network.names))
    times = recording.times()
    shots = {number: _choose(recording, number, times, plan) for number in cameras}
    total, done = sum(map(len, shots.values())), 0
    for number in cameras:
        scene = _scene(recording, number, times)
        picture, last = np.zeros((0, 0, 3), np.uint8), -1
        for shot in shots[number]:
            if shot.frame != last:
                picture, last = scene.picture(shot.frame), shot.frame
            yield _cut(picture, shot, number, scene, float(times[shot.frame]), plan)
            done += 1
            on_progress(done, total)


def _scene(recording: Recording, number: int, times: FloatArray) -> Scene:
    world = recording.world
    return Scene(
        recording.camera(number),
        number,
        world.at(number),
        times,
        settings=world.scenario.picture,
        seed=world.seed,
    )


def _choose(recording: Recording, number: int, times: FloatArray, plan: CropPlan) -> list[_Shot]:
    """All shots of a camera, by frame and passage."""
    camera = recording.camera(number)
    riders = [
        track
        for track in watch(recording.world.at(number), camera, times)
        if track.visit.actor.kind in CYCLISTS
    ]
    shots: list[_Shot] = []
    passage = 0
    for track in sorted(riders, key=lambda one: (int(one.frames[0]), one.visit.actor.identity)):
        rows = _spread(_usable(track, camera, plan), plan.per_passage)
        who = track.visit.actor.identity
        shots += [
            _Shot(int(track.frames[row]), passage, who, track.boxes[row], float(track.visible[row]))
            for row in rows
        ]
        passage += len(rows) > 0
    return sorted(shots, key=lambda shot: (shot.frame, shot.passage))


def _usable(track: Track, camera: Camera, plan: CropPlan) -> IntArray:
    """Rows of a track in which the rider is seen well enough within the region of interest."""
    place = RegionOfInterest(camera.size, region_of(camera).tolist())
    high = track.boxes[:, 3] - track.boxes[:, 1]
    seen = (track.visible >= plan.least_visible) & (high >= plan.least_height_px)
    return np.flatnonzero(place.contains(track.boxes) & seen)


def _spread(rows: IntArray, most: int) -> IntArray:
    """As many as allowed, the first and the last among them, evenly between."""
    if len(rows) <= most:
        return rows
    return np.asarray(rows[np.round(np.linspace(0, len(rows) - 1, most)).astype(int)])


def _cut(
    picture: Image, shot: _Shot, camera: int, scene: Scene, time_s: float, plan: CropPlan
) -> RenderedCrop:
    height, width = picture.shape[:2]
    sides = shot.box[2:] - shot.box[:2]
    left, top = np.maximum(np.floor(shot.box[:2] - plan.margin * sides), 0).astype(int)
    right, bottom = np.minimum(np.ceil(shot.box[2:] + plan.margin * sides), [width, height]).astype(int)
    mask = None
    if plan.masks:
        share = scene.mask(shot.rider, shot.frame)[top:bottom, left:right]
        mask = np.where(share >= 0.5, 255, 0).astype(np.uint8)
    return RenderedCrop(
        image=picture[top:bottom, left:right].copy(),
        mask=mask,
        rider=shot.rider,
        camera=camera,
        passage=shot.passage,
        frame=shot.frame,
        time_s=time_s,
        visible=shot.visible,
    )
