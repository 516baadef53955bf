"""The search for what was forgotten finds what lies there, wherever it lies."""

import random

import pytest

from tests.flows.database.searching import PIECE, found_in, pieces_in, pieces_of
from tests.flows.written import MORNING, seen


@pytest.mark.parametrize("place", ["begin", "middle", "end", "alone"])
def test_a_piece_is_found_at_any_place_of_any_file(place: str) -> None:
    dice = random.Random(5)
    piece, other = dice.randbytes(PIECE), dice.randbytes(4096)
    content = {
        "begin": piece + other,
        "middle": other[:1001] + piece + other[1001:],
        "end": other + piece,
        "alone": piece,
    }[place]
    asked = {piece, piece[::-1], bytes(PIECE), dice.randbytes(PIECE)}
    assert pieces_in([b"", b"short", other, content], asked) == {piece}
    assert pieces_in([content.replace(piece, piece[:-1] + b"?")], asked) == set()


def test_it_finds_what_looking_for_each_piece_finds() -> None:
    dice = random.Random(6)
    for _ in range(20):
        content = bytes(dice.choices(b"\0\1", k=600))
        asked = {bytes(dice.choices(b"\0\1", weights=(9, 1), k=PIECE)) for _ in range(300)}
        asked |= {content[start : start + PIECE] for start in dice.sample(range(560), 5)}
        assert pieces_in([content], asked) == {one for one in asked if one in content}


def test_sightings_are_counted_of_which_a_piece_is_left() -> None:
    sightings = [seen("run", "A", MORNING + number) for number in range(4)]
    wholes = [one.embedding.tobytes() for one in sightings if one.embedding is not None]
    last = [*pieces_of(wholes[1], 16)][-1]
    assert found_in([b"x" * 99 + wholes[0], b"y" + last], sightings) == 2
    assert found_in([b"x" * 99], sightings) == 0
