"""Simulate a city: worlds, pictures, truth and the site file in one folder."""

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from multiprocessing.sharedctypes import SynchronizedArray
from pathlib import Path

import cv2
import numpy as np

from simulation.camera import Camera, place_camera
from simulation.detections import write_detections
from simulation.film import write_film
from simulation.observation import ObservedBoxes, observe_passages
from simulation.passages import Passage, chain, find_passages
from simulation.recorder import Recorder
from simulation.region import region_of
from simulation.scene import Scene
from simulation.sitefile import write_site
from simulation.streams import Purpose, stream
from simulation.tracks import watch
from simulation.truth import stamp, write_boxes, write_outages, write_parameters, write_tables
from simulation.world import World
from tracking.arrays import FloatArray, Image


@dataclass(frozen=True, slots=True)
class Recording:
    """What is to be recorded, and how.

    Attributes:
        world: What happens.
        size: Width and height of the pictures, pixels.
        fps: Frames per second.
    """

    world: World
    size: tuple[int, int]
    fps: float

    def camera(self, number: int) -> Camera:
        """The camera of a number."""
        return place_camera(
            number,
            self.size,
            stream(self.world.seed, Purpose.CAMERA, number),
            exposure_spread=self.world.scenario.picture.exposure_spread,
            view_spread=self.world.scenario.picture.view_spread,
        )

    def times(self) -> FloatArray:
        """(T,) times of the frames of a faultless recorder, seconds after the start."""
        return np.arange(max(round(self.world.duration_s * self.fps), 1)) / self.fps

    def recorder(self, number: int) -> Recorder:
        """When the camera of a number takes its pictures."""
        rng = stream(self.world.seed, Purpose.RECORDING, number)
        return Recorder.of(self.world.scenario.recording, self.world.duration_s, self.fps, rng)


Progress = Callable[[int], None]


def simulate(
    out: Path, recording: Recording, *, workers: int = 1, progress: Progress = lambda _: None
) -> None:
    """Write the videos (or, if the scenario says so, detections), the truth and the site file of a world.

    Args:
        out: Folder; made where it is missing.
        recording: What to record.
        workers: Number of processes that render.
        progress: Told the number of frames done so far, over all cameras.
    """
    (out / "truth").mkdir(parents=True, exist_ok=True)
    world = recording.world
    numbers = range(len(world.network.names))
    passages: list[Passage] = []
    job = _observe_camera if world.scenario.detections_only else record_camera
    for found in _record_all(out, recording, job, workers, progress):
        passages += found
    journeys = chain(passages)
    write_tables(out / "truth", world, journeys)
    recorders = [recording.recorder(number) for number in numbers]
    write_outages(out / "truth" / "outages.csv", world, recorders)
    regions = [region_of(recording.camera(number)) for number in numbers]
    write_site(out / "site.yaml", world, regions, [recorder.clock_error_s for recorder in recorders])
    write_parameters(
        out / "truth" / "parameters.json",
        {
            "seed": world.seed,
            "scenario": world.scenario.model_dump(),
            "start": stamp(world, 0.0)[0],
            "duration_s": world.duration_s,
            "fps": recording.fps,
            "size": list(recording.size),
            "cameras": list(world.network.names),
            "passages": len(passages),
            "journeys": len(journeys),
            "clock_errors_s": [recorder.clock_error_s for recorder in recorders],
            "riders": len({passage.rider for passage in passages}),
        },
    )


def record_camera(
    out: Path, recording: Recording, number: int, progress: Progress = lambda _: None
) -> list[Passage]:
    """Render and write one camera.

    Args:
        out: Folder with a sub-folder ``truth``.
        recording: What to record.
        number: Camera number.
        progress: Told the number of frames of this camera done so far.

    Returns:
        Its passages.
    """
    world, camera, times = recording.world, recording.camera(number), recording.recorder(number).times_s
    name = world.network.names[number]
    visits = world.at(number)
    tracks = list(watch(visits, camera, times))
    write_boxes(out / "truth" / f"boxes_{name}.txt", tracks, len(times))
    picture = world.scenario.picture
    scene = Scene(camera, number, visits, times, settings=picture, seed=world.seed)
    write_film(
        out / f"camera_{name}.mp4",
        _counted(scene.frames(), progress),
        times,
        size=recording.size,
        quality=picture.quality,
    )
    faultless = recording.times()
    if not np.array_equal(faultless, times):
        tracks = list(watch(visits, camera, faultless))
    return find_passages(tracks, number, camera, times_s=faultless, recorded_s=times)


def _counted(pictures: Iterator[Image], progress: Progress) -> Iterator[Image]:
    for number, picture in enumerate(pictures, 1):
        yield picture
        progress(number)


def _observe_camera(out: Path, recording: Recording, number: int, progress: Progress) -> list[Passage]:
    """Write the truth and the detections of one camera, without pixels."""
    world, camera, recorder = recording.world, recording.camera(number), recording.recorder(number)
    times, settings = recorder.times_s, world.scenario.detections
    name = world.network.names[number]
    visits = world.at(number)
    tracks = list(watch(visits, camera, times))
    write_boxes(out / "truth" / f"boxes_{name}.txt", tracks, len(times))
    rng = stream(world.seed, Purpose.DETECTIONS, number)
    boxes = ObservedBoxes.of(tracks, settings, frames=len(times), size=recording.size, rng=rng)
    faultless = recording.times()
    if not np.array_equal(faultless, times):
        tracks = list(watch(visits, camera, faultless))
    passages = find_passages(tracks, number, camera, times_s=faultless, recorded_s=times)
    observed = observe_passages(
        passages,
        {visit.actor.identity: visit.actor for visit in visits},
        settings,
        duration_s=world.duration_s,
        seed=world.seed,
        camera=number,
    )
    start = world.start.timestamp() + recorder.clock_error_s
    write_detections(out / "detections", name, boxes, observed, start_epoch_s=start, times_s=times)
    progress(len(times))
    return passages


Job = Callable[[Path, Recording, int, Progress], list[Passage]]


def _record_all(
    out: Path, recording: Recording, job: Job, workers: int, progress: Progress
) -> list[list[Passage]]:
    count = len(recording.world.network.names)
    if workers <= 1 or count == 1:
        finished = [0] * count

        def count_up(number: int, done: int) -> None:
            finished[number] = done
            progress(sum(finished))

        return [job(out, recording, number, partial(count_up, number)) for number in range(count)]
    context = multiprocessing.get_context("spawn")
    done = context.Array("q", count)
    with ProcessPoolExecutor(min(workers, count), context, _share, (done,)) as pool:
        futures = [pool.submit(_work, job, out, recording, number) for number in range(count)]
        pending = set(futures)
        while pending:
            _, pending = wait(pending, timeout=0.2, return_when=FIRST_COMPLETED)
            progress(sum(done[:]))
        return [future.result() for future in futures]


_DONE: list["SynchronizedArray[int]"] = []
"""In a worker process: the counters that the parent reads."""


def _share(done: "SynchronizedArray[int]") -> None:
    cv2.setNumThreads(1)
    _DONE.append(done)


def _work(job: Job, out: Path, recording: Recording, number: int) -> list[Passage]:
    def progress(done: int) -> None:
        _DONE[0][number] = done

    return job(out, recording, number, progress)
