"""The driver's side of looking ahead: the workers that do it for one camera."""

import pickle
from collections.abc import Collection
from dataclasses import dataclass
from typing import Generic

from pipeline.runner.engines.errand import Answer
from pipeline.runner.engines.foresight import answer
from pipeline.runner.engines.pool import LostWorkerError, Pool, W
from pipeline.runner.engines.scout import ScoutErrand
from pipeline.runner.engines.stretches import Lookout, Stretches

MOST_LOSSES = 3
"""Workers of one camera that are begun again; without them its own worker looks by itself."""
AHEAD_EACH = 2
"""Stretches for each of them that may be begun or lie ready."""


@dataclass(frozen=True, slots=True)
class Orders:
    """What is to be looked at ahead of one camera.

    Attributes:
        errand: For each worker.
        stretches: All footage.
        at: Number of the stretch that the camera begins with.
        scouts: How many workers.
    """

    errand: ScoutErrand
    stretches: Stretches
    at: int
    scouts: int


class Patrol(Generic[W]):
    """Sends workers ahead of one camera, and hands on what they found.

    Nothing of a result depends on them: what they have not looked at, the camera's own worker does.

    Args:
        pool: Starts the workers.
        orders: For this camera.

    Attributes:
        told: Sentences about lost workers.
    """

    def __init__(self, pool: Pool[W], orders: Orders) -> None:
        self._pool = pool
        self._orders = orders
        self._errand = pickle.dumps(orders.errand)
        self._lookout = Lookout(len(orders.stretches), orders.at, AHEAD_EACH * orders.scouts)
        self._at_work: dict[W, int] = {}
        self._idle: list[W] = []
        self._losses = 0
        self.told: list[str] = []

    @property
    def asked(self) -> Collection[W]:
        """Workers that are looking at a stretch."""
        return self._at_work

    @property
    def ahead(self) -> int:
        """Stretches whose looks were handed on."""
        return self._lookout.ahead

    def begin(self) -> None:
        """Start the workers."""
        self._idle = [self._start() for _ in range(self._orders.scouts)]

    def send(self) -> None:
        """Give those who have nothing to do another stretch."""
        while self._idle and (number := self._lookout.next()) is not None:
            worker = self._idle.pop(0)
            worker.tell(pickle.dumps(self._orders.stretches.all[number]))
            worker.ask()
            self._at_work[worker] = number

    def take(self, worker: W) -> Answer | None:
        """Take what a worker found.

        Returns:
            Its answer; None where it is gone.
        """
        number = self._at_work.pop(worker)
        try:
            found = Answer.from_bytes(worker.take())
        except LostWorkerError as error:
            self._lose(worker, number, str(error))
            return None
        if found.looked is not None:
            self._lookout.done(number, found.looked)
        self._idle.append(worker)
        return found

    def want(self, number: int) -> None:
        """The camera's own worker wants the looks of a stretch."""
        self._lookout.want(number)

    def begin_again(self) -> None:
        """The camera's own worker is gone, and another will ask."""
        self._lookout.begin_again()

    def reply(self) -> bytes | None:
        """What to tell the camera's own worker now; None for nothing."""
        reply = self._lookout.reply()
        return None if reply is None else answer(*reply)

    def stop(self) -> None:
        """End all workers, whatever they are doing."""
        for worker in (*self._idle, *self._at_work):
            worker.stop()
        self._idle, self._at_work = [], {}

    def _start(self) -> W:
        return self._pool.start(self._errand, 1)

    def _lose(self, worker: W, number: int, how: str) -> None:
        worker.stop()
        self._lookout.lost(number)
        self._losses += 1
        again = self._losses <= MOST_LOSSES
        self.told.append(
            f"a worker that looked ahead was lost ({how}) and "
            + ("begun again" if again else "is done without: that happened too often")
        )
        if again:
            self._idle.append(self._start())
