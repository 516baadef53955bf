"""The program has no means to write a picture, except in the simulation, which films nobody, and in the
one module that writes the anonymised crops of a data set."""

import ast
from pathlib import Path

PACKAGES = ("pipeline", "tracking", "anonymize", "reid", "flows")
ROOT = Path(__file__).resolve().parents[2]
WRITERS = {
    "imwrite", "imwritemulti", "imwriteanimation", "imencode", "imencodemulti", "VideoWriter",  # OpenCV
    "add_stream", "add_stream_from_template", "to_image",  # PyAV
    "save", "savez", "savez_compressed", "tofile",  # NumPy, Pillow, PyTorch
}  # fmt: skip
FILMS_NOBODY = ROOT / "pipeline" / "simulation"
AUDITS_WHAT_IT_WRITES = ROOT / "pipeline" / "datasets" / "pictures.py"


def writers_in(file: Path) -> list[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    names = (
        node.attr if isinstance(node, ast.Attribute) else node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute | ast.alias)
    )
    return sorted(WRITERS & set(names))


def test_no_module_but_simulation_and_data_sets_can_write_pixels() -> None:
    found = {
        str(file.relative_to(ROOT)): writers
        for package in PACKAGES
        for file in (ROOT / package).rglob("*.py")
        if not file.is_relative_to(FILMS_NOBODY)
        and file != AUDITS_WHAT_IT_WRITES
        and (writers := writers_in(file))
    }
    assert not found, f"modules that can write pictures: {found}"


def test_the_search_would_find_a_writer() -> None:
    assert any(writers_in(file) for file in FILMS_NOBODY.rglob("*.py"))
