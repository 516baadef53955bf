"""Gives every passage its part and its identity."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from reid.datasets.parts import Part
from reid.datasets.split import SplitRule
from reid.datasets.tables import PlacedTracklet, StoredTracklet


def place(tracklets: Sequence[StoredTracklet], rule: SplitRule, linked: bool) -> tuple[PlacedTracklet, ...]:
    """Divide passages into parts.

    Time alone decides between training and held out. Training passages are numbered one by one. Of the
    held-out ones, those of one rider share a number where riders are known, and riders go to test and
    validation in turn, so that no rider is in both; where they are not known, all are validation.

    Args:
        tracklets: In any order; the result depends on their numbers only.
        rule: Which minutes train.
        linked: Whether the riders of the held-out passages are known.

    Returns:
        In the order of the tracklets' numbers; identities begin at 1 and differ between parts.
    """
    ordered = sorted(tracklets, key=lambda one: one.tracklet)
    trains = [rule.trains(one.enter, one.exit) for one in ordered]
    groups: list[tuple[Part, list[StoredTracklet]]] = [
        (Part.TRAIN, [one]) for one, side in zip(ordered, trains, strict=True) if side
    ]
    held_out = [one for one, side in zip(ordered, trains, strict=True) if side is False]
    groups += _alternate(_by_rider(held_out)) if linked else [(Part.VALIDATION, [one]) for one in held_out]
    groups += [(Part.LEFT_OUT, [one]) for one, side in zip(ordered, trains, strict=True) if side is None]
    placed = [
        PlacedTracklet(one, part, identity)
        for identity, (part, group) in enumerate(groups, 1)
        for one in group
    ]
    return tuple(sorted(placed, key=lambda one: one.stored.tracklet))


def _by_rider(tracklets: Iterable[StoredTracklet]) -> list[list[StoredTracklet]]:
    """Passages of each rider; one without a rider is a rider of its own."""

    def rider(one: StoredTracklet) -> tuple[int, int]:
        return (one.tracklet, 1) if one.rider is None else (one.rider, 0)

    return [list(group) for _, group in groupby(sorted(tracklets, key=rider), rider)]


def _alternate(riders: Iterable[list[StoredTracklet]]) -> list[tuple[Part, list[StoredTracklet]]]:
    """Riders seen by several cameras in turn, and the others in turn: both halves get both kinds."""
    ordered = sorted(riders, key=lambda group: group[0].tracklet)
    several = [group for group in ordered if len({one.camera for one in group}) > 1]
    others = [group for group in ordered if len({one.camera for one in group}) == 1]
    turns = (Part.TEST, Part.VALIDATION)
    return [(turns[n % 2], group) for kind in (several, others) for n, group in enumerate(kind)]
