"""Which stretches of footage are taken for tuning."""

import random
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pipeline.tuning.pieces import PARTS, Piece, Window, choose_pieces, join_pieces, stretches
from pipeline.tuning.survey import spread

PIECE_S = 20.0


def windows(cameras: dict[str, list[float]]) -> list[Window]:
    """One file per camera, cut into windows with this movement each."""
    return [
        Window(Piece(camera, f"{camera}.mp4", slot * PIECE_S, (slot + 1) * PIECE_S), slot, movement)
        for camera, movements in cameras.items()
        for slot, movement in enumerate(movements)
    ]


SITES = st.dictionaries(
    st.sampled_from("ABC"), st.lists(st.sampled_from([0.0, 1.0, 5.0]), min_size=1, max_size=12), min_size=1
)


@given(SITES, st.floats(1, 900), st.randoms(use_true_random=False))
def test_enough_is_taken_of_every_camera_and_nothing_twice(
    site: dict[str, list[float]], wanted_s: float, dice: random.Random
) -> None:
    there = windows(site)
    taken = choose_pieces(there, wanted_s)
    total = sum(piece.seconds for piece in taken)
    assert total >= min(wanted_s, PIECE_S * len(there)) - 1e-6
    assert all(a.end <= b.start for a, b in pairwise(taken) if a.camera == b.camera)
    if wanted_s > PIECE_S * len(site) * len(site):
        assert {piece.camera for piece in taken} == set(site)
    shuffled = list(there)
    dice.shuffle(shuffled)
    assert choose_pieces(shuffled, wanted_s) == taken


def test_the_busiest_of_each_part_of_the_day_is_taken() -> None:
    movements = [0.0, 9.0, 0.0, 0.0, 7.0, 0.0, 0.0, 0.0, 1.0, 8.0, 8.5, 0.0]
    taken = choose_pieces(windows({"A": movements}), PARTS * PIECE_S)
    assert [piece.start / PIECE_S for piece in taken] == [1.0, 4.0, 8.0, 10.0]


def test_cameras_are_watched_at_the_same_time() -> None:
    taken = choose_pieces(windows({"A": [0.0, 2.0, 30.0, 0.0], "B": [9.0, 0.0, 0.0, 8.0]}), PIECE_S)
    assert {(piece.camera, piece.start) for piece in taken} == {("A", 40.0), ("B", 40.0)}


def test_neighbours_of_a_file_are_one_piece_and_files_that_follow_one_stretch() -> None:
    pieces = [
        Piece("A", "2.mp4", 30.0, 40.0),
        Piece("A", "1.mp4", 10.0, 20.0),
        Piece("A", "1.mp4", 20.0, 30.0),
        Piece("A", "2.mp4", 50.0, 60.0),
    ]
    joined = join_pieces(pieces)
    assert joined == (Piece("A", "1.mp4", 10.0, 30.0), Piece("A", "2.mp4", 30.0, 40.0), pieces[3])
    assert stretches(joined) == [(10.0, 40.0), (50.0, 60.0)]


def test_long_footage_is_looked_through_here_and_there() -> None:
    files = [Piece("A", f"{hour}.mp4", 3600.0 * hour, 3600.0 * (hour + 1)) for hour in range(24)]
    some = spread(files, 2400.0)
    assert [piece.source for piece in some] == ["0.mp4", "6.mp4", "12.mp4", "18.mp4"]
    assert {piece.seconds for piece in some} == {600.0}
    assert spread(files[:1], 7200.0) == files[:1]
