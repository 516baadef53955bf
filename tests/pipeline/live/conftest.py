"""A site that is watched by tests: short waits, and the colour detector."""

from pathlib import Path

import pytest

from pipeline.cameras import detectors
from pipeline.runner.live import session, work
from pipeline.sources.streams import reader
from tests.pipeline.colour_detector import ColourDetector


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where site file and database lie."""
    monkeypatch.setattr(detectors, "build_detector", lambda settings: ColourDetector())
    monkeypatch.setattr(session, "SAVE_EVERY_S", 0.1)
    monkeypatch.setattr(session, "QUIET_SAVE_EVERY_S", 0.1)
    monkeypatch.setattr(reader, "FIRST_WAIT_S", 0.1)
    monkeypatch.setattr(work, "LET_GO_S", 2.0)
    return tmp_path
