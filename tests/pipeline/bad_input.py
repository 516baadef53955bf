"""What can be wrong with the input, and what the program answers: a table.

Each row spoils a folder that holds a good site file, two videos, weights and a finished database, gives a
command, and expects an exit code and words of the one sentence.
"""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

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

TROUBLE = {
    "footage missing": (remove("a.mp4"), RUN, 3, ("cameras[0].source", "a.mp4")),
    "footage of 0 bytes": (write("a.mp4", b""), RUN, 3, ("cameras[0].source", "a.mp4")),
    "text renamed to .mp4": (write("a.mp4", b"dear diary\n" * 50), RUN, 3, ("cameras[0].source", "a.mp4")),
    "glob matches nothing": (
        replaced(("a.mp4", "nowhere_*.mp4")),
        RUN,
        3,
        ("cameras[0].source", "nowhere_*.mp4"),
    ),
    "other settings on the same footage": (
        nothing,
        (*RUN, "--set", "matching.threshold=0.3"),
        0,
        ("other settings", "--replace"),
    ),
}
"""What one camera's trouble, or old footage, costs: spoil, command, exit code, words of the account."""
