"""Boxes tell riders apart who came and went together, where times cannot."""

from pathlib import Path

import pytest

from flows.accuracy import FlowScores, Spans, Stored, evaluate, read_evidence, read_truth
from tests.flows.accuracy.rides import HOUR, passages, ride
from tracking.errors import UsageError

FRAMES = range(1, 21)
RIDES = [ride("AB", 100.0), ride("AB", 100.2)]
CROSSED = [[RIDES[0][0], RIDES[1][1]], [RIDES[1][0], RIDES[0][1]]]


def boxes(path: Path, places: dict[int, float], last: str) -> None:
    """Somebody at each place for the whole of the film."""
    rows = [
        f"{frame},{who},{left + frame},50,20,60,{last}\n" for frame in FRAMES for who, left in places.items()
    ]
    path.write_text("".join(rows))


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Truth and tracks of two riders abreast; at B the tracks are numbered the other way round."""
    truth, tracks = tmp_path / "truth", tmp_path / "tracks"
    truth.mkdir()
    tracks.mkdir()
    rows = [
        f"{number + 7},{stop.camera},{stop.enter:.6f},{stop.enter + stop.stay:.6f},left,{number},{place}\n"
        for number, stops in enumerate(RIDES)
        for place, stop in enumerate(stops)
    ]
    (truth / "passages.csv").write_text(
        "rider,camera,enter_epoch_s,exit_epoch_s,direction,journey,position\n" + "".join(rows)
    )
    for camera, order in (("A", (1, 2)), ("B", (2, 1))):
        boxes(truth / f"boxes_{camera}.txt", {7: 10.0, 8: 200.0}, "1,2,1.0")
        boxes(tracks / f"boxes_{camera}.txt", {order[0]: 12.0, order[1]: 203.0}, "0.9,-1,-1,-1")
        lines = [
            f"{number},{stops[place].enter:.6f},{stops[place].enter + 4:.6f}\n"
            for number, stops, place in zip(order, RIDES, (int(camera == "B"),) * 2, strict=True)
        ]
        (tracks / f"passages_{camera}.csv").write_text(
            "passage,enter_epoch_s,exit_epoch_s\n" + "".join(lines)
        )
    return truth, tracks


def scores(folders: tuple[Path, Path], claimed: list) -> FlowScores:
    spans = tuple(Spans.of([(HOUR, HOUR + 3600)]) for _ in "AB")
    stored = Stored("street", passages(claimed, ("A", "B")), spans)
    return evaluate(read_truth(folders[0]), stored, evidence=read_evidence(*folders)).scores


def test_who_is_crossed_is_wrong_by_boxes_though_not_by_time(folders: tuple[Path, Path]) -> None:
    found = scores(folders, CROSSED)
    assert found.strict is not None
    assert found.links.whole_chain.correct == 2, "half a second apart nobody can tell by time"
    assert (found.strict.links.whole_chain.claimed, found.strict.links.whole_chain.correct) == (2, 0)
    assert (found.strict.matched, found.strict.told) == (4, 4)
    assert found.strict.journeys.exact == 0


def test_boxes_say_whom_a_sighting_shows_where_times_say_another(folders: tuple[Path, Path]) -> None:
    boxes(folders[1] / "boxes_A.txt", {1: 203.0, 2: 12.0}, "0.9,-1,-1,-1")
    found = scores(folders, RIDES)
    assert found.strict is not None
    assert (found.links.whole_chain.correct, found.strict.links.whole_chain.correct) == (2, 0)
    assert scores(folders, CROSSED).strict.links.whole_chain.correct == 2  # type: ignore[union-attr]


def test_who_is_right_is_right_by_boxes_too(folders: tuple[Path, Path]) -> None:
    found = scores(folders, RIDES)
    assert found.strict is not None
    assert (found.strict.links, found.strict.journeys) == (found.links, found.journeys)


def test_a_track_that_lies_on_nobody_shows_nobody(folders: tuple[Path, Path]) -> None:
    boxes(folders[1] / "boxes_A.txt", {1: 12.0, 2: 400.0}, "0.9,-1,-1,-1")
    found = scores(folders, RIDES)
    assert found.strict is not None
    assert (found.matched, found.strict.matched) == (4, 3)
    assert found.strict.links.whole_chain.correct == 1


def test_a_camera_without_tracks_is_paired_by_time(folders: tuple[Path, Path]) -> None:
    (folders[1] / "passages_B.csv").unlink()
    found = scores(folders, RIDES)
    assert found.strict is not None
    assert (found.strict.matched, found.strict.told, found.counted) == (4, 2, 4)


def test_without_tables_of_passages_there_is_nothing_strict(folders: tuple[Path, Path]) -> None:
    for path in folders[1].glob("passages_*.csv"):
        path.unlink()
    assert scores(folders, RIDES).strict is None


def test_a_damaged_table_is_named(folders: tuple[Path, Path]) -> None:
    (folders[1] / "passages_A.csv").write_text("passage,enter_epoch_s,exit_epoch_s\n1,soon,later\n")
    with pytest.raises(UsageError, match=r"passages_A\.csv: cannot be read as a table of passages"):
        read_evidence(*folders)
