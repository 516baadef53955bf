"""Files and modules that the documentation, a comment or a help text names are there."""

import pkgutil
import re
from functools import cache
from typing import Any

import pytest
import yaml

from tests.conftest import REPOSITORY
from tests.documentation.pages import Page, packages, pages, sources

_MADE = {line.strip().strip("/") for line in (REPOSITORY / ".gitignore").read_text("utf-8").splitlines()}
"""What commands leave at the top: examples name files in it that only some of them make."""
FOLDERS = {path.name for path in REPOSITORY.iterdir() if path.is_dir()} - _MADE
_PATH = re.compile(r"[\w.*/-]+")
_DOTTED = re.compile(r"([a-z_]\w*(?:\.\w+)+)(?:\(.*\))?")


@pytest.mark.parametrize("page", pages(), ids=str)
def test_every_path_of_the_repository_exists(page: Page) -> None:
    words = [*page.quoted, *(word for line in page.shell_lines for word in line.split())]
    missing = [word for word in words if _is_ours(word) and not any(REPOSITORY.glob(word))]
    assert missing == [], f"{page} names files that are not there"


def _is_ours(word: str) -> bool:
    """Whether a word is a path that begins at the top of the repository; others are examples."""
    first, slash, _ = word.partition("/")
    return bool(slash and _PATH.fullmatch(word)) and (first in FOLDERS or word.endswith(".py"))


@pytest.mark.parametrize("page", pages(), ids=str)
def test_every_module_and_function_exists(page: Page) -> None:
    words = [*page.quoted, *re.findall(r"python -m (\S+)", "\n".join([*page.shell_lines, *page.quoted]))]
    matches = [match for word in words if (match := _DOTTED.fullmatch(word))]
    names = [m[1] for m in matches if m[1].split(".")[0] in packages() and not m[1].endswith(".db")]
    missing = [name for name in names if not _is_there(name)]
    assert missing == [], f"{page} names what cannot be imported"


def _is_there(name: str) -> bool:
    if name in _settings():
        return True
    if (REPOSITORY / name.replace(".", "/")).with_suffix(".py").is_file():
        return True
    try:
        pkgutil.resolve_name(name)
    except (ImportError, AttributeError):
        return False
    return True


@cache
def _settings() -> set[str]:
    """Dotted keys of ``config.yaml``, some of which begin like a package."""
    return _keys(yaml.safe_load((REPOSITORY / "config.yaml").read_text("utf-8")))


def _keys(values: dict[str, Any], above: str = "") -> set[str]:
    keys = {above + key for key in values}
    return keys.union(*(_keys(v, f"{above}{k}.") for k, v in values.items() if isinstance(v, dict)))


def test_pages_that_the_code_names_exist() -> None:
    named = {
        (str(path.relative_to(REPOSITORY)), name)
        for path in sources()
        for name in re.findall(r"docs/[\w./-]*\w", path.read_text("utf-8"))
    }
    assert named, "no file of code was read"
    assert [(where, name) for where, name in sorted(named) if not (REPOSITORY / name).exists()] == []
