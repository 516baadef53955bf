"""Watching a made-up site in a thread, and asking what has come of it."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.configuration import Configuration, load_configuration
from pipeline.runner.live import run_live
from pipeline.runner.live.session import LiveSession
from pipeline.sources.streams import CameraState
from pipeline.telemetry import RunSummary
from tests.streams import Feed, serving

RED, GREEN, BLUE = (30, 30, 220), (40, 200, 40), (220, 60, 30)
PATIENCE_S = 30.0
NOBODY_THERE = "http://127.0.0.1:9/x"
"""No server listens there."""


def write_site(folder: Path, cameras: Mapping[str, str], **settings: Any) -> Path:
    """A site file of streams; the first camera leads to the second.

    Args:
        folder: Where to.
        cameras: Camera id → address.
        **settings: Camera id → further keys of it, as YAML.
    """
    ids = list(cameras)
    entries = [
        f'  - {{id: {name}, source: "{address}"{settings.get(name, "")}}}'
        for name, address in cameras.items()
    ]
    links = f"  - {{from: {ids[0]}, to: {ids[-1]}, min_travel_s: 0.2, max_travel_s: 12}}"
    site = folder / "site.yaml"
    site.write_text(
        "\n".join(
            [
                "site: test\ntimezone: UTC\nencoder: {name: colour_stripes}\nruntime: {timeout_s: 1.5}",
                f"database: sqlite:///{folder / 'flows.db'}",
                "cameras:",
                *entries,
                f"links:\n{links}" if len(ids) > 1 else "links: []",
            ]
        )
    )
    return site


class Watching:
    """A live run in a thread of its own."""

    def __init__(self, site: Path, killed_by: type[BaseException] | None = None) -> None:
        self._killed_by = killed_by
        self.folder, self._site = site.parent, site
        self.lines: list[str] = []
        self.reload = threading.Event()
        self._loaded = False
        self.summary: RunSummary | None = None
        self.error: BaseException | None = None
        self._stop = threading.Event()
        self._sessions: list[LiveSession] = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def kill(self) -> None:
        """Let it end in the middle, without a chance to save anything."""
        self.reload.set()
        self._thread.join(PATIENCE_S)
        assert self._killed_by is not None
        assert isinstance(self.error, self._killed_by), self.error

    def _load(self) -> Configuration:
        if self._loaded and self._killed_by is not None:
            raise self._killed_by
        self._loaded = True
        return load_configuration(self._site)

    def _run(self) -> None:
        try:
            self.summary = run_live(
                self._load(),
                self._stop,
                reload=self.reload,
                load=self._load,
                say=self.lines.append,
                watched=self._sessions.append,
            )
        except BaseException as error:
            self.error = error

    def state(self, camera: str) -> CameraState | None:
        """What is told of a camera now; None before the run has begun."""
        states = self._sessions[0].states() if self._sessions else ()
        return next((one for one in states if one.camera == camera), None)

    def wait(self, what: str, holds: Callable[[], object]) -> None:
        """Until something holds."""
        until = time.monotonic() + PATIENCE_S
        while not holds():
            assert self._thread.is_alive(), f"{what}: {self.error!r}\n{self.lines}"
            assert time.monotonic() < until, f"not yet: {what}\n{self.lines}\n{self.state('A')}"
            time.sleep(0.02)

    def wait_for_line(self, text: str, times: int = 1) -> None:
        """Until something was said."""
        self.wait(text, lambda: sum(text in line for line in list(self.lines)) >= times)

    def wait_for_riders(self, number: int, camera: str = "A") -> None:
        """Until so many riders of a camera are in the database."""
        self.wait(f"{number} riders at {camera}", lambda: len(riders(self.folder, camera)) >= number)

    def stop(self) -> RunSummary:
        """Ask it to stop; what it did."""
        self._stop.set()
        self._thread.join(PATIENCE_S)
        assert self.error is None, self.error
        assert self.summary is not None, "it did not stop"
        return self.summary


@contextmanager
def watching(site: Path) -> Iterator[Watching]:
    """A live run that ends with the block at the latest."""
    run = Watching(site)
    try:
        yield run
    finally:
        if run.summary is None:
            run._stop.set()
            run._thread.join(PATIENCE_S)


@contextmanager
def watching_one(folder: Path, feed: Feed, keys: str = "") -> Iterator[Watching]:
    """A live run of a site with one camera, A."""
    with serving({"a": feed}) as server:
        site = write_site(folder, {"A": server.address("a")}, A=keys)
        with watching(site) as run:
            yield run


def rows(folder: Path, query: str, *values: Any) -> list[Any]:
    """What the database answers; nothing where it is not there yet."""
    if not (folder / "flows.db").exists():
        return []
    connection = sqlite3.connect(folder / "flows.db")
    try:
        return connection.execute(query, values).fetchall()
    except sqlite3.OperationalError as error:
        if "no such table" not in str(error):
            raise
        return []
    finally:
        connection.close()


def riders(folder: Path, camera: str) -> list[Any]:
    """Moments (enter, exit) and directions of a camera's riders."""
    return rows(
        folder,
        "select enter_time / 1e6, exit_time / 1e6, direction from sighting join camera using (camera_id)"
        " where name = ? order by 1",
        camera,
    )


def reasons(folder: Path, camera: str) -> dict[str, float]:
    """Why a camera was not watched → seconds."""
    found = rows(
        folder,
        "select reason, sum(end_time - start_time) / 1e6 from unobserved join camera using (camera_id)"
        " where name = ? group by reason",
        camera,
    )
    return dict(found)


def observed_s(folder: Path, camera: str) -> float:
    """Seconds for which a camera was watched."""
    found = rows(
        folder,
        "select sum(end_time - start_time) / 1e6 from coverage join camera using (camera_id) where name = ?",
        camera,
    )
    return float(found[0][0] or 0.0) if found else 0.0
