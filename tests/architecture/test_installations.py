"""The core installation and the container image hold what the product needs, and nothing of the workshop."""

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from pipeline.commands import app
from tests.architecture.source import ROOT, imports_of, loaded, modules, way_to

EXTRAS = ("workshop.", "web.")
"""Rooms whose libraries come with an extra of the installation."""
PRODUCT = ["pipeline.commands", *(name for name in app.COMMAND_MODULES if not name.startswith(EXTRAS))]
"""The commands of the product and of the simulation, which the core installation runs."""
TRAINING = (
    "workshop", "reid.batches", "reid.experiments", "reid.export", "reid.losses", "reid.models",
    "reid.studies", "reid.training",
)  # fmt: skip
NEVER_IMPORTED = {"tzdata"}
"""Time zones where the system has none: zoneinfo reads it."""
BROUGHT_ALONG = {"pydantic-core"}
"""The half of pydantic that is not written in Python, of exactly the version that pydantic names."""


def distributions(requirements: list[str]) -> set[str]:
    return {re.split(r"[\s\[<>=!~;]", one, maxsplit=1)[0].lower().replace("_", "-") for one in requirements}


def core_distributions() -> set[str]:
    """What `pip install fietsflow` brings, by our own word."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return distributions(told["dependencies"])


def foreign_imports(at_once: bool) -> Iterator[tuple[str, str]]:
    """Packages of others that the product imports, and in which of our modules."""
    known = modules()
    for module in loaded(PRODUCT, lazily=True):
        for one in imports_of(known[module]):
            of_others = not one.own and not one.typing and one.top not in sys.stdlib_module_names
            if of_others and (one.at_once or not at_once):
                yield one.top, module


def test_the_core_installation_runs_product_and_simulation() -> None:
    found, core = loaded(PRODUCT, lazily=True), core_distributions() | BROUGHT_ALONG
    offered = packages_distributions()
    missing = {
        f"{package}: {way_to(module, found)}"
        for package, module in foreign_imports(at_once=True)
        if not core & distributions(offered.get(package, []))
    }
    assert not missing, f"imported as soon as a command starts, but not in the core: {sorted(missing)}"


def test_the_core_installation_brings_nothing_that_only_the_workshop_needs() -> None:
    offered = packages_distributions()
    used = {name for package, _ in foreign_imports(at_once=False) for name in offered.get(package, [])}
    idle = core_distributions() - distributions(list(used)) - NEVER_IMPORTED
    assert not idle, f"dependencies of the core that neither product nor simulation imports: {sorted(idle)}"


def test_what_extras_bring_is_not_in_the_core() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = {name: set(told["optional-dependencies"][name]) for name in told["optional-dependencies"]}
    optional = distributions([one for name, ones in extras.items() if name != "dev" for one in ones])
    assert "torch" in optional
    assert not optional & core_distributions()


def test_the_product_reaches_no_training_code() -> None:
    found = loaded(PRODUCT, lazily=True)
    strayed = [way_to(one, found) for one in found if one.startswith(TRAINING)]
    assert not strayed, "\n".join(strayed)


def copied_files() -> list[Path]:
    """What the Dockerfile copies into the image, relative to the root."""
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    found = []
    for line in (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines():
        if not line.startswith("COPY "):
            continue
        *sources, place = shlex.split(line)[1:]
        for source in sources:
            path = ROOT / source
            assert path.exists(), f"Dockerfile: {source} is not there"
            # A folder's contents go into the place, a file itself does.
            end = (ROOT / place).resolve()
            assert end in (path, path.parent), f"Dockerfile: {source} must keep its place, not {place}"
            found += [path] if path.is_file() else [one for one in path.rglob("*") if one.is_file()]
    relative = [one.relative_to(ROOT) for one in found]
    return [one for one in relative if not any(_matches(one, pattern) for pattern in ignored)]


def _matches(path: Path, pattern: str) -> bool:
    anywhere = pattern.removeprefix("**/")
    if anywhere != pattern:
        return any(fnmatch(part, anywhere) for part in path.parts)
    return any(fnmatch(str(one), pattern) for one in (path, *path.parents))


def test_the_image_holds_all_that_the_product_imports() -> None:
    copied = {ROOT / one for one in copied_files()}
    found, known = loaded(PRODUCT, lazily=True), modules()
    missing = [way_to(one, found) for one in found if known[one] not in copied]
    assert not missing, "the Dockerfile does not copy what these import:\n" + "\n".join(missing)


def test_the_image_holds_no_training_code() -> None:
    rooms = tuple(f"{room.replace('.', '/')}/" for room in TRAINING)
    training = [str(one) for one in copied_files() if one.as_posix().startswith(rooms)]
    assert not training, f"the Dockerfile copies {training}"


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the image, in a folder."""
    folder = tmp_path_factory.mktemp("image")
    for one in copied_files():
        (folder / one).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / one, folder / one)
    return folder


def in_image(image: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = f"import sys; sys.path.insert(0, {str(image)!r}); from pipeline.commands import main; main()"
    return subprocess.run(
        # -I: neither the folder of the caller nor PYTHONPATH offer the whole tree.
        [sys.executable, "-I", "-c", _without_the_tree() + program, *arguments],
        capture_output=True,
        text=True,
        cwd=image,
        check=False,
    )


def _without_the_tree() -> str:
    """An editable installation of this very tree must not step in for what the image lacks."""
    return (
        "import sys; sys.meta_path[:] = [f for f in sys.meta_path if 'editable' not in repr(f).lower()]; "
        f"sys.path[:] = [p for p in sys.path if p != {str(ROOT)!r}]; "
    )


def test_every_command_of_the_product_starts_in_the_image(image: Path) -> None:
    answer = in_image(image, "--help")
    assert answer.returncode == 0, answer.stderr
    for command in ("run", "validate", "simulate", "stats", "evaluate", "dataset", "models", "db"):
        assert re.search(rf"\b{command}\b", answer.stdout), answer.stdout
    validated = in_image(image, "models", "list")
    assert validated.returncode == 0, validated.stderr


@pytest.mark.parametrize("arguments", [("reid", "train", "x.yaml", "out"), ("reid", "--help"), ("reid",)])
def test_the_image_says_what_the_workshop_needs(image: Path, arguments: tuple[str, ...]) -> None:
    answer = in_image(image, *arguments)
    assert answer.returncode == 2, answer.stdout + answer.stderr
    assert answer.stderr.startswith("error: pipeline reid: needs the package workshop"), answer.stderr
    assert len(answer.stderr.splitlines()) == 1
