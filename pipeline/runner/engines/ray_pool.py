"""Workers as Ray actors, on this machine or on a cluster; the only module that knows Ray."""

import logging
import os
from collections.abc import Collection
from typing import Any

from pipeline.runner.engines.pool import LostWorkerError
from tracking.detectors.extras import require
from tracking.errors import FietsflowError
from tracking.processor import CORES_VARIABLE, cores

OBJECT_STORE_BYTES = 80 * 1024 * 1024
"""About the least that Ray takes: no frame ever lies there, and an answer that is too large for a message
only until it is read."""


class ClusterError(FietsflowError):
    """A cluster that cannot be reached or started."""


class RayActor:
    """The worker's side, in a process that Ray starts.

    Args:
        errand: A pickled `Errand`.
        most_cores: Cores that the work may take.
    """

    def __init__(self, errand: bytes, most_cores: int) -> None:
        os.environ[CORES_VARIABLE] = str(most_cores)
        from pipeline.runner.engines.worker import Desk

        self._desk = Desk(errand)

    def take(self) -> bytes:
        """Wait for the next answer."""
        return self._desk.take()

    def hear(self, data: bytes) -> None:
        """Take what the driver tells."""
        self._desk.hear(data)


class RayWorker:
    """The driver's side of an actor.

    Args:
        ray: The module.
        actor: Handle of a `RayActor`.
    """

    def __init__(self, ray: Any, actor: Any) -> None:
        self._ray = ray
        self.actor = actor
        self.answer: Any = None

    def ask(self) -> None:
        """Want the next answer."""
        self.answer = self.actor.take.remote()

    def tell(self, data: bytes) -> None:
        """Hand something over."""
        self.actor.hear.remote(data)

    def take(self) -> bytes:
        """Wait for the answer that was asked for.

        Raises:
            LostWorkerError: The actor is gone.
        """
        answer, self.answer = self.answer, None
        try:
            data: bytes = self._ray.get(answer)
        except self._ray.exceptions.RayError as error:
            raise LostWorkerError(_first_line(error)) from error
        return data

    def stop(self) -> None:
        """End the actor, whatever it is doing."""
        self.answer = None
        self._ray.kill(self.actor)


class RayPool:
    """Starts actors; begins a cluster on this machine where none is named.

    Args:
        address: Of a running cluster, or ``auto``; None for one on this machine.
        gpus: Whether the work is to be computed on graphics cards.

    Raises:
        UsageError: Ray is not installed.
        ClusterError: There is no such cluster.
    """

    def __init__(self, address: str | None, gpus: bool = False) -> None:
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
        self._ray = require("ray", "ray", "runtime.engine: ray")
        logging.getLogger("ray").setLevel(logging.ERROR)
        self._gpus = gpus
        self._begun = not self._ray.is_initialized()
        if self._begun:
            try:
                self._ray.init(**connection(address))
            except (ConnectionError, RuntimeError, ValueError, OSError) as error:
                where = "on this machine" if address is None else f"at {address}"
                raise ClusterError(f"runtime.ray_address: no Ray {where}: {_first_line(error)}") from error

    @property
    def nodes(self) -> tuple[int, ...]:
        """Cores of each machine of the cluster."""
        alive = [node["Resources"] for node in self._ray.nodes() if node["Alive"]]
        return tuple(int(one["CPU"]) for one in alive if one.get("CPU", 0) >= 1)

    def start(self, errand: bytes, most_cores: int) -> RayWorker:
        """Start a worker; it waits where no machine has so many cores free."""
        # A lost actor is begun anew by the driver, at its last checkpoint; Ray would begin at the old one.
        options: dict[str, float] = {"num_cpus": most_cores, "max_restarts": 0, "max_task_retries": 0}
        options["max_concurrency"] = 2  # It hears while it makes an answer.
        if self._gpus:
            options["num_gpus"] = self._share_of_gpus(most_cores)
        actor = self._ray.remote(**options)(RayActor).remote(errand, most_cores)
        return RayWorker(self._ray, actor)

    def wait(self, workers: Collection[RayWorker], timeout_s: float) -> list[RayWorker]:
        """Wait for workers that were asked."""
        asked = {worker.answer: worker for worker in workers}
        ready, _ = self._ray.wait(list(asked), num_returns=1, timeout=timeout_s)
        if ready:  # Others may be as well, without waiting.
            ready, _ = self._ray.wait(list(asked), num_returns=len(asked), timeout=0)
        return [asked[answer] for answer in ready]

    def close(self) -> None:
        """Leave the cluster; one that was begun here ends."""
        if self._begun:
            self._ray.shutdown()

    def _share_of_gpus(self, cores: int) -> float:
        """Workers share the graphics cards as they share the cores."""
        there = self._ray.cluster_resources()
        return float(min(1.0, there.get("GPU", 0.0) * cores / max(there.get("CPU", 1.0), 1.0)))


def connection(address: str | None) -> dict[str, Any]:
    """What Ray is told when it is begun: to be quiet, to show nothing, and to keep nothing.

    Args:
        address: Of a running cluster; None for a new one on this machine, whatever else runs here.
    """
    quiet = {"log_to_driver": False, "logging_level": logging.ERROR, "configure_logging": False}
    if address is not None:
        return {"address": address, **quiet}
    own = {
        "num_cpus": cores(),
        "include_dashboard": False,
        "object_store_memory": OBJECT_STORE_BYTES,
        # By itself Ray lets every other program of the machine go before its workers.
        "_system_config": {"worker_niceness": 0},
    }
    return {"address": "local", **own, **quiet}


def _first_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0].rstrip(".") if lines else type(error).__name__
