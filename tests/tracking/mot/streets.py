"""Boxes that move over a picture, and what a faulty tracker makes of them."""

from pathlib import Path

import numpy as np

from tracking.mot import IdentifiedBoxes


def ride(seed: int, objects: int = 6, frames: int = 40) -> IdentifiedBoxes:
    """Objects that enter, cross each other's way and leave."""
    dice = np.random.default_rng(seed)
    rows = []
    for identity in range(1, objects + 1):
        begin = int(dice.integers(0, frames // 2))
        end = int(dice.integers(begin + 2, frames + 1))
        place, speed = dice.uniform(0, 300, 2), dice.uniform(-8, 8, 2)
        size = dice.uniform(20, 80, 2)
        for frame in range(begin, end):
            left, top = place + speed * (frame - begin)
            rows.append((frame + 1, identity, left, top, left + size[0], top + size[1]))
    return boxes_of(rows)


def boxes_of(rows: list[tuple[float, ...]]) -> IdentifiedBoxes:
    table = np.array(rows, np.float64).reshape(-1, 6)
    return IdentifiedBoxes(table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2:])


def spoil(truth: IdentifiedBoxes, seed: int) -> IdentifiedBoxes:
    """Lose boxes, move boxes, swap identities, invent boxes."""
    dice = np.random.default_rng(seed)
    rows: list[tuple[float, ...]] = []
    names = {int(one): int(one) for one in np.unique(truth.identity)}
    fresh = 1000
    for frame in np.unique(truth.frame):
        if names and dice.random() < 0.15:
            first, second = dice.choice(list(names), 2)
            names[first], names[second] = names[second], names[first]
        if names and dice.random() < 0.1:
            fresh += 1
            names[int(dice.choice(list(names)))] = fresh
        for place in np.flatnonzero(truth.frame == frame):
            if dice.random() > 0.2:
                shaken = truth.xyxy[place] + dice.normal(0, 6, 4)
                rows.append((frame, names[int(truth.identity[place])], *shaken))
        if dice.random() < 0.3:
            left, top = dice.uniform(0, 300, 2)
            rows.append((frame, 5000 + int(frame), left, top, left + 40, top + 60))
    return boxes_of(rows)


def write_mot(path: Path, boxes: IdentifiedBoxes) -> Path:
    """Write boxes so that any reader of MOT files scores them all."""
    lines = [
        f"{frame},{identity},{left!r},{top!r},{right - left!r},{bottom - top!r},1,1,1"
        for frame, identity, (left, top, right, bottom) in zip(
            boxes.frame.tolist(), boxes.identity.tolist(), boxes.xyxy.tolist(), strict=True
        )
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
