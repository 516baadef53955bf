"""A real RTSP server."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from pipeline.configuration import load_configuration
from pipeline.runner import run_site
from pipeline.sources.report import Unseen
from pipeline.sources.streams import Connection, StreamAddress, StreamError, Timing
from tests.command_line import street, write_video
from tests.pipeline.live.watching import BLUE, GREEN, RED, riders, rows, watching, write_site
from tests.streams import FPS

SYSTEM_PYTHON = "/usr/bin/python3"
NEEDED = "gir1.2-gst-rtsp-server-1.0, gstreamer1.0-plugins-good and python3-gi"
SERVER = Path(__file__).resolve().parents[2] / "rtsp_server.py"
RIDERS = {"a": ((4, RED), (30, GREEN), (44, BLUE)), "b": ((22, RED), (50, GREEN), (62, BLUE))}


@contextmanager
def rtsp(recording: Path, *demanded: str) -> Iterator[str]:
    """A server of a recording; yields host and port."""
    try:
        command = [SYSTEM_PYTHON, str(SERVER), str(recording), *demanded]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    except FileNotFoundError:
        pytest.skip(f"{SYSTEM_PYTHON} is not there; it runs the RTSP server of the tests")
    try:
        assert server.stdout is not None
        port = server.stdout.readline().strip()
        if not port:
            pytest.skip(
                "no RTSP server: install gir1.2-gst-rtsp-server-1.0, gstreamer1.0-plugins-good, python3-gi"
            )
        yield f"127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


def film(folder: Path, camera: str) -> Path:
    """A recording of one camera."""
    return write_video(folder / f"{camera}.mp4", street(120, RIDERS[camera]), FPS)


def travels(folder: Path) -> np.ndarray:
    """Travel times of all links, in order of departure; seconds."""
    query = "select travel / 1e6 from match join sighting on sighting_id = from_sighting order by enter_time"
    return np.array(rows(folder, query)).ravel()


@pytest.mark.long
def test_a_stream_gives_the_journeys_of_the_file(folder: Path) -> None:
    films = {camera: film(folder, camera) for camera in "ab"}
    with rtsp(films["a"]) as first, rtsp(films["b"]) as second:
        site = write_site(folder, {"A": f"rtsp://{first}/a", "B": f"rtsp://{second}/a"})
        with watching(site) as run:
            # It says in its reports which moment a stamp stands for; the first comes after some seconds.
            run.wait("its own clock", lambda: (state := run.state("A")) and state.timing is Timing.SENDER)
            run.wait_for_riders(3, "B")
            run.stop()
    # Who was still to stop it saw the recording begin anew.
    live = {camera: riders(folder, camera)[:3] for camera in "AB"}
    live_travels = travels(folder)[:3]

    (folder / "flows.db").unlink()
    site = write_site(folder, {"A": "a.mp4", "B": "b.mp4"}, A=", start: 2024-05-14", B=", start: 2024-05-14")
    run_site(load_configuration(site))
    assert len(travels(folder)) == len(live_travels) == 3
    # The recordings were not asked for at the same moment.
    assert np.ptp(live_travels - travels(folder)) < 0.35
    for camera in "AB":
        recorded = riders(folder, camera)
        assert [heading for *_, heading in live[camera]] == [heading for *_, heading in recorded]
        # Where nobody else moves, the look that no longer shows a rider is up to a second away.
        assert _durations(live[camera]) == pytest.approx(_durations(recorded), abs=1.2)
        assert _gaps(live[camera]) == pytest.approx(_gaps(recorded), abs=0.35)


def test_a_password_is_asked_for(tmp_path: Path) -> None:
    recording = film(tmp_path, "a")
    with rtsp(recording, "viewer", "r/d@1") as place:
        with Connection(StreamAddress(f"rtsp://viewer:r%2Fd%401@{place}/a"), 5.0) as connection:
            assert next(connection.pictures()).picture.index == 0
        with pytest.raises(StreamError) as refused:
            Connection(StreamAddress(f"rtsp://viewer:wrong@{place}/a"), 5.0)
    assert refused.value.reason is Unseen.NOT_ADMITTED
    assert "wrong" not in str(refused.value)
    with pytest.raises(StreamError) as gone:
        Connection(StreamAddress(f"rtsp://viewer:wrong@{place}/a"), 5.0)
    assert gone.value.reason is Unseen.UNREACHABLE
    assert "wrong" not in str(gone.value)


def _durations(found: list[tuple[float, float, str]]) -> list[float]:
    return [leave - enter for enter, leave, _ in found]


def _gaps(found: list[tuple[float, float, str]]) -> list[float]:
    return [enter - found[0][0] for enter, _, _ in found]
