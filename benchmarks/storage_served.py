"""A database for a benchmark, and the processor time that asking it takes."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

FILLING = {"fsync": "off", "full_page_writes": "off", "wal_level": "minimal", "max_wal_senders": "0"}
"""Settings of a server that is filled: what is lost in a crash would be made anew."""


@dataclass(frozen=True, slots=True)
class Served:
    """A database that is asked.

    Attributes:
        url: Its address.
        server: The server's first process; None for a file.
    """

    url: str
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


def is_filled(kind: str, folder: Path) -> bool:
    """Whether an earlier call filled the database of a folder."""
    return (folder / f"{kind}.filled").exists()


def note_filled(kind: str, folder: Path) -> None:
    """Note that the next call need not fill it."""
    (folder / f"{kind}.filled").touch()


@contextmanager
def served(kind: str, folder: Path, filling: bool = False) -> Iterator[Served]:
    """A database of a folder, empty where it is not there; a server has the memory its manual recommends."""
    if kind == "sqlite":
        yield Served(f"sqlite:///{folder / 'flows.db'}")
        return
    import pgserver

    data = folder / "postgresql"
    if not data.exists():
        pgserver.get_server(data, cleanup_mode="stop").cleanup()
    settings = {**recommended(), **(FILLING if filling else {})}
    lines = [f"{name} = '{value}'\n" for name, value in settings.items()]
    (data / "postgresql.auto.conf").write_text("".join(lines), "utf-8")
    server = pgserver.get_server(data, cleanup_mode="stop")
    try:
        first = int((data / "postmaster.pid").read_text("utf-8").splitlines()[0])
        yield Served(server.get_uri(), psutil.Process(first))
    finally:
        server.cleanup()


def recommended() -> dict[str, str]:
    """A quarter of the memory for pages, work in memory, and disks that are read anywhere alike."""
    memory_mb = psutil.virtual_memory().total // 2**20
    return {
        "shared_buffers": f"{memory_mb // 4}MB",
        "effective_cache_size": f"{memory_mb // 2}MB",
        "work_mem": f"{memory_mb // 256}MB",
        "maintenance_work_mem": f"{memory_mb // 16}MB",
        "max_wal_size": "8GB",
        "random_page_cost": "1.1",
    }
