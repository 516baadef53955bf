"""Who works on what, and with how many cores."""

import heapq
from collections.abc import Mapping, Sequence


def cores_each(nodes: Sequence[int], cameras: int) -> int:
    """Cores of one worker: as many as there can be where each camera has one, at least one.

    Args:
        nodes: Cores of each machine; a worker lives on one of them.
        cameras: How many there are.
    """
    for share in range(max(nodes, default=1), 1, -1):
        if sum(cores // share for cores in nodes) >= cameras:
            return share
    return 1


def deal(frames: Mapping[str, int], hands: int) -> list[list[str]]:
    """Give cameras to workers so that all have about as much to do.

    Args:
        frames: Camera id → frames that its footage promises.
        hands: Most workers.

    Returns:
        Camera ids of each worker, none of them empty; the same for the same frames.
    """
    dealt: list[list[str]] = [[] for _ in range(min(hands, len(frames)))]
    load = [(0, number) for number in range(len(dealt))]
    for camera in sorted(frames, key=lambda one: (-frames[one], one)):
        least, number = heapq.heappop(load)
        dealt[number].append(camera)
        heapq.heappush(load, (least + max(frames[camera], 1), number))
    return dealt
