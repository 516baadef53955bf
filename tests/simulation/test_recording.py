import hashlib
from pathlib import Path

import av
import numpy as np
import pytest

from simulation import load_scenario, simulate
from simulation.film import CLOCK_HZ, write_film
from simulation.recorder import Recorder
from simulation.settings import RecordingSettings
from simulation.streams import Purpose, stream
from tests.simulation.conftest import small_city


def hashes(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(f.relative_to(folder)): hashlib.sha256(f.read_bytes()).hexdigest() for f in files}


def test_same_seed_gives_the_same_bytes_whatever_the_number_of_processes(tmp_path: Path) -> None:
    for name, workers in (("one", 1), ("two", 2)):
        simulate(tmp_path / name, small_city(seed=4, cameras=2, seconds=4), workers=workers)
    simulate(tmp_path / "other", small_city(seed=5, cameras=2, seconds=4))
    one, two, other = (hashes(tmp_path / name) for name in ("one", "two", "other"))
    assert one == two
    assert set(one) == set(other)
    assert one["camera_A.mp4"] != other["camera_A.mp4"]


@pytest.mark.parametrize("times", [np.arange(12) / 10, np.asarray([0, 0.1, 0.35, 0.4, 2.0, 2.0 + 1 / 30])])
def test_presentation_times_are_exact(tmp_path: Path, times: np.ndarray) -> None:
    pictures = (np.full((64, 96, 3), 20 * i, np.uint8) for i in range(len(times)))
    write_film(tmp_path / "film.mp4", pictures, times, size=(96, 64), quality=24)
    with av.open(str(tmp_path / "film.mp4")) as container:
        seen = [float(frame.pts * frame.time_base) for frame in container.decode(video=0)]
    assert np.abs(np.asarray(seen) - times).max() <= 0.5 / CLOCK_HZ, f"wanted {times}, got {seen}"


def test_recorder_without_faults_takes_every_frame_on_time() -> None:
    recorder = Recorder.of(RecordingSettings(), 60, 10, stream(1, Purpose.RECORDING))
    assert np.allclose(recorder.times_s, np.arange(600) / 10, atol=1e-5)
    assert recorder.clock_error_s == 0
    assert not recorder.outages


def test_no_frame_is_taken_in_an_outage_and_times_increase() -> None:
    settings = load_scenario("gaps").recording
    outages = 0
    for camera in range(20):
        recorder = Recorder.of(settings, 300, 10, stream(1, Purpose.RECORDING, camera))
        assert recorder.times_s[0] == 0
        assert (np.diff(recorder.times_s) > 0.005).all()
        spread = np.diff(recorder.times_s)
        assert spread.std() > 0.01, "the rate is even"
        for begin, end in recorder.outages:
            outages += 1
            inside = (recorder.times_s > begin + 0.06) & (recorder.times_s < end - 0.06)
            assert not inside.any()
    assert outages > 5


def test_clock_errors_stay_within_two_seconds_and_reach_the_site_file(tmp_path: Path) -> None:
    recording = small_city(scenario="clock_offset", cameras=2, seconds=2)
    errors = [recording.recorder(number).clock_error_s for number in range(2)]
    assert all(0 < abs(error) <= 2 for error in errors)
    simulate(tmp_path, recording)
    text = (tmp_path / "site.yaml").read_text()
    for error in errors:
        expected = f"{error % 60:09.6f}" if error > 0 else f"{60 + error:09.6f}"
        assert expected in text, f"{expected} is not in {text}"
