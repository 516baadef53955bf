"""What the container image installs is named by version and checksum, and is what the program asks for."""

import re
import tomllib

from packaging.requirements import Requirement

from tests.conftest import REPOSITORY

LOCK = (REPOSITORY / "deploy" / "requirements.lock").read_text("utf-8")
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
MAKEFILE = (REPOSITORY / "Makefile").read_text("utf-8")
PIN = re.compile(
    r"^([a-z0-9-]+)==(\S+)((?: ; [^\\]+)?) \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE
)
EXTRAS = re.search(r"^IMAGE_EXTRAS := (.+)$", MAKEFILE, re.MULTILINE)


def pins() -> dict[str, str]:
    """Name → version."""
    return {name: version for name, version, *_ in PIN.findall(LOCK)}


def test_every_package_has_one_version_and_checksums() -> None:
    named = re.findall(r"^([a-z0-9-]+)==", LOCK, re.MULTILINE)
    assert len(named) == len(PIN.findall(LOCK)) > 30


def test_no_place_of_anybody_is_named() -> None:
    assert "://" not in LOCK
    assert "index" not in LOCK


def test_the_lock_fits_what_the_program_asks_for() -> None:
    assert EXTRAS is not None
    extras = PROJECT["optional-dependencies"]
    asked = PROJECT["dependencies"] + [one for extra in EXTRAS[1].split() for one in extras[extra]]
    found = pins()
    for text in asked:
        wanted = Requirement(text)
        name = re.sub(r"[-_.]+", "-", wanted.name).lower()
        assert wanted.specifier.contains(found[name]), f"{text}: {found[name]} is locked; run make lock"


def test_the_image_installs_the_lock_and_nothing_beside_it() -> None:
    text = (REPOSITORY / "Dockerfile").read_text("utf-8")
    assert "--require-hashes --requirement deploy/requirements.lock" in text
    assert "pip install --no-cache-dir --no-deps ." in text
    assert "torch" not in pins()
