"""How long a frame with twenty riders takes; a number to look at, not to fail on."""

from time import perf_counter

import numpy as np

from tests.tracking.tracklets.scenes import boxes_of, ride, stamp
from tracking.tracklets import TrackerSettings, build_tracker

RIDERS, FRAMES, RATE = 20, 200, 20


def test_twenty_riders_stay_twenty_tracklets_and_the_time_per_frame_is_shown() -> None:
    times = np.arange(FRAMES) / RATE
    paths = [ride(times, (40.0 * number, 50.0 * number), (90, 0), (30, 45)) for number in range(RIDERS)]
    frames = [boxes_of(*boxes) for boxes in zip(*paths, strict=True)]
    tracker = build_tracker("A", TrackerSettings())
    began = perf_counter()
    for number, found in enumerate(frames):
        tracker.update(stamp(number / RATE, number), found)
    spent = perf_counter() - began
    print(f"{1e6 * spent / FRAMES:.0f} µs per frame with {RIDERS} tracks")
    assert [len(track.times) for track in tracker.finish().ended] == [FRAMES] * RIDERS
