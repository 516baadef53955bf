"""Cameras without footage for hours must not keep the embeddings of the others alive."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from flows.database import FlowStore
from pipeline.cameras import detectors
from pipeline.configuration import load_configuration
from pipeline.runner import local, run_site
from tests.command_line import street, write_video
from tests.pipeline.colour_detector import ColourDetector

RED, GREEN, BLUE = (30, 30, 220), (40, 200, 40), (220, 60, 30)
SITE = """
site: test
timezone: UTC
encoder: {name: colour_stripes}
cameras:
  - {id: A, source: "a_*.mp4", time_pattern: "%Y%m%dT%H%M%S"}
  - {id: B, source: "b_*.mp4", time_pattern: "%Y%m%dT%H%M%S"}
links:
  - {from: A, to: B, min_travel_s: 1, max_travel_s: 15}
"""
RIDERS = tuple((10 + 90 * number, (RED, GREEN, BLUE)[number % 3]) for number in range(6))
"""One every nine seconds: at most three within the longest travel time and the delay of verdicts."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_video(tmp_path / "a_20240514T080000.mp4", street(600, RIDERS))
    (tmp_path / "site.yaml").write_text(SITE)
    monkeypatch.setattr(detectors, "build_detector", lambda settings: ColourDetector())
    monkeypatch.setattr(local, "SAVE_EVERY_S", 0.0)
    return tmp_path


@pytest.mark.parametrize(
    "begins",
    [
        pytest.param(("100000",), id="one camera begins two hours later"),
        pytest.param(("080000", "100000"), id="one camera has an outage of two hours"),
        pytest.param(("060000",), id="one camera ended two hours before"),
    ],
)
def test_embeddings_are_forgotten_while_another_camera_has_no_footage(
    folder: Path, monkeypatch: pytest.MonkeyPatch, begins: tuple[str, ...]
) -> None:
    for moment in begins:
        write_video(folder / f"b_20240514T{moment}.mp4", street(100, ((20, RED),)))
    kept: list[int] = []
    save_matching = FlowStore.save_matching

    def counted(store: FlowStore, *arguments: Any, **options: Any) -> None:
        save_matching(store, *arguments, **options)
        if not (beside := folder / "flows.db-gallery").exists():
            kept.append(0)
            return
        with closing(sqlite3.connect(beside)) as connection:
            kept.extend(connection.execute("select count(*) from gallery").fetchone())

    monkeypatch.setattr(FlowStore, "save_matching", counted)
    run_site(load_configuration(folder / "site.yaml", {"database": f"sqlite:///{folder / 'flows.db'}"}))

    assert max(kept) > 0, "no embedding was ever kept"
    assert max(kept) <= 3, f"{max(kept)} of {len(RIDERS) + len(begins)} embeddings were kept at once"
