"""Workers as Ray actors, on this machine or on a cluster."""

import contextlib
import multiprocessing
from collections.abc import Collection
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

from pipeline.runner.engines.ray_link import ClusterError, serve
from tracking.errors import FietsflowError, UsageError

PATIENCE_S = 300.0
"""Wall time after which a Ray that says nothing is given up. By itself Ray gives up a head that is gone after
a minute."""
CLOSING_S = 60.0
"""Wall time that Ray may take to end."""
GOES_ON = "what was saved stays, and the same command goes on with a Ray that runs, or with --engine local"


@dataclass(frozen=True, slots=True)
class RayWorker:
    """The driver's side of an actor.

    Attributes:
        pool: That started it.
        number: By which the pool knows it.
    """

    pool: "RayPool" = field(compare=False, repr=False)
    number: int

    def ask(self) -> None:
        """Want the next answer."""
        self.pool.call("ask", self.number)

    def tell(self, data: bytes) -> None:
        """Hand something over."""
        self.pool.call("tell", self.number, data)

    def take(self) -> bytes:
        """Wait for the answer that was asked for.

        Raises:
            LostWorkerError: The actor is gone.
            ClusterError: The whole cluster is.
        """
        data: bytes = self.pool.call("take", self.number)
        return data

    def stop(self) -> None:
        """End the actor, whatever it is doing; those of a cluster that is gone have ended."""
        with contextlib.suppress(ClusterError):
            self.pool.call("stop", self.number)


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
        if find_spec("ray") is None:
            raise UsageError('runtime.engine: ray needs the package ray; pip install "fietsflow[ray]"')
        self._where = f"at {address}" if address else "on this machine"
        self._torn = False
        # Spawned: a copy of this process would hold its threads' locks, and its database.
        context = multiprocessing.get_context("spawn")
        self._pipe, there = context.Pipe()
        self._process = context.Process(target=serve, args=(there, address, gpus), name="ray", daemon=True)
        self._process.start()
        there.close()
        try:
            self._answer()
        except FietsflowError:
            self.close()
            raise

    @property
    def nodes(self) -> tuple[int, ...]:
        """Cores of each machine of the cluster."""
        found: tuple[int, ...] = self.call("nodes")
        return found

    def start(self, errand: bytes, most_cores: int) -> RayWorker:
        """Start a worker; it waits where no machine has so many cores free."""
        return RayWorker(self, self.call("start", errand, most_cores))

    def wait(self, workers: Collection[RayWorker], timeout_s: float) -> list[RayWorker]:
        """Wait for workers that were asked."""
        asked = {worker.number: worker for worker in workers}
        return [asked[number] for number in self.call("wait", list(asked), timeout_s)]

    def close(self) -> None:
        """Leave the cluster; one that was begun here ends."""
        self._pipe.close()
        self._process.join(CLOSING_S)
        self._process.kill()
        self._process.join()

    def call(self, name: str, *arguments: Any) -> Any:
        """Have something done by the process that is connected to Ray; see `RayLink`.

        Raises:
            FietsflowError: As it does.
            ClusterError: The cluster is gone.
        """
        if self._torn:  # Whoever was stopped while it waited left an answer in the pipe.
            raise self._gone()
        self._torn = True
        try:
            self._pipe.send((name, arguments))
        except OSError:
            raise self._gone() from None
        return self._answer()

    def _answer(self) -> Any:
        try:
            if not self._pipe.poll(PATIENCE_S):
                raise ClusterError(self._silent())
            answer = self._pipe.recv()
        except (EOFError, OSError):
            raise self._gone() from None
        self._torn = False
        if isinstance(answer, FietsflowError):
            raise answer
        return answer

    def _gone(self) -> ClusterError:
        return ClusterError(
            f"runtime.ray_address: the Ray {self._where} is gone: its head, or what connects this machine to "
            f"it, has ended; {GOES_ON}"
        )

    def _silent(self) -> str:
        return f"runtime.ray_address: the Ray {self._where} says nothing for {PATIENCE_S:.0f} s; {GOES_ON}"
