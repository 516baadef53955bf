"""What the track metrics say where the answer is known by hand or by reason."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tracking.mot.streets import boxes_of, ride, spoil, write_mot
from tracking.errors import UsageError
from tracking.mot import IdentifiedBoxes, evaluate_tracks, read_truth

SEEDS = st.integers(0, 10**6)
NOBODY = boxes_of([])


def renamed(boxes: IdentifiedBoxes, seed: int) -> IdentifiedBoxes:
    """Other numbers for the same identities, and the rows in another order."""
    dice = np.random.default_rng(seed)
    names, place = np.unique(boxes.identity, return_inverse=True)
    numbers = dice.permutation(10_000)[: len(names)]
    order = dice.permutation(len(boxes))
    return IdentifiedBoxes(boxes.frame, numbers[place], boxes.xyxy)[order]


@given(seed=SEEDS)
@settings(max_examples=15, deadline=None)
def test_the_truth_itself_scores_1(seed: int) -> None:
    truth = ride(seed)
    scores = evaluate_tracks(truth, truth)
    assert scores.hota.hota == pytest.approx(1.0)
    assert (scores.clear.mota, scores.identity.idf1, scores.clear.motp) == (1.0, 1.0, 1.0)
    assert (scores.clear.switches, scores.clear.fragments) == (0, 0)
    assert scores.clear.mostly_tracked == scores.objects


@given(seed=SEEDS)
@settings(max_examples=10, deadline=None)
def test_no_track_at_all_scores_0(seed: int) -> None:
    scores = evaluate_tracks(ride(seed), NOBODY)
    assert (scores.hota.hota, scores.clear.mota, scores.identity.idf1) == (0.0, 0.0, 0.0)
    assert scores.clear.mostly_lost == scores.objects


def test_tracks_where_nobody_was_score_0_and_nothing_of_nothing_1() -> None:
    invented = evaluate_tracks(NOBODY, ride(1))
    assert (invented.hota.hota, invented.identity.idf1, invented.clear.mota) == (0.0, 0.0, 0.0)
    empty = evaluate_tracks(NOBODY, NOBODY)
    assert (empty.hota.hota, empty.identity.idf1, empty.clear.mota) == (1.0, 1.0, 1.0)


@given(seed=SEEDS)
@settings(max_examples=15, deadline=None)
def test_numbers_of_identities_and_order_of_rows_do_not_matter(seed: int) -> None:
    truth = ride(seed, objects=4)
    tracks = spoil(truth, seed)
    first = evaluate_tracks(truth, tracks)
    second = evaluate_tracks(renamed(truth, seed), renamed(tracks, seed + 1))
    assert first.clear.mota == pytest.approx(second.clear.mota)
    assert first.clear.switches == second.clear.switches
    assert first.identity == second.identity
    np.testing.assert_allclose(first.hota.curve, second.hota.curve, atol=1e-12)


def crossing(names: str) -> IdentifiedBoxes:
    """One object that stands still; its track's name in each frame, ``.`` for none."""
    return boxes_of([(n + 1, ord(name), 10, 10, 50, 90) for n, name in enumerate(names) if name != "."])


@pytest.mark.parametrize(
    ("tracks", "switches", "fragments", "idtp", "mota"),
    [
        ("aaaaaaaa", 0, 0, 8, 1.0),
        ("aaaabbbb", 1, 0, 4, 1 - 1 / 8),
        ("aabbbbaa", 2, 0, 4, 1 - 2 / 8),
        ("aaa.aaaa", 0, 0, 7, 1 - 1 / 8),
        ("aaa.bbbb", 1, 0, 4, 1 - 2 / 8),
    ],
)
def test_switches_are_counted_as_by_hand(
    tracks: str, switches: int, fragments: int, idtp: int, mota: float
) -> None:
    scores = evaluate_tracks(crossing("xxxxxxxx"), crossing(tracks))
    assert (scores.clear.switches, scores.clear.fragments) == (switches, fragments), scores.clear
    assert scores.identity.true_positives == idtp
    assert scores.clear.mota == pytest.approx(mota)


def test_a_track_that_is_lost_and_found_again_is_a_fragment() -> None:
    other = [(n, 7, 200, 10, 240, 90) for n in range(1, 9)]
    truth = boxes_of([*other, *[(n, 1, 10, 10, 50, 90) for n in range(1, 9)]])
    tracks = boxes_of([*other, *[(n, 1, 10, 10, 50, 90) for n in (1, 2, 5, 6, 8)]])
    assert evaluate_tracks(truth, tracks).clear.fragments == 2


def test_hota_of_half_the_boxes_is_the_root_of_a_quarter() -> None:
    # DetA = 4 / 8 and AssA = 4 / 8, at every threshold, because the boxes lie exactly on each other.
    scores = evaluate_tracks(crossing("xxxxxxxx"), crossing("aaaa...."))
    assert scores.hota.deta == pytest.approx(0.5)
    assert scores.hota.assa == pytest.approx(0.5)
    assert scores.hota.hota == pytest.approx(0.5)


def test_ignored_rows_and_other_classes_do_not_count(tmp_path: Path) -> None:
    path = tmp_path / "truth.txt"
    path.write_text("1,1,0,0,5,5,1,2,1\n1,2,0,0,5,5,0,2,1\n1,3,0,0,5,5,1,1,1\n")
    assert read_truth(path).identity.tolist() == [1]
    assert read_truth(path, classes=(1, 2)).identity.tolist() == [1, 3]
    with pytest.raises(UsageError, match="no box of class 9; its classes are 1, 2"):
        read_truth(path, classes=(9,))


def test_boxes_come_back_as_they_were_written(tmp_path: Path) -> None:
    boxes = ride(4)
    read = read_truth(write_mot(tmp_path / "boxes.txt", boxes), classes=(1,))
    np.testing.assert_array_equal(read.frame, boxes.frame)
    np.testing.assert_array_equal(read.identity, boxes.identity)
    np.testing.assert_allclose(read.xyxy, boxes.xyxy, atol=1e-9)


def test_a_match_is_kept_even_if_another_track_fits_better() -> None:
    truth = crossing("xxxx")
    loose = [(n, 1, 10, 10, 50, 110) for n in range(1, 5)]
    tight = [(n, 2, 10, 10, 50, 91) for n in range(2, 5)]
    scores = evaluate_tracks(truth, boxes_of(loose + tight))
    assert scores.clear.switches == 0, scores.clear
    assert (scores.clear.true_positives, scores.clear.false_positives) == (4, 3)
