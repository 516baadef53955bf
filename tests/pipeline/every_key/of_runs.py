"""What commands answer, and how footage is worked off."""

import pickle
import threading
import time
from functools import partial

from flows.database import FlowStore, Ledger
from pipeline.cameras import detectors, open_camera, prepare_cameras
from pipeline.cameras.feeder import Feeder
from pipeline.configuration import load_configuration
from pipeline.ledger import Sweep, Wishes
from pipeline.runner import Preparation, start
from pipeline.runner.engines import fleet
from pipeline.runner.following.follow import Follow
from pipeline.runner.following.planner import Planner
from pipeline.runner.live import run_live
from pipeline.runner.live.work import LiveWork
from pipeline.runner.saving import Keeper
from pipeline.sources import CameraSource, Unseen
from pipeline.sources.streams import StreamError, reader
from pipeline.telemetry import StageClock
from tests.command_line import pipeline
from tests.flows.written import MORNING, describe, rides_of, write_run
from tests.pipeline.colour_detector import ColourDetector, build
from tests.pipeline.every_key.bench import Bench
from tracking.errors import DeviceError


def statistics(bench: Bench) -> object:
    """What ``pipeline stats`` publishes of a database that remembers nothing of its site."""
    database = bench.folder / "stats.db"
    if not database.exists():
        store = FlowStore.open(str(database))
        write_run(
            store,
            rides_of({"A>B": 6, "B>C": 5}),
            {camera: [(MORNING, MORNING + 3600)] for camera in "ABC"},
            describe(),
        )
        store.close()
    return [
        pipeline("stats", name, "--database", database, "--format", "csv").out
        for name in ("counts", "routes", "od", "travel-times")
    ]


def databases(bench: Bench) -> object:
    """Which database the commands look for."""
    bench.patch.chdir(bench.folder)
    return [pipeline(*command).err for command in (("stats", "od"), ("db", "info"))]


def frames(bench: Bench) -> object:
    """How many frames of the footage are looked at."""
    bench.film()
    return sum(1 for _ in CameraSource(bench.load().footage("A")).frames())


def looks(bench: Bench) -> object:
    """At which frames of the footage the detector looks, and at which parts of them."""
    bench.film()
    configuration = bench.load()
    source = CameraSource(configuration.footage("A"))
    source.attend(configuration.camera("A").attention, None)
    return [(frame.index, frame.parts) for frame in source.frames()]


def chunks(bench: Bench) -> object:
    """How many frames travel together."""
    feeder = _feeder(bench)
    feeder.start()
    sizes = []
    while (chunk := feeder.next_chunk()) is not None:
        sizes.append(len(chunk.frames))
    feeder.stop()
    return sizes


def chunks_ahead(bench: Bench) -> object:
    """How many frames are decoded before anybody asks for them."""
    decoded: list[int] = []
    plain = CameraSource.frames

    def spy(self: CameraSource, start_at: object = None) -> object:
        for frame in plain(self, start_at):  # type: ignore[arg-type]
            decoded.append(frame.index)
            yield frame

    bench.patch.setattr(CameraSource, "frames", spy)
    feeder = _feeder(bench)
    feeder.start()
    before = -1
    while before != len(decoded) or not decoded:
        before = len(decoded)
        time.sleep(0.5)
    feeder.stop()
    return len(decoded)


def _feeder(bench: Bench) -> Feeder:
    bench.film()
    configuration = bench.load()
    (camera, *_) = prepare_cameras(configuration, detect=False)
    return open_camera(camera, configuration.runtime, StageClock()).feeder


def late_footage(bench: Bench) -> object:
    """Whether footage that comes late is read together with its neighbours in time."""
    bench.film()
    bench.patch.setattr(detectors, "build_detector", lambda settings: ColourDetector())
    asked: list[bool] = []
    plain = start.plan_sweep

    def spy(prepared: Preparation, ledger: Ledger, wishes: Wishes) -> Sweep:
        asked.append(wishes.relink_s is not None)
        return plain(prepared, ledger, wishes)

    bench.patch.setattr(start, "plan_sweep", spy)
    start.run_site(load_configuration(bench.site, {"database": str(bench.folder / "late.db")}))
    return asked


def workers(bench: Bench) -> object:
    """Who starts the workers of a run: nobody, this machine, or the Ray cluster at an address."""
    bench.film()
    bench.patch.setattr(detectors, "build_detector", lambda settings: ColourDetector())
    asked: list[object] = []

    def refuse(*arguments: object, **named: object) -> None:
        asked.append(arguments)
        raise DeviceError("no workers here")

    bench.patch.setattr(fleet, "RayPool", refuse)
    bench.patch.setattr(fleet, "ProcessPool", refuse)
    told = pipeline("run", "--cameras", bench.site, "--database", bench.folder / "workers.db", "--replace")
    return told.code, asked


class _TwoCoresEach:
    """A machine for three cameras; no worker comes up on it."""

    nodes = (6,)

    def __init__(self) -> None:
        self.cut: list[int] = []

    def start(self, errand: bytes, most_cores: int) -> None:
        stretches = pickle.loads(errand).stretches
        self.cut.append(0 if stretches is None else len(stretches))
        raise DeviceError("no workers here")

    def close(self) -> None:
        """Nothing is held."""


def stretches(bench: Bench) -> object:
    """In how many stretches the footage of the first camera is cut, for others to look at."""
    bench.film()
    bench.patch.setattr(detectors, "build_detector", partial(build, 0.0))
    pool = _TwoCoresEach()
    bench.patch.setattr(fleet, "ProcessPool", lambda: pool)
    database = bench.folder / "stretches.db"
    told = pipeline(
        "run", "--cameras", bench.site, "--database", database, "--engine", "processes", "--replace"
    )
    return told.code, pool.cut


class _OneLook(threading.Event):
    """Ends after one look at the folders, and remembers for how long it was to rest."""

    rest_s = 0.0

    def wait(self, timeout: float | None = None) -> bool:
        self.rest_s = timeout or 0.0
        self.set()
        return True


def _followed(bench: Bench) -> tuple[Follow, _OneLook]:
    bench.film()
    bench.patch.setattr(detectors, "build_detector", lambda settings: ColourDetector())
    configuration = bench.load()
    stop = _OneLook()
    store = FlowStore.open(str(bench.folder / "followed.db"))
    return Follow(configuration, Planner(configuration), store, stop, lambda said: None), stop


def looks_apart(bench: Bench) -> object:
    """How long a followed site rests between two looks at its folders."""
    follow, stop = _followed(bench)
    follow.run()
    return stop.rest_s


def files_at_rest(bench: Bench) -> object:
    """How many files are complete a quarter of a second after they were first seen."""
    follow, _ = _followed(bench)
    follow.watch.look()
    time.sleep(0.25)
    return len(follow.watch.look().complete["A"])


def cameras_awaited(bench: Bench) -> object:
    """For how long a camera is waited for."""
    follow, _ = _followed(bench)
    return follow.patience.limit_s("A")


def stream_patience(bench: Bench) -> object:
    """For how long a stream may be silent."""
    asked: list[float] = []
    stop = threading.Event()

    def refuse(address: object, timeout_s: float, clock_offset_s: float) -> None:
        asked.append(timeout_s)
        stop.set()
        raise StreamError("not today", Unseen.UNREACHABLE)

    bench.patch.setattr(reader, "Connection", refuse)
    _watch(bench, stop)
    return asked[0]


def late_riders(bench: Bench) -> object:
    """For how long matching waits for a rider who does not pass."""
    behind: list[float] = []
    stop = threading.Event()

    def match(keeper: Keeper, watermark: float) -> None:
        behind.append(round(time.time() - min(watermark, time.time())))
        stop.set()

    bench.patch.setattr(LiveWork, "settled_until", lambda work, now: 0.0)
    bench.patch.setattr(Keeper, "match", match)
    _watch(bench, stop)
    return behind[0]


def _watch(bench: Bench, stop: threading.Event) -> None:
    """Watch a stream that is not there."""
    bench.patch.setattr(detectors, "build_detector", lambda settings: ColourDetector())
    bench.site.write_text(
        "{site: bench, timezone: UTC, encoder: {name: colour_stripes}, "
        'cameras: [{id: A, source: "http://127.0.0.1:9/a"}]}'
    )
    bench.patch.chdir(bench.folder)
    run_live(bench.load(), stop, say=lambda sentence: None)
