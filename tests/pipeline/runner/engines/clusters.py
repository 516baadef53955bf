"""A Ray cluster of several machines that are all this one, and what is left of it."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from pipeline.runner.engines.ray_link import OBJECT_STORE_BYTES
from tests.pipeline.runner.engines.killing import wait_for

REPOSITORY = Path(__file__).resolve().parents[4]
PATIENCE_S = 900.0
"""A busy machine takes minutes for what takes seconds."""
PICTURES = {".jpg", ".jpeg", ".png", ".bmp", ".npy", ".npz", ".mp4", ".avi", ".mkv", ".tif", ".webp"}


class Machines:
    """A head, and machines that work.

    Args:
        folder: Holds all that Ray writes.
        head_cores: Of the head; 0 where it is not to work.
        cores: Of each machine that works.
    """

    def __init__(self, folder: Path, head_cores: int, cores: tuple[int, ...]) -> None:
        from ray.cluster_utils import Cluster

        self.folder = folder
        self._cluster = Cluster()
        small = {"object_store_memory": OBJECT_STORE_BYTES, "include_dashboard": False}
        # By itself Ray lets every other program of the machine go before its workers.
        equal = {"_system_config": {"worker_niceness": 0}}
        self.head = self._cluster.add_node(num_cpus=head_cores, **small, **equal)
        self.workers = [self._cluster.add_node(num_cpus=one, **small) for one in cores]

    @property
    def address(self) -> str:
        """Of the head."""
        return str(self._cluster.address)

    def kill_machine(self, number: int) -> None:
        """All that runs for Ray on one machine that works, at once."""
        self._kill(self.workers[number], "raylet")

    def kill_head(self, *kinds: str) -> None:
        """The head's own programs, or some of them, at once."""
        self._kill(self.head, *(kinds or ("gcs_server", "raylet")))

    @staticmethod
    def _kill(node: Any, *kinds: str) -> None:
        for kind in kinds:
            for one in node.all_processes[kind]:
                one.process.kill()
                # A raylet that is dead and not buried keeps its workers alive.
                one.process.wait()

    def close(self) -> None:
        """End all that is left."""
        for node in (*self.workers, self.head):
            node.kill_all_processes(check_alive=False, allow_graceful=False, wait=True)


@contextmanager
def machines(head_cores: int, *cores: int) -> Iterator[Machines]:
    """Start a cluster; at the end nothing of it may be left, and no picture may have been written."""
    services = pytest.importorskip("ray._private.services", reason="the extra ray is not installed")
    # Sockets lie in it, whose names may not be long.
    folder = Path(tempfile.mkdtemp(prefix="ft"))
    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        stack.callback(shutil.rmtree, folder)
        patch.setenv("RAY_TMPDIR", str(folder))
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("PYTHONPATH", os.pathsep.join([str(REPOSITORY), os.environ.get("PYTHONPATH", "")]))
        patch.setattr(services, "get_node", patient(services.get_node))
        cluster = Machines(folder, head_cores, cores)
        stack.callback(wait_for, lambda: not processes(folder), PATIENCE_S)
        stack.callback(cluster.close)
        yield cluster
        assert pictures(folder) == []


def patient(plain: Any) -> Any:
    """On a busy machine a part of Ray needs longer than the half minute that Ray waits for it."""

    def get(*arguments: Any) -> Any:
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                return plain(*arguments)
            except RuntimeError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.5)

    return get


def pictures(folder: Path) -> list[str]:
    """Files of a Ray that could hold pictures: by their names, or because objects were put aside on disk."""
    files = [one for one in folder.rglob("*") if one.is_file()]
    return [str(one) for one in files if one.suffix.lower() in PICTURES or "spilled" in str(one)]


def processes(folder: Path, kind: str = "") -> list[psutil.Process]:
    """What still runs for a Ray whose files lie in a folder; an actor is known by how it was started.

    Args:
        folder: Of that Ray.
        kind: How the command lines begin.
    """
    found = []
    for one in psutil.process_iter():
        try:
            told = " ".join(one.cmdline())
            # Python's own tracker lives as long as this process.
            if (
                one.status() == psutil.STATUS_ZOMBIE
                or "resource_tracker" in told
                or not told.startswith(kind)
            ):
                continue
            if str(folder) in told or one.environ().get("RAY_TMPDIR") == str(folder):
                found.append(one)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def actors(folder: Path) -> list[psutil.Process]:
    """Workers that Ray runs."""
    return processes(folder, "ray::RayActor")
