"""Whom a counted track shows, and what was counted of each kind."""

import numpy as np

from benchmarks.vehicle_kinds import NOBODY, Shown, Tally, tally, together, who_is_shown
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
    found = who_is_shown(boxes(*on_seven, *half_on_eight, *once_on_eight), true, 6.0)
    assert [one.who for one in found] == [7, 8, None]
    assert found[0].speed == 1.0, "30 pixels in half a second are a height of 60 pixels in one"


def test_kinds_are_counted_once_and_again_and_nobody_for_who_did_not_pass() -> None:
    passed = [{1: Kind.TANDEM, 2: Kind.TANDEM, 3: Kind.MOPED}, {1: Kind.TANDEM}]
    seen = [Shown(1, 2.0), Shown(1, 3.4), Shown(3, 5.0), Shown(None), Shown(99)]
    found = {one.kind: one for one in tally(passed, [seen, []])}
    assert found["tandem"] == Tally("tandem", 3, 1, 1, (2.0, 3.4))
    assert found["moped"] == Tally("moped", 1, 1, 0, (5.0,))
    assert found[NOBODY] == Tally(NOBODY, 0, 0, 2, (0.0, 0.0))
    both = {one.kind: one for one in together([found.values(), found.values()])}
    assert both["tandem"] == Tally("tandem", 6, 2, 2, (2.0, 3.4, 2.0, 3.4))
    assert both["tandem"].cells() == ("tandem", "1", "6", "2", "2", "2.0–3.4", "2")
