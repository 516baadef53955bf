"""How fast a day of a city's cameras is matched, and how well; and whether a year costs the same all along.

Riders cross a grid of cameras; some 1 % of all pairs of different riders look alike enough to pass the
threshold, so that competition never pauses in the rush hour. A year is matched as a run does it: every hour
the watermark moves on, and riders who can be followed no more are forgotten.

    python -m benchmarks.matching --sightings 100000
    python -m benchmarks.matching --year --sightings 2000
"""

import argparse
import resource
import time
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import psutil

from flows.matching import CameraLink, EventTimeMatcher, LinkNetwork, MatchingSettings, TravelWindow
from flows.values import Sighting

COLUMNS, ROWS, SPACING_M = 5, 4, 400.0
DIMENSION, LOOKS = 512, 12
THRESHOLD = 0.8
DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Day:
    """Sightings in order of entry, and the pairs of them that are the same rider in a row."""

    sightings: list[Sighting]
    truth: set[tuple[str, str]]


def grid() -> LinkNetwork:
    """Link each camera with its neighbours, diagonals included."""
    places = [(column, row) for column in range(COLUMNS) for row in range(ROWS)]
    links = []
    for here in places:
        for there in places:
            across, along = abs(here[0] - there[0]), abs(here[1] - there[1])
            if 0 < max(across, along) < 2:
                window = TravelWindow.from_distance(SPACING_M * (across + along))
                links.append(CameraLink(name(here), name(there), window))
    return LinkNetwork(links)


def name(place: tuple[int, int]) -> str:
    return f"camera-{place[0]}-{place[1]}"


def ride(network: LinkNetwork, rng: np.random.Generator) -> Iterator[tuple[str, float]]:
    """Walk at random over the grid, with two rush hours."""
    peak = rng.choice([8.5, 17.5, 13.0], p=[0.3, 0.3, 0.4])
    moment = (rng.normal(peak, 0.6 if peak != 13.0 else 3.5) % 24) * 3600
    camera = name((int(rng.integers(COLUMNS)), int(rng.integers(ROWS))))
    while True:
        yield camera, moment
        ways = [link for link in network.links if link.from_camera == camera]
        if rng.random() < 0.35:
            return
        link = ways[rng.integers(len(ways))]
        speed = np.clip(rng.lognormal(np.log(15 / 3.6), 0.25), 6.5 / 3.6, 44 / 3.6)
        moment += link.window.latest_s * (6 / 3.6) / speed
        camera = link.to_camera


def make_day(count: int, network: LinkNetwork, rng: np.random.Generator, begin: float = 0.0) -> Day:
    looks = np.linalg.qr(rng.normal(size=(DIMENSION, LOOKS)))[0].T
    sightings: list[Sighting] = []
    truth = set()
    while len(sightings) < count:
        rider = rng.normal(size=LOOKS)
        before = None
        for camera, since_midnight in ride(network, rng):
            moment = begin + since_midnight
            seen = (rider + rng.normal(size=LOOKS) * 0.4) @ looks
            seen = (seen / np.linalg.norm(seen)).astype(np.float32)
            key = f"s{begin:.0f}-{len(sightings):07d}"
            sightings.append(Sighting(key, camera, moment, moment + 4, "in", 40, 0.0, 1.0, seen, "looks"))
            if before is not None:
                truth.add((before, key))
            before = key
    return Day(sorted(sightings, key=lambda s: s.enter_time), truth)


def admitted(day: Day, network: LinkNetwork) -> float:
    """Predecessors that the travel-time windows admit, per sighting."""
    times = {link.from_camera: np.zeros(0) for link in network.links}
    for camera in times:
        times[camera] = np.array([s.enter_time for s in day.sightings if s.camera == camera])
    pairs = 0
    for link in network.links:
        here, there = times[link.from_camera], times[link.to_camera]
        first = np.searchsorted(here, there - link.window.latest_s)
        pairs += int((np.searchsorted(here, there - link.window.earliest_s) - first).sum())
    return pairs / len(day.sightings)


def match(day: Day, network: LinkNetwork, settings: MatchingSettings, step_s: float) -> None:
    matcher = EventTimeMatcher(network, settings, THRESHOLD)
    found: set[tuple[str, str]] = set()
    journeys, position, longest_step = 0, 0, 0.0
    started = time.perf_counter()
    for watermark in [*np.arange(0.0, 2 * DAY_S, step_s), np.inf]:
        upto = position
        while upto < len(day.sightings) and day.sightings[upto].enter_time < watermark:
            upto += 1
        before = time.perf_counter()
        matcher.add(day.sightings[position:upto])
        outcome = matcher.advance(float(watermark))
        longest_step = max(longest_step, time.perf_counter() - before)
        position = upto
        found.update((m.from_sighting, m.to_sighting) for m in outcome.matches)
        journeys += len(outcome.journeys)
    elapsed = time.perf_counter() - started
    right = len(found & day.truth)
    print(
        f"{settings.method:10s} lag {settings.commit_lag_s or 2 * network.longest_s:4.0f} s "
        f"step {step_s:6.0f} s: {elapsed:6.1f} s, {len(day.sightings) / elapsed:7.0f} sightings/s, "
        f"longest step {longest_step:5.2f} s, {journeys} journeys, "
        f"precision {right / len(found):.3f}, recall {right / len(day.truth):.3f}"
    )


@dataclass(slots=True)
class Month:
    """What a month of the year cost.

    Attributes:
        sightings: That entered in it.
        matches: Links decided in it.
        cpu_s: Processor time of the matcher.
        memory_mb: Of the whole program at its end.
    """

    sightings: int = 0
    matches: int = 0
    cpu_s: float = 0.0
    memory_mb: float = 0.0

    @property
    def cost_us(self) -> float:
        """Processor time for a sighting, microseconds."""
        return 1e6 * self.cpu_s / self.sightings


def match_year(per_day: int, network: LinkNetwork, rng: np.random.Generator, months: int = 12) -> list[Month]:
    """Match a year of months of 30 days, which is made day by day."""
    matcher = EventTimeMatcher(network, MatchingSettings(), THRESHOLD)
    found = [Month() for _ in range(months)]
    waiting: list[Sighting] = []
    for hour in range(24 * 30 * months):
        month, begin = found[hour // (24 * 30)], hour * 3600.0
        if hour % 24 == 0:
            fresh = make_day(per_day, network, rng, begin).sightings
            waiting = sorted([*waiting, *fresh], key=lambda one: one.enter_time)
            month.sightings += len(fresh)
        count = bisect_left(waiting, begin + 3600.0, key=lambda one: one.enter_time)
        started = time.process_time()
        matcher.add(waiting[:count])
        month.matches += len(matcher.advance(begin + 3600.0).matches)
        month.cpu_s += time.process_time() - started
        del waiting[:count]
        month.memory_mb = psutil.Process().memory_info().rss / 1e6
    return found


def year_table(months: list[Month]) -> str:
    lines = ["| month | sightings | links | µs a sighting | memory, MB |", "|---:|---:|---:|---:|---:|"]
    lines += [
        f"| {number} | {one.sightings} | {one.matches} | {one.cost_us:.0f} | {one.memory_mb:.0f} |"
        for number, one in enumerate(months, start=1)
    ]
    ratio = months[-1].cost_us / months[0].cost_us
    growth = months[-1].memory_mb / months[0].memory_mb
    return "\n".join([*lines, "", f"last month / first month: cost {ratio:.2f}, memory {growth:.2f}"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sightings", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--year", action="store_true", help="a year of days of so many sightings")
    options = parser.parse_args()
    network = grid()
    if options.year:
        print(year_table(match_year(options.sightings, network, np.random.default_rng(options.seed))))
        return
    day = make_day(options.sightings, network, np.random.default_rng(options.seed))
    print(
        f"{len(day.sightings)} sightings, {COLUMNS * ROWS} cameras, {len(network.links)} links, "
        f"{admitted(day, network):.0f} predecessors in the windows of each sighting"
    )
    for method in ("path_cover", "greedy", "threshold"):
        match(day, network, MatchingSettings(method=method), step_s=60.0)
    match(day, network, MatchingSettings(), step_s=3600.0)
    for windows in (1.25, 1.5, 3.0, 5.0):
        match(day, network, MatchingSettings(commit_lag_s=windows * network.longest_s), step_s=60.0)
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
