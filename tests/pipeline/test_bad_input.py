"""Whatever is wrong with the input: one clear sentence, the right exit code, nothing lost."""

import hashlib
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.command_line import pipeline, street, write_video

SITE = """\
site: test
timezone: Europe/Amsterdam
cameras:
  - id: A
    source: a.mp4
    start: 2024-05-14T08:00:00
{camera}
  - id: B
    source: b.mp4
    start: 2024-05-14T08:00:10
links:
  - {{from: A, to: B, min_travel_s: 2, max_travel_s: 60}}
{rest}
"""


def site(folder: Path, *, camera: str = "", rest: str = "") -> None:
    indented = "\n".join(f"    {line}" for line in camera.splitlines())
    (folder / "site.yaml").write_text(SITE.format(camera=indented, rest=rest))


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two cameras, a site file, and a database of a finished run."""
    folder = tmp_path_factory.mktemp("finished")
    for name in ("a.mp4", "b.mp4"):
        write_video(folder / name, street(70, ((15, (40, 40, 200)),)))
    site(folder)
    answer = pipeline("run", "--cameras", folder / "site.yaml", "--database", folder / "flows.db")
    assert answer.code == 0, answer.err
    return folder


@pytest.fixture
def folder(finished: Path, tmp_path: Path) -> Path:
    for file in finished.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path


def write(name: str, content: bytes) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        (folder / name).write_bytes(content)

    return change


def with_site(**parts: str) -> Callable[[Path], None]:
    return lambda folder: site(folder, **parts)


def replaced(*pairs: tuple[str, str]) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        content = SITE.format(camera="", rest="")
        for old, new in pairs:
            assert old in content
            content = content.replace(old, new)
        (folder / "site.yaml").write_text(content)

    return change


def remove(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def site_is_folder(folder: Path) -> None:
    (folder / "site.yaml").unlink()
    (folder / "site.yaml").mkdir()


def weights_with_wrong_checksum(folder: Path) -> None:
    (folder / "net.onnx").write_bytes(b"not what the card says")
    (folder / "net.json").write_text(json.dumps({"name": "net", "sha256": "0" * 64}))


def foreign_database(folder: Path) -> None:
    connection = sqlite3.connect(folder / "foreign.db")
    connection.execute("create table recipes (name text)")
    connection.commit()
    connection.close()


def nothing(folder: Path) -> None:
    """The fault lies in the command alone."""


LINKS = "links:\n  - {from: A, to: B, min_travel_s: 2, max_travel_s: 60}\n"
RUN = ("run", "--cameras", "site.yaml", "--database", "flows.db")
Case = tuple[Callable[[Path], None], tuple[str, ...], int, tuple[str, ...]]
BAD_INPUT: dict[str, Case] = {
    "site file missing": (remove("site.yaml"), RUN, 2, ("site.yaml",)),
    "site file is a folder": (site_is_folder, RUN, 2, ("site.yaml", "folder")),
    "site file empty": (write("site.yaml", b""), RUN, 2, ("site.yaml", "empty")),
    "site file is binary": (write("site.yaml", bytes(range(256))), RUN, 2, ("site.yaml",)),
    "YAML syntax error": (write("site.yaml", b"site: [test\ncameras: x"), RUN, 2, ("site.yaml", "line")),
    "unknown key": (with_site(camera="colour: red"), RUN, 2, ("cameras[0].colour",)),
    "misspelt section": (with_site(rest="trackr: {expiry_s: 1}"), RUN, 2, ("trackr", "tracker")),
    "wrong type": (with_site(camera="clock_offset: fast"), RUN, 2, ("cameras[0].clock_offset",)),
    "value out of range": (with_site(rest="tracker: {iou_max: 3}"), RUN, 2, ("tracker.iou_max",)),
    "two identical camera ids": (
        replaced(("id: B", "id: A"), (LINKS, "")),
        RUN,
        2,
        ("cameras[1].id", "A"),
    ),
    "polygon of two points": (with_site(camera="roi: [[0.1, 0.1], [0.9, 0.9]]"), RUN, 2, ("cameras[0].roi",)),
    "polygon crosses itself": (
        with_site(camera="roi: [[0, 0], [1, 1], [1, 0], [0, 1]]"),
        RUN,
        2,
        ("cameras[0].roi", "cross"),
    ),
    "polygon outside the frame": (
        with_site(camera="roi: [[0, 0], [900, 0], [900, 900]]"),
        RUN,
        2,
        ("cameras[0].roi", "320"),
    ),
    "location not on earth": (with_site(camera="location: [153.2, 6.5]"), RUN, 2, ("cameras[0].location",)),
    "unknown camera in a link": (
        replaced(("to: B", "to: X")),
        RUN,
        2,
        ("links[0].to", "X"),
    ),
    "window upside down": (
        replaced(("min_travel_s: 2", "min_travel_s: 90")),
        RUN,
        2,
        ("links[0]", "min_travel_s"),
    ),
    "unknown time zone": (
        replaced(("Europe/Amsterdam", "Europe/Amsterdm")),
        RUN,
        2,
        ("timezone", "Europe/Amsterdam"),
    ),
    "no start time": (
        replaced(("    start: 2024-05-14T08:00:00\n", "")),
        RUN,
        2,
        ("cameras[0].start",),
    ),
    "footage missing": (remove("a.mp4"), RUN, 2, ("cameras[0].source", "a.mp4")),
    "footage of 0 bytes": (write("a.mp4", b""), RUN, 1, ("cameras[0].source", "a.mp4")),
    "text renamed to .mp4": (write("a.mp4", b"dear diary\n" * 50), RUN, 1, ("cameras[0].source", "a.mp4")),
    "glob matches nothing": (
        replaced(("a.mp4", "nowhere_*.mp4")),
        RUN,
        2,
        ("cameras[0].source", "nowhere_*.mp4"),
    ),
    "weights of 0 bytes": (
        write("net.onnx", b""),
        (*RUN, "--detector", "net.onnx"),
        2,
        ("net.onnx", "empty"),
    ),
    "weights are no network": (
        write("net.onnx", b"hello" * 100),
        (*RUN, "--detector", "net.onnx"),
        2,
        ("net.onnx",),
    ),
    "weights with wrong checksum": (
        weights_with_wrong_checksum,
        (*RUN, "--detector", "net.onnx"),
        2,
        ("net.onnx", "SHA-256"),
    ),
    "weights missing": (nothing, (*RUN, "--detector", "gone.onnx"), 2, ("gone.onnx",)),
    "unknown detector": (nothing, (*RUN, "--detector", "eagle"), 2, ("eagle",)),
    "encoder weights missing": (nothing, (*RUN, "--encoder", "gone.onnx"), 2, ("gone.onnx",)),
    "CUDA asked for and absent": (nothing, (*RUN, "--device", "cuda"), 2, ("cuda",)),
    "unknown device": (nothing, (*RUN, "--device", "tpu"), 2, ("device", "tpu")),
    "override without value": (nothing, (*RUN, "--set", "tracker"), 2, ("tracker", "key=value")),
    "unknown option": (nothing, (*RUN, "--colour"), 2, ("--colour",)),
    "unknown command": (nothing, ("walk",), 2, ("walk",)),
    "database of another program": (
        foreign_database,
        ("run", "--cameras", "site.yaml", "--database", "foreign.db"),
        1,
        ("foreign.db",),
    ),
    "database is no database": (
        write("notes.db", b"buy milk\n" * 200),
        ("run", "--cameras", "site.yaml", "--database", "notes.db"),
        1,
        ("notes.db",),
    ),
    "database folder missing": (
        nothing,
        ("run", "--cameras", "site.yaml", "--database", "nowhere/flows.db"),
        1,
        ("nowhere/flows.db",),
    ),
    "database in a folder that cannot be written": (
        nothing,
        ("run", "--cameras", "site.yaml", "--database", "/proc/flows.db"),
        1,
        ("/proc/flows.db",),
    ),
    "database address of no known kind": (
        nothing,
        ("run", "--cameras", "site.yaml", "--database", "oracle://host/flows"),
        2,
        ("oracle",),
    ),
    "other settings on the same footage": (
        nothing,
        (*RUN, "--set", "matching.threshold=0.3"),
        1,
        ("flows.db", "--replace"),
    ),
    "statistics of a missing database": (
        nothing,
        ("stats", "counts", "--database", "gone.db"),
        2,
        ("gone.db",),
    ),
    "unknown interval": (
        nothing,
        ("stats", "counts", "--database", "flows.db", "--interval", "week"),
        2,
        ("week",),
    ),
    "nonsense in place of a date": (
        nothing,
        ("stats", "counts", "--database", "flows.db", "--from", "yesterday-ish"),
        2,
        ("yesterday-ish",),
    ),
    "simulation of no cameras": (nothing, ("simulate", "out", "--cameras", "0"), 2, ("cameras",)),
    "unknown scenario": (nothing, ("simulate", "out", "--scenario", "tsunami"), 2, ("tsunami", "calm")),
}


def digests(folder: Path) -> dict[str, str]:
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.glob("*.db")
        if file.is_file()
    }


@pytest.mark.parametrize("case", sorted(BAD_INPUT))
def test_bad_input_gets_one_clear_sentence(case: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spoil, command, code, words = BAD_INPUT[case]
    spoil(folder)
    monkeypatch.chdir(folder)
    before = digests(folder)

    answer = pipeline(*command)

    assert answer.code == code, f"exit code {answer.code} instead of {code}: {answer.err}"
    sentences = [line for line in answer.err.splitlines() if line.startswith("error: ")]
    assert len(sentences) == 1, f"{len(sentences)} sentences:\n{answer.err}"
    for word in words:
        assert word in sentences[0], f"{word!r} is not in: {sentences[0]}"
    assert "Traceback" not in answer.err
    assert digests(folder) == before, "a database was changed"


def test_a_video_cut_in_the_middle_is_used_as_far_as_it_goes(folder: Path) -> None:
    whole = (folder / "a.mp4").read_bytes()
    # Fragmented files keep their index in pieces, as recorders that may lose power write them.
    subprocess.run(
        [sys.executable, "-c", REMUX, str(folder / "a.mp4"), str(folder / "whole.mp4")],
        check=True,
        timeout=60,
    )
    fragmented = (folder / "whole.mp4").read_bytes()
    (folder / "a.mp4").write_bytes(fragmented[: len(fragmented) * 6 // 10])
    assert len(whole) > 0

    answer = pipeline("run", "--cameras", folder / "site.yaml", "--database", folder / "cut.db")

    assert answer.code == 0, answer.err
    assert "camera A: a.mp4" in answer.out, f"the summary does not say what could not be read:\n{answer.out}"


REMUX = """
import sys, av
with av.open(sys.argv[1]) as source, av.open(
    sys.argv[2], "w", options={"movflags": "frag_every_frame+empty_moov"}
) as target:
    stream = target.add_stream_from_template(source.streams.video[0])
    for packet in source.demux(video=0):
        if packet.dts is not None:
            packet.stream = stream
            target.mux(packet)
"""

FULL_AFTER_BYTES = "8192"
LIMITED = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
from pipeline.commands import main
main(sys.argv[2:])
"""


def test_a_full_disk_is_one_sentence_and_leaves_the_old_results(folder: Path) -> None:
    (folder / "c.mp4").write_bytes((folder / "b.mp4").read_bytes())
    (folder / "other.yaml").write_text(
        "site: other\ntimezone: Europe/Amsterdam\n"
        "cameras: [{id: C, source: c.mp4, start: 2024-05-15T08:00:00}]\n"
    )
    rows = stored(folder)

    done = subprocess.run(
        [
            sys.executable,
            "-c",
            LIMITED,
            FULL_AFTER_BYTES,
            "run",
            "--cameras",
            "other.yaml",
            "--database",
            "flows.db",
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("error: ") == 1, done.stderr
    assert "flows.db" in done.stderr
    assert stored(folder) == rows, "the old results are not what they were"


def stored(folder: Path) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(folder / "flows.db")
    try:
        return connection.execute(
            "select * from journeys_flat where site = 'test' order by 1, 2, 3"
        ).fetchall()
    finally:
        connection.close()
