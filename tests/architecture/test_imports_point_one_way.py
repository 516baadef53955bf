"""pipeline → {flows, reid, anonymize} → tracking, and never back."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ALLOWED = {
    "tracking": {"tracking"},
    "anonymize": {"anonymize", "tracking"},
    "reid": {"reid", "anonymize", "tracking"},
    "flows": {"flows", "tracking"},
    "pipeline": {"pipeline", "flows", "reid", "anonymize", "tracking"},
}


def imported_packages(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{file} uses a relative import"
            names.add(node.module.split(".")[0])
    return names & set(ALLOWED)


@pytest.mark.parametrize("package", sorted(ALLOWED))
def test_imports_point_one_way(package: str) -> None:
    for file in sorted((ROOT / package).rglob("*.py")):
        forbidden = imported_packages(file) - ALLOWED[package]
        assert not forbidden, f"{file.relative_to(ROOT)} imports {sorted(forbidden)}"
