"""``pipeline evaluate-tracks`` on files and folders."""

import json
from pathlib import Path

import pytest

from tests.command_line import pipeline
from tests.tracking.mot.streets import ride, spoil, write_mot


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Two cameras: one followed without a fault, one not."""
    truth, tracks = tmp_path / "truth", tmp_path / "tracks"
    truth.mkdir()
    tracks.mkdir()
    for camera, seed in (("A", 1), ("B", 2)):
        true = ride(seed)
        write_mot(truth / f"boxes_{camera}.txt", true)
        write_mot(tracks / f"boxes_{camera}.txt", true if camera == "A" else spoil(true, seed))
    return truth, tracks


def test_folders_give_a_row_for_each_camera_and_one_for_all(folders: tuple[Path, Path]) -> None:
    answer = pipeline("evaluate-tracks", *folders, "--class", 1, "--format", "json")
    assert answer.code == 0, answer.err
    report = json.loads(answer.out)
    first, second = (one["scores"] for one in report["cameras"])
    assert (first["hota"]["hota"], first["clear"]["mota"], first["identity"]["idf1"]) == (1.0, 1.0, 1.0)
    assert 0 < second["hota"]["hota"] < 1
    together = report["together"]["scores"]
    assert together["objects"] == first["objects"] + second["objects"]
    for count in ("true_positives", "false_positives", "false_negatives", "switches", "fragments"):
        assert together["clear"][count] == first["clear"][count] + second["clear"][count], count


def test_the_table_names_every_camera(folders: tuple[Path, Path], tmp_path: Path) -> None:
    path = tmp_path / "scores.json"
    answer = pipeline("evaluate-tracks", *folders, "--class", 1, "--json", path)
    lines = [line.split() for line in answer.out.splitlines()]
    assert [line[0] for line in lines if len(line) == 12][1:] == ["A", "B", "all"], answer.out
    assert json.loads(path.read_text())["cameras"][0]["name"] == "A"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1,2,3\n", "6 finite numbers are needed"),
        ("1,1,0,0,5,5,1\n1,1,0,0,5\n", "the same number of comma-separated numbers"),
        ("1,1,0,0,five,5\n", "comma-separated numbers"),
        ("1,1,0,0,nan,5\n", "finite"),
        ("1,1,0,0,5,5\n1,1,9,9,5,5\n", "identity 1 has two boxes in frame 1"),
    ],
)
def test_a_damaged_file_is_one_sentence(
    folders: tuple[Path, Path], tmp_path: Path, text: str, sentence: str
) -> None:
    wrong = tmp_path / "wrong.txt"
    wrong.write_text(text)
    answer = pipeline("evaluate-tracks", folders[0] / "boxes_A.txt", wrong, "--class", 1)
    assert answer.code == 2
    assert "wrong.txt" in answer.err
    assert sentence in answer.err, answer.err


def test_files_and_folders_that_do_not_go_together_are_one_sentence(folders: tuple[Path, Path]) -> None:
    truth, tracks = folders
    for arguments, sentence in (
        ((truth, tracks / "boxes_A.txt"), "two files or two folders"),
        ((truth, tracks / "nowhere"), "does not exist"),
        ((truth.parent, tracks), "holds no boxes_*.txt"),
    ):
        answer = pipeline("evaluate-tracks", *arguments, "--class", 1)
        assert (answer.code, sentence in answer.err) == (2, True), answer.err
    (tracks / "boxes_B.txt").unlink()
    assert "lacks boxes_B.txt" in pipeline("evaluate-tracks", truth, tracks, "--class", 1).err


def test_a_truth_without_cyclists_says_which_classes_it_has(folders: tuple[Path, Path]) -> None:
    answer = pipeline("evaluate-tracks", *folders)
    assert answer.code == 2
    assert "holds no box of class 2; its classes are 1, name one with --class" in answer.err


def test_a_camera_where_nothing_was_found_scores_zero(folders: tuple[Path, Path]) -> None:
    truth, tracks = folders
    (tracks / "boxes_A.txt").write_text("")
    answer = pipeline(
        "evaluate-tracks", truth / "boxes_A.txt", tracks / "boxes_A.txt", "--class", 1, "--format", "json"
    )
    scores = json.loads(answer.out)["cameras"][0]["scores"]
    assert (scores["hota"]["hota"], scores["clear"]["mota"], scores["identity"]["idf1"]) == (0.0, 0.0, 0.0)
