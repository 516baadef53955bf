"""Working off a run in other processes: who gets which cameras, with how many cores, on which engine."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from flows.database import FlowStore
from pipeline.cameras import DetectorShelf, PreparedCamera
from pipeline.cameras.blind import BlindDetector
from pipeline.reasons import Explained, ReasonsFile
from pipeline.runner import local
from pipeline.runner.beginnings import Beginning
from pipeline.runner.engines.driver import Driver
from pipeline.runner.engines.errand import Errand
from pipeline.runner.engines.patrol import Orders, Patrol
from pipeline.runner.engines.pool import Pool
from pipeline.runner.engines.processes import ProcessPool
from pipeline.runner.engines.ray_pool import RayPool
from pipeline.runner.engines.scout import ScoutErrand
from pipeline.runner.engines.shares import cores_each, deal
from pipeline.runner.engines.stretches import AUTOMATIC_S, Stretches, scouts_for
from pipeline.runner.preparation import Preparation
from pipeline.runner.saving import Keeper
from pipeline.runner.summary import CameraTally
from pipeline.runner.works import Start, expected_frames, find_starts
from pipeline.sources import CameraSource
from pipeline.telemetry import StageClock, open_progress

KEEPING_S = 0.02
"""Of the driver's time for each saving, with room for matching and for a slow disk."""


def work_off_elsewhere(
    prepared: Preparation,
    store: FlowStore,
    run_id: str,
    clock: StageClock,
    keeper: Keeper,
    beginnings: Mapping[str, Beginning] | None = None,
    reasons: ReasonsFile | None = None,
) -> dict[str, CameraTally]:
    """Read the footage of a run to its end, on the engine that the site asks for.

    Args:
        prepared: With the footage of this run only.
        store: Knows how far the run came.
        run_id: Of the database.
        clock: Where the time goes.
        keeper: Writes and matches.
        beginnings: Camera id → what its footage goes on from, where it does.
        reasons: Where what is not counted is written to, or None.

    Returns:
        Camera id → what was read of it.

    Raises:
        FietsflowError: Footage, model, worker or database failed; what was saved stays.
    """
    starts = {one.camera.id: one for one in find_starts(prepared, store, run_id, beginnings)}
    expected = expected_frames(one.camera for one in starts.values())
    pool = _open_pool(prepared)
    try:
        share = cores_each(pool.nodes, len(starts))
        # From two cores for each on, no worker has several cameras.
        orders = _orders(prepared, starts.values(), sum(pool.nodes) // max(len(starts), 1))
        hands = max(1, sum(cores // share for cores in pool.nodes))
        dealt = deal({camera: frames or 0 for camera, frames in expected.items()}, hands)
        every_s = saving_every_s(len(dealt))
        errands = [
            _errand(prepared, run_id, [starts[one] for one in some], every_s, reasons, orders)
            for some in dealt
        ]
        scouts = max((one.scouts for one in orders.values()), default=0)
        patrols: dict[str, Patrol[Any]] = {camera: Patrol(pool, one) for camera, one in orders.items()}
        note = None if reasons is None else partial(_write, reasons, run_id)
        with open_progress(expected) as progress:
            ahead_s = prepared.linking.gallery_ttl_s
            most_cores = max(share - scouts, 1)
            driver = Driver(pool, keeper, most_cores, ahead_s, progress, clock, note, patrols)
            return driver.run(errands)
    finally:
        pool.close()


def saving_every_s(workers: int) -> float:
    """Wall time between two savings of a worker; many save more seldom, so that one driver keeps up."""
    return max(local.SAVE_EVERY_S, KEEPING_S * workers)


def _open_pool(prepared: Preparation) -> Pool[Any]:
    configuration = prepared.configuration
    if configuration.runtime.engine == "processes":
        return ProcessPool()
    devices = {configuration.encoder.device, *(one.settings.detector.device for one in prepared.cameras)}
    return RayPool(configuration.runtime.ray_address, gpus="cuda" in devices)


def _errand(
    prepared: Preparation,
    run_id: str,
    starts: Sequence[Start],
    every_s: float,
    reasons: ReasonsFile | None,
    orders: Mapping[str, Orders],
) -> Errand:
    configuration = prepared.configuration
    light = [replace(one, camera=_light(one.camera)) for one in starts]
    return Errand(
        run_id,
        tuple(light),
        configuration.encoder,
        configuration.runtime,
        every_s,
        DetectorShelf.builder(),
        None if reasons is None else configuration.zone,
        orders[starts[0].camera.id].stretches if starts[0].camera.id in orders else None,
    )


def _light(camera: PreparedCamera) -> PreparedCamera:
    """A loaded network cannot travel; the worker loads its own."""
    return replace(camera, detector=BlindDetector(), classifier=None)


def _orders(prepared: Preparation, starts: Iterable[Start], cores: int) -> dict[str, Orders]:
    """Cameras whose looks can be made ahead, with what is to be done for it.

    Args:
        prepared: What is worked off.
        starts: Where the cameras begin.
        cores: That there are for each of them.
    """
    runtime = prepared.configuration.runtime
    scouts = scouts_for(cores, runtime.stretch_s)
    found: dict[str, Orders] = {}
    for start in starts if scouts else ():
        camera, place = start.camera, start.checkpoint.memory or start.checkpoint
        if not _can_be_looked_at_ahead(camera, runtime.stretch_s is not None):
            continue
        sources, length_s = camera.source.sources, runtime.stretch_s or AUTOMATIC_S
        stretches = Stretches.plan(sources, length_s, runtime.frames_per_chunk)
        at = stretches.at(place.source or sources[0].name, place.frame) or 0
        if at + 1 < len(stretches):
            errand = ScoutErrand(_light(camera), runtime, DetectorShelf.builder())
            found[camera.id] = Orders(errand, stretches, at, min(scouts, len(stretches) - at - 1))
    return found


def _can_be_looked_at_ahead(camera: PreparedCamera, asked_for: bool) -> bool:
    """Whether a look is a function of its frame, and whoever has the footage can look.

    On a graphics card a look is cheap beside decoding, which is not spared: there it has to be asked for.
    """
    from_pixels = camera.sampler is None and isinstance(camera.source, CameraSource)
    worth_it = asked_for or camera.settings.detector.device != "cuda"
    return from_pixels and worth_it and not camera.detector.stateful


def _write(reasons: ReasonsFile, run_id: str, track: Explained) -> None:
    reasons.write(run_id, track)
