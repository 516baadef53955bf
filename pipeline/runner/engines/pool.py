"""What a driver wants from whatever runs its workers."""

from collections.abc import Collection
from typing import Protocol, TypeVar

from tracking.errors import FietsflowError


class LostWorkerError(FietsflowError):
    """A worker is gone: killed, out of memory, or its machine is."""


class Worker(Protocol):
    """A process that works off one errand."""

    def ask(self) -> None:
        """Want the next answer; not to be called again before `take`."""
        ...

    def tell(self, data: bytes) -> None:
        """Hand something over, also while an answer is made; never empty."""
        ...

    def take(self) -> bytes:
        """The answer that was asked for; waits for it.

        Raises:
            LostWorkerError: The worker is gone.
        """
        ...

    def stop(self) -> None:
        """End the worker, whatever it is doing."""
        ...


W = TypeVar("W", bound=Worker)


class Pool(Protocol[W]):
    """Starts workers of one kind."""

    @property
    def nodes(self) -> tuple[int, ...]:
        """Cores of each machine."""
        ...

    def start(self, errand: bytes, most_cores: int) -> W:
        """Start a worker; it begins at once, and rests where its answers are not asked for.

        Args:
            errand: A pickled `Errand` or `ScoutErrand`.
            most_cores: Cores that it may take.
        """
        ...

    def wait(self, workers: Collection[W], timeout_s: float) -> list[W]:
        """Wait for workers that were asked.

        Returns:
            Those that have answered or are gone; none where the time is over.
        """
        ...

    def close(self) -> None:
        """Let go of everything."""
        ...
