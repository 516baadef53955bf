"""Thousands of damaged files: none crashes the program, hangs it, fills the memory or shows a traceback."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.command_line import pipeline, street, write_video
from tests.conftest import REPOSITORY
from tests.fuzz.damage import damaged
from tests.fuzz.reader import READERS
from tests.pipeline.bad_input import SITE
from tests.pipeline.every_key.of_detectors import write_detector
from tests.pipeline.registry.networks import ENCODER_CARD
from tests.reid.encoders.conftest import write_network

KINDS = {
    "texts": ("site.yaml", "boxes.txt", "passages.csv", "outages.csv", "card.json"),
    "videos": ("video.mp4", "video.mkv"),
    "networks": ("network.onnx", "encoder.onnx"),
}
MOST_MEMORY_KIB = 1024**2
BOXES = "".join(f"{frame},{1 + frame % 3},{10.5 * frame},20,30,60,1,2,1.0\n" for frame in range(1, 60))
PASSAGES = "camera,enter_epoch_s,exit_epoch_s,direction,journey,position\n" + "".join(
    f"A,{1700000000 + n},{1700000003 + n},left,j{n},0\n" for n in range(40)
)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a good file of every kind."""
    folder = tmp_path_factory.mktemp("good")
    rest = "matching: {threshold: 0.9}\nstatistics: {min_count: 5, interval: 15min}\n"
    (folder / "site.yaml").write_text(
        SITE.format(camera="    roi: [[0, 1], [0, 0], [1, 0], [1, 1]]", rest=rest)
    )
    for name in ("a.mp4", "b.mp4"):
        (folder / name).write_bytes(b"")
    (folder / "boxes.txt").write_text(BOXES)
    (folder / "passages.csv").write_text(PASSAGES)
    (folder / "outages.csv").write_text("camera,start_epoch_s,end_epoch_s\nA,1700000000,1700000009.5\n")
    for name in ("video.mp4", "video.mkv"):
        write_video(folder / name, street(12, ((0, (30, 30, 220)),)))
    write_detector(folder / "network.onnx")
    write_network(folder / "encoder.onnx")
    (folder / "card.onnx").write_bytes(b"weights")
    (folder / "card.json").write_text(json.dumps(ENCODER_CARD | {"sha256": "0" * 64, "runtime": "onnx"}))
    return folder


def read_damaged(good: Path, names: tuple[str, ...], count: int, seconds: float) -> int:
    """Read so many damaged copies of each in a process of its own; how many were read."""
    arguments = [str(good), "0", str(count), str(seconds), *names]
    ran = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.reader", *arguments],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    # Not the numbers of those that were answered, but the last one, which may have ended the process.
    lines = ran.stderr.splitlines()
    told = "\n".join([*(line for line in lines if line.partition(" ")[0] not in names), *lines[-1:]])[-3000:]
    assert ran.returncode == 0, f"exit code {ran.returncode}; the last number is that of the damage:\n{told}"
    # ONNX Runtime prints there too.
    done, bad, memory_kib = map(int, ran.stdout.splitlines()[-1].split())
    assert bad == 0, told
    assert memory_kib < MOST_MEMORY_KIB, f"{memory_kib // 1024} MiB"
    return done


def test_every_reader_is_tried() -> None:
    assert sorted(name for names in KINDS.values() for name in names) == sorted(READERS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_read_or_refused_in_a_sentence(good: Path, kind: str) -> None:
    assert read_damaged(good, KINDS[kind], count=100, seconds=0.7) >= 3 * len(KINDS[kind])


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", KINDS)
def test_thousands_of_damaged_files_are_read_or_refused(good: Path, kind: str) -> None:
    assert read_damaged(good, KINDS[kind], count=1500, seconds=900.0) == 1500 * len(KINDS[kind])


@given(number=st.integers(0, 2**32))
def test_damage_is_the_same_for_the_same_number(number: int) -> None:
    assert damaged(BOXES.encode(), number) == damaged(BOXES.encode(), number)


@pytest.mark.parametrize("number", range(12))
def test_the_command_answers_with_a_documented_code(good: Path, tmp_path: Path, number: int) -> None:
    path = tmp_path / "site.yaml"
    path.write_bytes(damaged((good / "site.yaml").read_bytes(), number))
    answer = pipeline("validate", path)
    assert answer.code in (0, 1, 2, 3), answer
    assert "Traceback" not in answer.err
    assert answer.code == 0 or "error: " in answer.err or answer.out
