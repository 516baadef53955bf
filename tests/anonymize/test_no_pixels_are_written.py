"""The program has no means to write a picture, except in the simulation, which films nobody, in the one
module that writes the anonymised crops of a data set, and in the laboratory, which never sees footage. The
set-up shows a blurred still, which one module encodes in memory and cannot put on a disk."""

import ast
import shutil
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGES, ROOT, imports_of, modules, reached, way_to

WRITERS = {
    "imwrite", "imwritemulti", "imwriteanimation", "imencode", "imencodemulti", "VideoWriter",  # OpenCV
    "add_stream", "add_stream_from_template", "to_image",  # PyAV
    "save", "savez", "savez_compressed", "tofile",  # NumPy, Pillow, PyTorch
}  # fmt: skip
FILMS_NOBODY = ROOT / "simulation"
LABORATORY = tuple(
    ROOT / room
    for room in (
        "reid/training",
        "reid/export",
        "workshop/detector",
        "workshop/encoder",
        "workshop/laboratory",
    )
)
"""Reads finished data sets and simulated streets, and writes weights and pictures made from those."""
NEVER_SEES_FOOTAGE = ("workshop", "reid.training", "reid.export", "reid.experiments")
"""Packages of the laboratory, its commands included."""
LEARNS_FROM_FOOTAGE = (
    "workshop.adaptation",
    "workshop.commands.adapt",
    "workshop.classifier",
    "workshop.commands.train_classifier",
)
"""The two rooms that read footage, and their commands; like the product without means to write a picture."""
AUDITS_WHAT_IT_WRITES = ROOT / "pipeline" / "datasets" / "pictures.py"
SHOWS_A_STILL = ROOT / "pipeline" / "setup" / "still.py"
ON_DISK = {"open", "write", "write_bytes", "write_text", "Path", "whole_file", "NamedTemporaryFile"}


def names_in(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {
        node.attr if isinstance(node, ast.Attribute) else node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute | ast.alias)
    }


def writers_in(file: Path) -> list[str]:
    return sorted(WRITERS & names_in(file))


def test_no_module_but_simulation_and_data_sets_can_write_pixels() -> None:
    found = {
        str(file.relative_to(ROOT)): writers
        for package in PACKAGES
        for file in (ROOT / package).rglob("*.py")
        if not any(file.is_relative_to(room) for room in (FILMS_NOBODY, *LABORATORY))
        and file not in (AUDITS_WHAT_IT_WRITES, SHOWS_A_STILL)
        and (writers := writers_in(file))
    }
    assert not found, f"modules that can write pictures: {found}"


def test_the_still_of_the_set_up_is_encoded_in_memory_alone() -> None:
    tree = ast.parse(SHOWS_A_STILL.read_text(encoding="utf-8"))
    called = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert writers_in(SHOWS_A_STILL) == ["imencode"]
    assert not ON_DISK & (names_in(SHOWS_A_STILL) | called)
    rooms = (ROOT / "pipeline" / "setup", ROOT / "web" / "setup", ROOT / "web" / "review")
    pictures = {"still", "blurred_jpeg", "moving_pictures"}
    users = [file for room in rooms for file in room.rglob("*.py") if pictures & names_in(file)]
    assert {file.name for file in users} >= {"moving.py", "desk.py", "routes.py"}
    assert [file for file in users if ON_DISK - {"Path"} & names_in(file)] == []


def opens_video(file: Path) -> bool:
    return "VideoCapture" in names_in(file) or any(one.top == "av" for one in imports_of(file))


def footage_readers(starts: list[str], root: Path = ROOT) -> list[str]:
    """Ways on which modules can call something that opens video; the simulation's camera only writes it."""
    known, found = modules(root), reached(starts, root)
    return [
        way_to(module, found)
        for module in found
        if opens_video(known[module]) and not known[module].is_relative_to(FILMS_NOBODY)
    ]


@pytest.mark.parametrize("room", NEVER_SEES_FOOTAGE)
def test_the_laboratory_cannot_read_footage(room: str) -> None:
    starts = [
        name
        for name in modules()
        if (name == room or name.startswith(f"{room}.")) and not name.startswith(LEARNS_FROM_FOOTAGE)
    ]
    assert starts, f"{room} is not there"
    ways = footage_readers(starts)
    assert not ways, "the laboratory can read video:\n" + "\n".join(ways)


@pytest.mark.parametrize(
    "text",
    [
        "import av",
        "from av import open as begin",
        "import cv2\ncv2.VideoCapture(0)",
        "from pipeline.sources import CameraSource",
        "import pipeline.sources",
        "def late():\n    from pipeline import sources",
        "from pipeline.runner import run_site",
        "from pipeline.datasets import build_dataset",
        "import importlib\nimportlib.import_module('pipeline.sources.video')",
        "from workshop.friend import anything",
    ],
)
def test_no_detour_to_footage_is_missed(tmp_path: Path, text: str) -> None:
    for name, file in modules().items():
        if name.startswith("pipeline"):
            copy = tmp_path / file.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
    (tmp_path / "workshop").mkdir()
    (tmp_path / "workshop" / "friend.py").write_text("from pipeline.cameras import open_camera")
    (tmp_path / "workshop" / "sly.py").write_text(text)
    assert footage_readers(["workshop.sly"], tmp_path)


def test_taking_a_word_from_a_room_is_not_taking_its_footage() -> None:
    assert not footage_readers(["pipeline.configuration.sentences"])
    assert footage_readers(["pipeline.configuration.survey"])


def test_the_search_would_find_a_writer() -> None:
    assert any(writers_in(file) for file in FILMS_NOBODY.rglob("*.py"))
