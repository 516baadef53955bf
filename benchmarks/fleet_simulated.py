"""Many workers in simulated time, at one driver with the real database and the real matcher, without video.

What the driver does takes the time that it takes; see `benchmarks.fleet`.
"""

import heapq
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from flows.database import Account, CameraDescription, FlowStore, Footage, RunDescription, SourceProgress
from flows.matching import CameraLink, EventTimeMatcher, LinkNetwork, MatchingSettings, TravelWindow
from flows.values import Sighting
from pipeline.runner.engines.fleet import saving_every_s
from pipeline.runner.local import SAVE_EVERY_S
from pipeline.runner.saving import Keeper, Saving
from pipeline.telemetry import StageClock

SPACING_M, GOES_ON, WALK_KMH = 400.0, 0.6, 15.0
DIMENSION, LOOKS, THRESHOLD = 512, 12, 0.8
MORNING = 1_715_666_400.0

Clock = Callable[[], float]
"""What the driver takes is measured with: of the wall, or of this process's share of the processor."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The arrival of one saving.

    Attributes:
        wall_s: Since the one before it, of the same camera.
        event_s: Footage that was worked off in it.
        checkpoint_bytes: Length of its checkpoint.
    """

    wall_s: float
    event_s: float
    checkpoint_bytes: int


@dataclass(slots=True)
class SimulatedWorker:
    """A worker with one camera: one answer lies ready, and one is in the making.

    Attributes:
        camera: Number of the camera.
        notes: What its savings are like; begun anew where they end.
        ready_s: Simulated moment at which its next answer lies ready.
        event_s: Footage that its answers cover, up to the one that lies ready.
        made: Answers so far.
    """

    camera: int
    notes: Sequence[Recorded]
    ready_s: float = 0.0
    event_s: float = 0.0
    made: int = 0

    def make(self, begin_s: float) -> None:
        """Make the next answer, from a moment on."""
        note = self.notes[self.made % len(self.notes)]
        self.made += 1
        self.ready_s = begin_s + note.wall_s
        self.event_s += note.event_s

    @property
    def checkpoint(self) -> str:
        """As long as the recorded one."""
        return "x" * self.notes[(self.made - 1) % len(self.notes)].checkpoint_bytes


@dataclass(slots=True)
class Load:
    """What the driver did in the second half of a simulation, when matching is in full swing.

    Attributes:
        keep_s: Seconds of each saving in the database.
        match_s: Seconds of each decision, with what it writes.
        busy_s: Seconds that the driver was at work.
        wall_s: Simulated seconds.
        event_s: Footage of all cameras that was kept.
    """

    keep_s: list[float] = field(default_factory=list)
    match_s: list[float] = field(default_factory=list)
    busy_s: float = 0.0
    wall_s: float = 0.0
    event_s: float = 0.0


def city(cameras: int) -> LinkNetwork:
    """A square grid whose cameras are linked with their neighbours."""
    across = math.ceil(math.sqrt(cameras))
    links = []
    for here in range(cameras):
        for step in (-across, -1, 1, across):
            there = here + step
            same_row = here // across == there // across
            if 0 <= there < cameras and (abs(step) == across or same_row):
                links.append(CameraLink(f"c{here}", f"c{there}", TravelWindow.from_distance(SPACING_M)))
    return LinkNetwork(links)


def rides(network: LinkNetwork, cameras: int, hourly: float, seconds: float) -> list[list[Sighting]]:
    """Sightings of each camera in order of entry; riders wander over the grid.

    Args:
        network: Of the cameras.
        cameras: How many.
        hourly: Sightings of one camera in an hour.
        seconds: Of footage.
    """
    rng = np.random.default_rng(7)
    basis = np.linalg.qr(rng.normal(size=(DIMENSION, LOOKS)))[0].T
    ways: dict[str, list[str]] = {}
    for link in network.links:
        ways.setdefault(link.from_camera, []).append(link.to_camera)
    found: list[list[Sighting]] = [[] for _ in range(cameras)]
    for _ in range(round(cameras * hourly * seconds / 3600 * (1 - GOES_ON))):
        rider, here = rng.normal(size=LOOKS), f"c{rng.integers(cameras)}"
        moment = rng.uniform(-600.0, seconds)
        while moment < seconds:
            if moment >= 0:
                seen = (rider + rng.normal(size=LOOKS) * 0.4) @ basis
                seen = (seen / np.linalg.norm(seen)).astype(np.float32)
                own = found[int(here[1:])]
                enter = round(MORNING + moment, 6)
                key = f"{here}-{len(own):06d}"
                own.append(Sighting(key, here, enter, enter + 4, "in", 40, 0.0, 1.0, seen, "looks"))
            if rng.random() > GOES_ON:
                break
            here = ways[here][rng.integers(len(ways[here]))]
            moment += SPACING_M / (WALK_KMH / 3.6) / rng.lognormal(0.0, 0.2)
    return [sorted(one, key=lambda sighting: sighting.enter_time) for one in found]


def simulate(
    url: str, cameras: int, notes: Sequence[Recorded], hourly: float, seconds: float, clock: Clock
) -> Load:
    """Let so many workers, one for each camera, work off so many seconds of footage each."""
    network = city(cameras)
    sightings = rides(network, cameras, hourly, seconds)
    notes = _rarer(notes, round(saving_every_s(cameras) / SAVE_EVERY_S))
    store = FlowStore.open(url)
    try:
        run = store.begin_run(_described(cameras))
        settings = MatchingSettings.model_validate({"commit_lag_s": 2 * network.longest_s})
        matcher = EventTimeMatcher(network, settings, THRESHOLD)
        keeper = Keeper(run.run_id, store, matcher, settings.commit_lag_s or 0.0, StageClock())
        return _drive(keeper, sightings, notes, seconds, clock)
    finally:
        store.close()


def _drive(
    keeper: Keeper, sightings: list[list[Sighting]], notes: Sequence[Recorded], seconds: float, clock: Clock
) -> Load:
    """Take answers as they lie ready, in simulated time that goes on by what the driver really takes."""
    rng = np.random.default_rng(11)
    workers = [
        SimulatedWorker(one, _from(notes, int(rng.integers(len(notes))))) for one in range(len(sightings))
    ]
    queue, taken = [], [0] * len(sightings)
    for worker in workers:
        # Workers do not begin at the same moment.
        worker.make(float(rng.uniform(0.0, SAVE_EVERY_S)))
        heapq.heappush(queue, (worker.ready_s, worker.camera))
    settled = [0.0] * len(workers)
    load, now_s, matched_s, begun_s = Load(), 0.0, 0.0, -1.0
    while queue:
        ready_s, camera = heapq.heappop(queue)
        now_s = max(now_s, ready_s)
        worker = workers[camera]
        counts = min(settled) > seconds / 2
        if counts and begun_s < 0:
            load, begun_s = Load(), now_s
        before = clock()
        first, upto_s, last_s = taken[camera], worker.event_s, settled[camera]
        while taken[camera] < len(sightings[camera]) and (
            sightings[camera][taken[camera]].enter_time < MORNING + upto_s
        ):
            taken[camera] += 1
        keeper.keep(_saving(worker, sightings[camera][first : taken[camera]], last_s))
        load.keep_s.append(clock() - before)
        load.event_s += upto_s - last_s
        settled[camera] = upto_s if upto_s < seconds else math.inf
        busy_s = load.keep_s[-1]
        if now_s - matched_s >= SAVE_EVERY_S and min(settled) < math.inf:
            before = clock()
            keeper.match(MORNING + min(settled))
            load.match_s.append(clock() - before)
            busy_s += load.match_s[-1]
            matched_s = now_s
        load.busy_s += busy_s
        if settled[camera] < math.inf:
            # The next answer was begun when this one lay ready, and cannot lie there before it was taken.
            worker.make(ready_s)
            worker.ready_s = max(worker.ready_s, now_s)
            heapq.heappush(queue, (worker.ready_s, camera))
        now_s += busy_s
        if settled[camera] == math.inf:
            break  # From here on fewer and fewer would be at work.
    load.wall_s = now_s - max(begun_s, 0.0)
    return load


def _rarer(notes: Sequence[Recorded], times: int) -> list[Recorded]:
    """The same work in fewer savings."""
    groups = [notes[first : first + times] for first in range(0, len(notes), times)]
    return [
        Recorded(
            sum(one.wall_s for one in some),
            sum(one.event_s for one in some),
            max(one.checkpoint_bytes for one in some),
        )
        for some in groups
    ]


def _from(notes: Sequence[Recorded], first: int) -> Sequence[Recorded]:
    return [*notes[first:], *notes[:first]]


def _saving(worker: SimulatedWorker, fresh: Sequence[Sighting], since_s: float) -> Saving:
    name, upto = f"c{worker.camera}", MORNING + worker.event_s
    source = SourceProgress(f"{name}.mp4", name, MORNING, upto, round(25 * worker.event_s), False)
    observed = ((MORNING + since_s, upto),)
    return Saving(name, tuple(fresh), observed, Account((source,)), worker.checkpoint, upto, 0)


def _described(cameras: int) -> RunDescription:
    described = tuple(
        CameraDescription(f"c{one}", None, (Footage(f"c{one}.mp4", f"c{one}", MORNING),))
        for one in range(cameras)
    )
    return RunDescription("city", "UTC", described, "simulated", time.time())
