"""Workers as processes of this machine; nothing has to be installed for them."""

import contextlib
import multiprocessing
import os
import queue
import signal
import threading
from collections.abc import Callable, Collection
from multiprocessing.connection import Connection, wait

from pipeline.runner.engines.pool import LostWorkerError
from tracking.processor import CORES_VARIABLE, cores


class ProcessWorker:
    """A process that answers over a pipe.

    Args:
        errand: A pickled `Errand`.
        most_cores: Cores that it may take.
    """

    def __init__(self, errand: bytes, most_cores: int) -> None:
        # Spawned: a copy of this process would hold its threads' locks, and its database.
        context = multiprocessing.get_context("spawn")
        self.pipe, there = context.Pipe()
        self._process = context.Process(target=serve, args=(there, most_cores), daemon=True)
        self._process.start()
        there.close()
        # The process imports the program before it reads, and others are to start meanwhile.
        self._outgoing: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._outgoing.put(errand)
        threading.Thread(target=self._send, daemon=True).start()

    @property
    def pid(self) -> int | None:
        """Of the process."""
        return self._process.pid

    def ask(self) -> None:
        """Want the next answer."""
        self._outgoing.put(b"")

    def tell(self, data: bytes) -> None:
        """Hand something over; never empty, which is a question."""
        self._outgoing.put(data)

    def take(self) -> bytes:
        """Wait for the answer that was asked for.

        Raises:
            LostWorkerError: The process is gone.
        """
        try:
            return self.pipe.recv_bytes()
        except (EOFError, OSError):
            self._process.join(timeout=5.0)
            raise LostWorkerError(_how(self._process.exitcode)) from None

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        self._outgoing.put(None)
        self._process.kill()
        self._process.join()
        self.pipe.close()

    def _send(self) -> None:
        # Where the process is gone, `take` will tell.
        with contextlib.suppress(OSError):
            while (data := self._outgoing.get()) is not None:
                self.pipe.send_bytes(data)


class ProcessPool:
    """Starts processes on this machine."""

    @property
    def nodes(self) -> tuple[int, ...]:
        """Cores of this machine."""
        return (cores(),)

    def start(self, errand: bytes, most_cores: int) -> ProcessWorker:
        """Start a worker."""
        return ProcessWorker(errand, most_cores)

    def wait(self, workers: Collection[ProcessWorker], timeout_s: float) -> list[ProcessWorker]:
        """Wait for workers that were asked; a pipe whose other end is gone counts as answered."""
        ready = wait([worker.pipe for worker in workers], timeout_s)
        return [worker for worker in workers if worker.pipe in ready]

    def close(self) -> None:
        """Every process was stopped by whoever started it."""


def serve(pipe: "Connection[bytes, bytes]", most_cores: int) -> None:
    """What the process does: begin, then answer whenever it is asked, until nobody is there to ask.

    Args:
        pipe: Brings the errand, then an empty message for each question, and others with what it is told.
        most_cores: Cores that the work may take.
    """
    # Ctrl-C is for the driver, who ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ[CORES_VARIABLE] = str(most_cores)
    try:
        errand = pipe.recv_bytes()
        from pipeline.runner.engines.worker import Desk

        desk = Desk(errand)
        questions: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        threading.Thread(target=_answer, args=(pipe, desk.take, questions), daemon=True).start()
        while True:
            data = pipe.recv_bytes()
            (desk.hear if data else questions.put)(data)
    except (EOFError, OSError):
        os._exit(0)  # Without waiting for threads that decode: the driver is gone.


def _answer(
    pipe: "Connection[bytes, bytes]", take: Callable[[], bytes], questions: "queue.SimpleQueue[bytes]"
) -> None:
    """Beside whoever listens: an answer may wait for what is told meanwhile."""
    with contextlib.suppress(OSError):  # The driver is gone; whoever listens ends the process.
        while True:
            questions.get()
            pipe.send_bytes(take())


def _how(exit_code: int | None) -> str:
    if exit_code is not None and exit_code < 0:
        return f"killed by {signal.Signals(-exit_code).name}"
    return f"ended with exit code {exit_code}"
