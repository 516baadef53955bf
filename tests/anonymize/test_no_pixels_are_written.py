"""The program has no means to write a picture, except in the simulation, which films nobody, in the one
module that writes the anonymised crops of a data set, and in the laboratory, which never sees footage."""

import ast
from pathlib import Path

PACKAGES = ("pipeline", "tracking", "anonymize", "reid", "flows")
ROOT = Path(__file__).resolve().parents[2]
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
        "workshop/detector/learning",
        "workshop/laboratory",
        "workshop/detector",
        "workshop/encoder",
    )
)
"""Reads finished data sets and simulated streets, and writes weights and pictures made from those."""
FOOTAGE_READERS = {"av", "VideoCapture"}
AUDITS_WHAT_IT_WRITES = ROOT / "pipeline" / "datasets" / "pictures.py"


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
        and file != AUDITS_WHAT_IT_WRITES
        and (writers := writers_in(file))
    }
    assert not found, f"modules that can write pictures: {found}"


def test_the_laboratory_cannot_read_footage() -> None:
    found = {
        str(file): FOOTAGE_READERS & names_in(file) for room in LABORATORY for file in room.rglob("*.py")
    }
    assert not any(found.values()), f"modules of the laboratory that can read video: {found}"


def test_the_search_would_find_a_writer() -> None:
    assert any(writers_in(file) for file in FILMS_NOBODY.rglob("*.py"))
