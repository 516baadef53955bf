"""One camera between its footage and the database: what is saved, what is promised, and where it goes on."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from flows.database import OpenSightings
from flows.values import Sighting
from pipeline.cameras import PreparedCamera
from pipeline.configuration import CameraSettings, RuntimeSettings
from pipeline.runner.camera_work import CameraWork
from pipeline.runner.checkpoint import Checkpoint
from pipeline.runner.works import open_works
from pipeline.sources import Interval
from pipeline.stages import ChainSettings
from pipeline.telemetry import StageClock
from tests.pipeline.fakes import FPS, MORNING, SIZE, ListedEncoder, ListedSource, Ride, boxes, frame
from tracking.arrays import Image
from tracking.region import RegionOfInterest
from tracking.riders import RiderSettings
from tracking.tracklets import TrackerSettings
from tracking.values import Detections, Frame

RIDES = (Ride(first=4, last=34), Ride(first=60, last=90), Ride(first=80, last=110, bottom=70.0))
FRAMES = 200


@dataclass
class KnowingDetector:
    """Knows each picture by its content, so that it may be shown any of them, in any order."""

    footage: Sequence[Frame]
    stateful: bool = False
    name: str = "knowing"
    _numbers: dict[bytes, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._numbers = {one.image.tobytes(): number for number, one in enumerate(self.footage)}

    def detect(self, images: Sequence[Image]) -> list[Detections]:
        return [boxes(self._numbers[image.tobytes()], *RIDES) for image in images]


@pytest.fixture(scope="module")
def footage() -> list[Frame]:
    """Twenty seconds in two files, behind each other."""
    half = FRAMES // 2
    return [frame(n) if n < half else frame(n, "b.mp4", n - half) for n in range(FRAMES)]


@dataclass(frozen=True)
class Saved:
    """What a database knows of a run: the checkpoint of camera A, if any."""

    restart: Checkpoint | None

    def progress(self, run_id: str) -> dict[str, str]:
        """Checkpoints by camera."""
        return {} if self.restart is None else {"A": self.restart.to_text()}

    def open_sightings(self, run_id: str) -> OpenSightings:
        """Nothing is in hand."""
        return OpenSightings((), (), None)


Begin = Callable[..., CameraWork]


@pytest.fixture
def begin(footage: list[Frame]) -> Iterator[Begin]:
    """Starts a camera's work from a checkpoint; all threads end with the test."""
    begun: list[CameraWork] = []

    def start(restart: Checkpoint | None = None, *, stateful: bool = False) -> CameraWork:
        camera = PreparedCamera(
            settings=CameraSettings.model_validate({"id": "A", "source": "a.mp4"}),
            source=ListedSource(footage),
            detector=KnowingDetector(footage, stateful),
            chain=ChainSettings(
                camera="A", frame_size=SIZE, region=RegionOfInterest(SIZE), counting_line=None,
                rider=RiderSettings(), tracker=TrackerSettings.model_validate({}), crops_per_tracklet=4,
            ),
            digests={"a.mp4": "first", "b.mp4": "second"},
        )  # fmt: skip
        configuration = SimpleNamespace(runtime=RuntimeSettings())
        prepared = SimpleNamespace(configuration=configuration, cameras=(camera,), encoder=ListedEncoder())
        (work,) = open_works(prepared, Saved(restart), "run", StageClock(), None)  # type: ignore[arg-type]
        begun.append(work)
        work.feeder.start()
        return work

    yield start
    for work in begun:
        work.feeder.stop()


def go_on(work: CameraWork, chunks: int | None = None) -> bool:
    """Process so many chunks, or all; whether the footage is at its end."""
    done = 0
    while chunks is None or done < chunks:
        chunk = work.feeder.next_chunk()
        if chunk is None:
            work.finish()
            return True
        work.process(chunk)
        done += 1
    return False


def told(sightings: Sequence[Sighting]) -> list[tuple[str, float, float, int]]:
    return sorted((one.sighting_id, one.enter_time, one.exit_time, one.frames) for one in sightings)


@pytest.fixture
def whole(begin: Begin) -> list[tuple[str, float, float, int]]:
    """What an undisturbed work hands out."""
    work = begin()
    go_on(work)
    return told(work.take_fresh())


def test_undisturbed_every_rider_is_handed_out_once(begin: Begin) -> None:
    work = begin()
    found = []
    while not go_on(work, 1):
        found += work.take_fresh()
    found += work.take_fresh()
    assert [one.enter_time - MORNING for one in found] == pytest.approx([0.4, 6.0, 8.0])
    assert work.take_fresh() == []
    assert (work.frames_read, work.finished, work.settled_until) == (FRAMES, True, math.inf)


@pytest.mark.parametrize(
    ("chunks", "stateful"),
    [*((chunks, False) for chunks in (0, 1, 6, 9, 10, 12, 15, 20, 26)), (6, True), (12, True), (20, True)],
)
def test_stopped_anywhere_the_rest_and_nothing_twice_comes_after_a_restart(
    begin: Begin, whole: list[tuple[str, float, float, int]], chunks: int, stateful: bool
) -> None:
    """What was handed out before the checkpoint was saved with it; the rest is computed again."""
    first = begin(stateful=stateful)
    over = go_on(first, chunks)
    saved, text, promised = first.take_fresh(), first.checkpoint().to_text(), first.settled_until
    if not over:
        go_on(first, 2)
    lost = told(first.take_fresh())

    if over:
        assert Checkpoint.from_text(text).finished
        assert told(saved) == whole
        return
    second = begin(Checkpoint.from_text(text), stateful=stateful)
    assert second.settled_until == promised
    while not go_on(second, 1):
        assert second.settled_until >= promised, "a promise was taken back"
        promised = second.settled_until
    rest = told(second.take_fresh())

    assert sorted(told(saved) + rest) == whole
    assert set(lost) <= set(rest), "what was never saved comes again"
    assert second.frames_read == FRAMES


def test_a_detector_that_remembers_frames_begins_at_the_first_frame_again(begin: Begin) -> None:
    first = begin(stateful=True)
    go_on(first, 20)
    first.feeder.stop()
    again = first.checkpoint()
    assert (again.source, again.frame, again.last_time) == ("", 0, None)
    assert again.settled_until is not None
    assert begin(again, stateful=True).frames_read == 0


def test_sightings_never_lie_before_the_promise(begin: Begin) -> None:
    work, promised = begin(), -math.inf
    while not go_on(work, 1):
        for one in work.take_fresh():
            assert one.enter_time >= promised, f"{one.enter_time} after a promise of {promised}"
        promised = work.settled_until
        assert promised == -math.inf or round(promised * 1e6) / 1e6 == promised, "no whole microseconds"


def test_before_the_first_frame_nothing_is_promised(begin: Begin) -> None:
    work = begin()
    assert work.settled_until == -math.inf
    assert Checkpoint.from_text(work.checkpoint().to_text()).position is None
    assert work.take_observed() == []


def test_what_is_finished_says_so_in_its_checkpoint(begin: Begin) -> None:
    work = begin()
    go_on(work)
    last = work.checkpoint()
    assert (last.finished, last.frames_read) == (True, FRAMES)
    assert Checkpoint.from_text(last.to_text()) == last


@pytest.mark.parametrize(
    ("present", "following", "held"),
    [
        pytest.param(10.0, 3600.0, True, id="an outage, and the others are ahead"),
        pytest.param(10.0, 5.0, False, id="its footage goes on"),
        pytest.param(0.2, 3600.0, False, id="an outage, but nobody is ahead of it"),
    ],
)
def test_an_outage_holds_the_watermark_where_others_are_ahead(
    begin: Begin, present: float, following: float, held: bool
) -> None:
    work = begin()
    go_on(work, 5)
    assert work.settled_until == pytest.approx(MORNING + 0.4), "the first rider is not told yet"
    # The last frame taken is number 39, at 3.9 s.
    assert work.holds_back(MORNING + present, MORNING + following) is held


def test_a_camera_that_begins_later_holds_the_watermark_too(begin: Begin) -> None:
    assert begin().holds_back(MORNING - 7200, MORNING)


def joined(pieces: Sequence[Interval]) -> tuple[float, float]:
    """First start and last end, after all began at the same moment."""
    assert len({piece.start for piece in pieces}) == 1
    return pieces[0].start, max(piece.end for piece in pieces)


def test_observed_time_grows_with_the_frames_that_the_chain_has_seen(begin: Begin) -> None:
    work = begin()
    go_on(work, 5)
    # Decoding is ahead by then; what lies in the queue was not looked at.
    assert joined(work.take_observed()) == pytest.approx((MORNING, MORNING + 3.9))
    assert work.take_observed() == [], "nothing has grown since"
    go_on(work, 5)
    assert joined(work.take_observed()) == pytest.approx((MORNING, MORNING + 7.9))
    go_on(work)
    assert joined(work.take_observed()) == pytest.approx((MORNING, MORNING + FRAMES / FPS))
