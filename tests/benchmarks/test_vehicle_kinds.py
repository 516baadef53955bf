"""Whom a counted track shows, and what was counted of each kind."""

import numpy as np

from benchmarks.vehicle_kinds import NOBODY, Tally, tally, together, who_is_shown
from simulation.world import Kind
from tracking.mot import IdentifiedBoxes


def boxes(*rows: tuple[int, int, float]) -> IdentifiedBoxes:
    """Boxes of 40 x 60 pixels: frame, identity, left."""
    frame, identity, left = (np.array(column) for column in zip(*rows, strict=True))
    xyxy = np.stack([left, np.zeros(len(left)), left + 40.0, np.full(len(left), 60.0)], axis=1)
    return IdentifiedBoxes(frame, identity, xyxy)


def test_a_track_shows_on_whom_at_least_half_of_its_boxes_lie() -> None:
    true = boxes(
        *((frame, 7, 10.0 * frame) for frame in range(4)), *((frame, 8, 300.0) for frame in range(4))
    )
    on_seven = [(frame, 1, 10.0 * frame + 4) for frame in range(4)]
    half_on_eight = [(0, 2, 300.0), (1, 2, 300.0), (2, 2, 500.0), (3, 2, 500.0)]
    once_on_eight = [(0, 3, 300.0), (1, 3, 500.0), (2, 3, 500.0), (3, 3, 500.0)]
    assert who_is_shown(boxes(*on_seven, *half_on_eight, *once_on_eight), true) == [7, 8, None]


def test_kinds_are_counted_once_and_again_and_nobody_for_who_did_not_pass() -> None:
    passed = [{1: Kind.TANDEM, 2: Kind.TANDEM, 3: Kind.MOPED}, {1: Kind.TANDEM}]
    found = {one.kind: one for one in tally(passed, [[1, 1, 3, None, 99], []])}
    assert found["tandem"] == Tally("tandem", 3, 1, 1)
    assert found["moped"] == Tally("moped", 1, 1, 0)
    assert found[NOBODY] == Tally(NOBODY, 0, 0, 2)
    both = {one.kind: one for one in together([found.values(), found.values()])}
    assert both["tandem"] == Tally("tandem", 6, 2, 2)
