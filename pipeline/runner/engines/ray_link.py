"""The end of a Ray pool that is in touch with Ray, in a process of its own; the only module that knows Ray.

When the head of a cluster or the Ray of this machine dies, Ray ends every process that is connected to it,
from C++ and without a word. The command must live on to say what happened, so it is not the one that is
connected.
"""

import contextlib
import logging
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from pipeline.runner.engines.pool import LostWorkerError
from tracking.detectors.extras import require
from tracking.errors import FietsflowError
from tracking.processor import CORES_VARIABLE, cores

OBJECT_STORE_BYTES = 80 * 1024 * 1024
"""About the least that Ray takes: no frame ever lies there, and an answer that is too large for a message
only until it is read."""

ROOM_S = 60.0
"""Wall time that a worker waits for a machine with free cores while others of its run work."""

GPU_SHARE = 0.9
"""Part of the graphics cards that is dealt out; what is left is for workers that find no room."""
SQUEEZED_GPUS = 0.01
"""Part of a graphics card that such a worker asks for."""


class ClusterError(FietsflowError):
    """A cluster that cannot be reached or started, or is gone."""


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

    def where(self) -> str:
        """Id of the machine, in Ray's words; an answer says that the actor has found room."""
        ray = require("ray", "ray", "runtime.engine: ray")
        return str(ray.get_runtime_context().get_node_id())

    def take(self) -> bytes:
        """Wait for the next answer."""
        return self._desk.take()

    def hear(self, data: bytes) -> None:
        """Take what the driver tells."""
        self._desk.hear(data)


@dataclass(slots=True)
class _Actor:
    """An actor, and what is known of it.

    Attributes:
        errand: To begin it elsewhere with.
        cores: Cores that it may take.
        handle: Ray's.
        found: Reference to its first word, which says where it is.
        since: When it was started, by the steady clock.
        node: Where it is; None while it waits for room, empty where it was lost before it said so.
        answer: Reference to what it was asked for, or None.
        told: What it was told while it waited for room.
    """

    errand: bytes
    cores: int
    handle: Any
    found: Any
    since: float
    node: str | None = None
    answer: Any = None
    told: list[bytes] = field(default_factory=list)


class RayLink:
    """Starts actors, asks them, and begins a Ray on this machine where no address is given.

    Args:
        address: Of a running cluster, or ``auto``; None for a Ray on this machine.
        gpus: Whether the work is to be computed on graphics cards.

    Raises:
        ClusterError: There is no such cluster.
    """

    def __init__(self, address: str | None, gpus: bool = False) -> None:
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
        self._ray = require("ray", "ray", "runtime.engine: ray")
        logging.getLogger("ray").setLevel(logging.ERROR)
        self._gpus = gpus
        self._folder = None if address else tempfile.mkdtemp(prefix="fr", dir=os.environ.get("RAY_TMPDIR"))
        self._actors: dict[int, _Actor] = {}
        self._started = 0
        try:
            self._ray.init(**connection(address, self._folder))
        except Exception as error:  # On a busy machine Ray raises just that.
            self.close()
            where = f"at {address}" if address else "on this machine"
            raise ClusterError(f"runtime.ray_address: no Ray {where}: {_first_line(error)}") from error

    def nodes(self) -> tuple[int, ...]:
        """Cores of each machine of the cluster."""
        alive = [node["Resources"] for node in self._ray.nodes() if node["Alive"]]
        return tuple(int(one["CPU"]) for one in alive if one.get("CPU", 0) >= 1)

    def start(self, errand: bytes, most_cores: int) -> int:
        """Start an actor; it waits where no machine has so many cores free.

        Returns:
            Its number.
        """
        self._started += 1
        self._actors[self._started] = self._create(errand, most_cores)
        return self._started

    def ask(self, number: int) -> None:
        """Want the next answer of an actor."""
        actor = self._actors[number]
        actor.answer = actor.handle.take.remote()

    def tell(self, number: int, data: bytes) -> None:
        """Hand something over to an actor."""
        actor = self._actors[number]
        if actor.node is None:
            actor.told.append(data)
        actor.handle.hear.remote(data)

    def wait(self, numbers: Sequence[int], timeout_s: float) -> list[int]:
        """Wait for actors that were asked; those that answered or are gone."""
        self._make_room()
        asked = {self._actors[number].answer: number for number in numbers}
        ready, _ = self._ray.wait(list(asked), num_returns=1, timeout=timeout_s)
        if ready:  # Others may be as well, without waiting.
            ready, _ = self._ray.wait(list(asked), num_returns=len(asked), timeout=0)
        return [asked[answer] for answer in ready]

    def take(self, number: int) -> bytes:
        """The answer of an actor.

        Raises:
            LostWorkerError: The actor is gone.
        """
        actor = self._actors[number]
        answer, actor.answer = actor.answer, None
        try:
            data: bytes = self._ray.get(answer)
        except self._ray.exceptions.RayError as error:
            raise LostWorkerError(_first_line(error)) from error
        return data

    def stop(self, number: int) -> None:
        """End an actor, whatever it is doing."""
        self._ray.kill(self._actors.pop(number).handle)

    def close(self) -> None:
        """Leave the cluster; a Ray that was begun here ends, and its folder with it."""
        self._ray.shutdown()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _create(self, errand: bytes, most_cores: int, beside: str | None = None) -> _Actor:
        """Start an actor in a place of its own, or beside others of the machine that is named."""
        # A lost actor is begun anew by the driver, at its last checkpoint; Ray would begin at the old one.
        options: dict[str, Any] = {"num_cpus": most_cores, "max_restarts": 0, "max_task_retries": 0}
        options["max_concurrency"] = 2  # It hears while it makes an answer.
        if self._gpus:
            options["num_gpus"] = self._share_of_gpus(most_cores)
        if beside is not None:
            from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

            options |= {"num_cpus": 0} | ({"num_gpus": SQUEEZED_GPUS} if self._gpus else {})
            options["scheduling_strategy"] = NodeAffinitySchedulingStrategy(beside, soft=True)
        handle = self._ray.remote(**options)(RayActor).remote(errand, most_cores)
        return _Actor(errand, most_cores, handle, handle.where.remote(), time.monotonic())

    def _make_room(self) -> None:
        """Let actors that find no machine of their own share one with another of this run.

        A machine that is gone took its cores along, and other programs may hold those of the cluster. Who
        waits is behind all others, and they rest until it comes: then nobody would ever go on.
        """
        waiting = [number for number, actor in self._actors.items() if self._waits(actor)]
        homes = sorted({actor.node for actor in self._actors.values() if actor.node})
        for number in waiting if homes else ():
            actor = self._actors[number]
            if time.monotonic() - actor.since < ROOM_S:
                continue
            self._ray.kill(actor.handle)
            moved = self._create(actor.errand, actor.cores, homes[number % len(homes)])
            # What it was told and asked it still is; and it is moved once, since it waits for no cores now.
            for data in actor.told:
                moved.handle.hear.remote(data)
            moved.answer = None if actor.answer is None else moved.handle.take.remote()
            moved.since = float("inf")
            self._actors[number] = moved

    def _waits(self, actor: _Actor) -> bool:
        """Whether an actor has found no room yet."""
        if actor.node is None and self._ray.wait([actor.found], timeout=0)[0]:
            try:
                actor.node = self._ray.get(actor.found)
            except self._ray.exceptions.RayError:
                actor.node = ""  # Whoever asks it is told.
        return actor.node is None

    def _share_of_gpus(self, most_cores: int) -> float:
        """Workers share the graphics cards as they share the cores."""
        there = self._ray.cluster_resources()
        each = there.get("GPU", 0.0) * most_cores / max(there.get("CPU", 1.0), 1.0)
        return GPU_SHARE * float(min(1.0, each))


def connection(address: str | None, folder: str | None = None) -> dict[str, Any]:
    """What Ray is told when it is begun: to be quiet, to show nothing, and to keep nothing.

    Args:
        address: Of a running cluster; None for a new one on this machine, whatever else runs here.
        folder: For the logs and sockets of a new one.
    """
    quiet = {"log_to_driver": False, "logging_level": logging.ERROR, "configure_logging": False}
    if address is not None:
        return {"address": address, **quiet}
    own = {
        "num_cpus": cores(),
        "include_dashboard": False,
        "object_store_memory": OBJECT_STORE_BYTES,
        "_temp_dir": folder,
        # By itself Ray lets every other program of the machine go before its workers.
        "_system_config": {"worker_niceness": 0},
    }
    return {"address": "local", **own, **quiet}


def serve(pipe: "Connection[Any, Any]", address: str | None, gpus: bool) -> None:
    """What the process does: connect, then do as it is told, until nobody is there to tell it.

    Args:
        pipe: Brings the names of methods of `RayLink` with their arguments, and takes what they return or
            raise.
        address: See `RayLink`.
        gpus: See `RayLink`.
    """
    # Ctrl-C is for the command, which ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _hush()
    try:
        link = RayLink(address, gpus)
    except FietsflowError as error:
        pipe.send(error)
        return
    try:
        pipe.send(None)
        while True:
            name, arguments = pipe.recv()
            try:
                answer = getattr(link, name)(*arguments)
            except FietsflowError as error:
                answer = error
            except Exception as error:
                answer = ClusterError(f"runtime.ray_address: Ray failed in {name}: {_first_line(error)}")
            pipe.send(answer)
    except (EOFError, OSError):
        pass  # The command is done, or gone.
    finally:
        link.close()


def _hush() -> None:
    """Write nothing: what Ray says from C++ when it ends the process is for its makers."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        with contextlib.suppress(OSError):
            os.dup2(nowhere, stream)


def _first_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0].rstrip(".") if lines else type(error).__name__
