"""The site that is followed."""

from pathlib import Path

import pytest

from pipeline.cameras import detectors
from pipeline.runner import camera_work, local
from tests.pipeline.colour_detector import ColourDetector
from tests.pipeline.following.street_files import SITE, film


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The footage of all cameras; nothing of it has come yet."""
    folder = tmp_path_factory.mktemp("shelf")
    film(folder)
    return folder


@pytest.fixture
def folder(tmp_path: Path, shelf: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site without footage, and the footage that will come in a folder beside it."""
    (tmp_path / "shelf").symlink_to(shelf)
    (tmp_path / "site.yaml").write_text(SITE)
    monkeypatch.setattr(detectors, "build_detector", lambda settings: ColourDetector())
    monkeypatch.setattr(local, "SAVE_EVERY_S", 0.0)
    monkeypatch.setattr(camera_work, "RESTART_EVERY_S", 0.5)
    return tmp_path
