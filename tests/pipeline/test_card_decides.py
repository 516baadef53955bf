"""What a model card says is what the matcher does, where the site file says nothing else."""

import sqlite3
from pathlib import Path

import pytest

from tests.command_line import pipeline, street, write_video
from tests.pipeline.registry.networks import band_colours

RED, GREEN, BLUE = (30, 30, 220), (40, 200, 40), (220, 60, 30)
SITE = """
site: test
timezone: Europe/Amsterdam
cameras:
  - {id: A, source: a.mp4, start: 2024-05-14T08:00:00}
  - {id: B, source: b.mp4, start: 2024-05-14T08:00:10}
links:
  - {from: A, to: B, min_travel_s: 5, max_travel_s: 40}
detector: {name: motion}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Red and green ride from A to B; C, which few settings look at, sees blue instead."""
    place = tmp_path_factory.mktemp("street")
    write_video(place / "a.mp4", street(160, ((20, RED), (90, GREEN))))
    write_video(place / "b.mp4", street(200, ((60, RED), (130, GREEN))))
    write_video(place / "c.mp4", street(120, ((60, BLUE),)))
    (place / "site.yaml").write_text(SITE)
    return place


def matches(folder: Path, weights: Path, name: str, *settings: str) -> list[tuple[float, float | None]]:
    answer = pipeline(
        "run", "--cameras", folder / "site.yaml", "--database", folder / f"{name}.db", "--encoder", weights,
        *(part for setting in settings for part in ("--set", setting)),
    )  # fmt: skip
    assert answer.code == 0, answer.err
    connection = sqlite3.connect(folder / f"{name}.db")
    try:
        return connection.execute("select distance, probability from match order by distance").fetchall()
    finally:
        connection.close()


def test_journeys_carry_the_probabilities_of_the_cards_curve(folder: Path, tmp_path: Path) -> None:
    found = matches(folder, band_colours(tmp_path / "tiny.onnx"), "card")
    assert len(found) == 2, found
    for distance, probability in found:
        assert probability == pytest.approx(1 / (1 + 2.718281828 ** (20 * (distance - 0.3))), abs=1e-6)


def test_the_site_file_overrides_the_cards_curve(folder: Path, tmp_path: Path) -> None:
    curve = "matching.calibration={kind: table, distances: [0, 2], probabilities: [0.7, 0.7]}"
    found = matches(folder, band_colours(tmp_path / "tiny.onnx"), "site", curve)
    assert [probability for _, probability in found] == pytest.approx([0.7, 0.7])


def test_a_card_without_a_curve_gives_no_probabilities(folder: Path, tmp_path: Path) -> None:
    found = matches(folder, band_colours(tmp_path / "tiny.onnx", calibration=None), "none")
    assert [probability for _, probability in found] == [None, None]


def test_the_threshold_of_the_card_is_the_one_of_the_matcher(folder: Path, tmp_path: Path) -> None:
    blue_at_b = f"cameras.B.source={folder / 'c.mp4'}"
    strict = band_colours(tmp_path / "strict.onnx", threshold=0.1)
    lenient = band_colours(tmp_path / "lenient.onnx", threshold=1.9)
    assert matches(folder, strict, "strict", blue_at_b) == []
    assert len(matches(folder, lenient, "lenient", blue_at_b)) == 1
    assert matches(folder, lenient, "given", blue_at_b, "matching.threshold=0.1") == []


def test_a_curve_that_rises_with_the_distance_is_refused(folder: Path, tmp_path: Path) -> None:
    rising = {"kind": "table", "distances": [0, 1], "probabilities": [0.2, 0.8]}
    weights = band_colours(tmp_path / "tiny.onnx", calibration=rising)
    answer = pipeline("run", "--cameras", folder / "site.yaml", "--encoder", weights, "--database", "x.db")
    assert answer.code == 2
    assert f"{weights.with_suffix('.json')}: calibration" in answer.err
    assert "probabilities must not increase with the distance; correct the model card" in answer.err
