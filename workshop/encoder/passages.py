"""Passages of simulated riders: what the program would know of them, and who they were."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from simulation.crops import CropPlan, RenderedCrop, render_crops
from tracking.arrays import Image
from workshop.encoder.pictures import MARGIN, Finish
from workshop.encoder.worlds import SmallWorld

_LEAST_VISIBLE = 0.4


@dataclass(frozen=True, slots=True)
class RiderPassage:
    """One simulated rider before one camera.

    Attributes:
        rider: Identity within the world.
        camera: Camera number, from 0.
        enter_s: First picture, by the camera's own clock, seconds after the start.
        exit_s: Last picture.
        crops: Sharp pictures with a border of `MARGIN`, in order of time.
    """

    rider: int
    camera: int
    enter_s: float
    exit_s: float
    crops: tuple[Image, ...]

    def finished(self, finish: Finish, seed: int) -> list[Image]:
        """The pictures as the program would keep them.

        Args:
            finish: Cut, shrink, blur.
            seed: Of the world; with rider and camera it decides where the edges lie.
        """
        rng = np.random.default_rng((seed, self.rider, self.camera))
        return [finish.rendered(crop, rng) for crop in self.crops]


def passages_of(world: SmallWorld, crops_per_passage: int) -> Iterator[RiderPassage]:
    """Render the riders of a world.

    Args:
        world: Which.
        crops_per_passage: Most pictures of one passage.

    Yields:
        Passages of all cameras.
    """
    recording = world.recording()
    plan = CropPlan(crops_per_passage, least_visible=_LEAST_VISIBLE, margin=MARGIN)
    found: dict[tuple[int, int], list[RenderedCrop]] = defaultdict(list)
    for crop in render_crops(recording, plan):
        found[crop.camera, crop.passage].append(crop)
    for (camera, _), crops in sorted(found.items()):
        late_s = recording.recorder(camera).clock_error_s
        yield RiderPassage(
            rider=crops[0].rider,
            camera=camera,
            enter_s=crops[0].time_s + late_s,
            exit_s=crops[-1].time_s + late_s,
            crops=tuple(crop.image for crop in crops),
        )
