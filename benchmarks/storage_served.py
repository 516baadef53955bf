"""A database for a benchmark, and the processor time that asking it takes."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True, slots=True)
class Served:
    """A database that is asked.

    Attributes:
        url: Its address.
        filled: Whether it was filled by an earlier call.
        server: The server's first process; None for a file.
    """

    url: str
    filled: bool
    server: psutil.Process | None = None

    def cpu_s(self) -> float:
        """Processor time that this program and the server took until now."""
        taken = time.process_time()
        if self.server is not None:
            own = self.server.cpu_times()
            taken += own.user + own.system + own.children_user + own.children_system
            for child in self.server.children():
                taken += sum(child.cpu_times()[:2])
        return taken


@contextmanager
def served(kind: str, folder: Path) -> Iterator[Served]:
    """A database of a folder, empty where it is not there."""
    if kind == "sqlite":
        path = folder / "flows.db"
        yield Served(f"sqlite:///{path}", path.exists())
        return
    import pgserver

    data = folder / "postgresql"
    filled = data.exists()
    server = pgserver.get_server(data, cleanup_mode="stop")
    try:
        first = int((data / "postmaster.pid").read_text("utf-8").splitlines()[0])
        yield Served(server.get_uri(), filled, psutil.Process(first))
    finally:
        server.cleanup()
