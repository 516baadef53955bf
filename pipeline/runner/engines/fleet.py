"""Working off a run in other processes: who gets which cameras, with how many cores, on which engine."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from flows.database import FlowStore
from pipeline.cameras import DetectorShelf
from pipeline.cameras.blind import BlindDetector
from pipeline.reasons import Explained, ReasonsFile
from pipeline.runner import local
from pipeline.runner.beginnings import Beginning
from pipeline.runner.engines.driver import Driver
from pipeline.runner.engines.errand import Errand
from pipeline.runner.engines.pool import Pool
from pipeline.runner.engines.processes import ProcessPool
from pipeline.runner.engines.ray_pool import RayPool
from pipeline.runner.engines.shares import cores_each, deal
from pipeline.runner.preparation import Preparation
from pipeline.runner.saving import Keeper
from pipeline.runner.summary import CameraTally
from pipeline.runner.works import Start, expected_frames, find_starts
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
        hands = max(1, sum(cores // share for cores in pool.nodes))
        dealt = deal({camera: frames or 0 for camera, frames in expected.items()}, hands)
        every_s = saving_every_s(len(dealt))
        errands = [
            _errand(prepared, run_id, [starts[one] for one in some], every_s, reasons) for some in dealt
        ]
        note = None if reasons is None else partial(_write, reasons, run_id)
        with open_progress(expected) as progress:
            ahead_s = prepared.linking.gallery_ttl_s
            return Driver(pool, keeper, share, ahead_s, progress, clock, note).run(errands)
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
) -> Errand:
    configuration = prepared.configuration
    # A loaded network cannot travel; the worker loads its own.
    light = [replace(one, camera=replace(one.camera, detector=BlindDetector())) for one in starts]
    return Errand(
        run_id,
        tuple(light),
        configuration.encoder,
        configuration.runtime,
        every_s,
        DetectorShelf.builder(),
        None if reasons is None else configuration.zone,
    )


def _write(reasons: ReasonsFile, run_id: str, track: Explained) -> None:
    reasons.write(run_id, track)
