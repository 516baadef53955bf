"""Processor time of a frame beside the networks, and where it goes.

Each clip is worked off twice in one process, as `pipeline run` does it: once to load everything, once to be
measured. Networks get one thread each, so that the clock of the thread that asks them is theirs; what is left
of the processor time of the process is what decoding, attention, tracking, crops and storing cost. Starting
the process, loading the models and opening the database are not part of it.

    python -m benchmarks.hot_path sample/camera_A.mp4 campus_1080p.mp4 --rounds 3
    python -m benchmarks.hot_path --enlarge campus_bicycle.mp4 campus_1080p.mp4
"""

import argparse
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import onnxruntime
import yaml

from pipeline.configuration import load_configuration
from pipeline.runner.local import LocalRunner
from pipeline.runner.prepare import prepare
from pipeline.runner.start import run_prepared
from pipeline.sources.coverage import CoverageLog
from pipeline.sources.video import VideoPicture, VideoReader
from pipeline.stages import CameraChain
from pipeline.telemetry import StageClock
from reid.sampling import CropReservoir
from tracking.attention import Attention
from tracking.detectors.letterbox import Letterbox
from tracking.riders import PassageJudge
from tracking.tracklets.builder import TrackletBuilder

NETWORK, ALL = "networks", "all"
PARTS: tuple[tuple[str, Any, str], ...] = (
    (NETWORK, onnxruntime.InferenceSession, "run"),
    ("attention, with the small picture", Attention, "decide"),
    ("the small picture", VideoPicture, "small"),
    ("full picture in BGR", VideoPicture, "image"),
    ("letterbox", Letterbox, "fill"),
    ("chain: all of it", CameraChain, "process"),
    ("chain: tracks", TrackletBuilder, "update"),
    ("chain: evidence", PassageJudge, "observe"),
    ("chain: verdicts", PassageJudge, "conclude"),
    ("chain: crops and their blur", CropReservoir, "observe"),
    ("coverage", CoverageLog, "add"),
    ("matching and storing", LocalRunner, "commit"),
)
"""What is timed: name, owner and name of a function."""


@dataclass(frozen=True, slots=True)
class Cost:
    """One clip, worked off once.

    Attributes:
        frames: Of the clip.
        video_s: Its length.
        core_s: Processor seconds of the process, from the first frame to the last.
        decode_s: Processor seconds of decoding alone, measured apart.
        parts: Part → processor seconds of it.
    """

    frames: int
    video_s: float
    core_s: float
    decode_s: float
    parts: dict[str, float]

    @property
    def beside_ms(self) -> float:
        """Processor milliseconds of a frame, without the networks."""
        return 1000 * (self.core_s - self.parts[NETWORK]) / self.frames


def timed(
    spent: Counter[str],
    part: str,
    function: Callable[..., Any],
    clock: Callable[[], float] = time.thread_time,
) -> Callable[..., Any]:
    """The function, with a clock running: that of its thread, or another one."""

    def measured(*given: Any, **named: Any) -> Any:
        begun = clock()
        try:
            return function(*given, **named)
        finally:
            spent[part] += clock() - begun

    return measured


def decoding_alone(clip: Path) -> tuple[int, float, float]:
    """Frames of a clip, its length, and processor seconds to decode it with nothing else."""
    begun, reader = time.process_time(), VideoReader(clip)
    for _ in reader:
        pass
    return reader.frames_decoded, reader.seconds_decoded, time.process_time() - begun


def work_off(clip: Path, spent: Counter[str]) -> tuple[float, dict[str, float]]:
    """Processor seconds of one run over a clip without its preparation, and of its parts."""
    with tempfile.TemporaryDirectory() as name:
        site = Path(name) / "site.yaml"
        camera = {"id": "A", "source": str(clip.resolve()), "start": "2024-05-14T08:00:00"}
        site.write_text(yaml.safe_dump({"site": "clip", "timezone": "UTC", "cameras": [camera], "links": []}))
        single = {"detector.threads": 1, "encoder.threads": 1, "database": f"{name}/flows.db"}
        prepared = prepare(load_configuration(site, single))
        spent.clear()
        run_prepared(prepared, StageClock())
        return spent[ALL], dict(spent)


def measure(clip: Path, rounds: int) -> Iterator[Cost]:
    """Work a clip off a few times, all loaded before."""
    spent: Counter[str] = Counter()
    kept = [(owner, name, getattr(owner, name)) for _, owner, name in PARTS]
    for (part, owner, name), (_, _, function) in zip(PARTS, kept, strict=True):
        setattr(owner, name, timed(spent, part, function))
    kept.append((LocalRunner, "run", LocalRunner.run))
    LocalRunner.run = timed(spent, ALL, LocalRunner.run, time.process_time)  # type: ignore[method-assign]
    try:
        work_off(clip, spent)
        for _ in range(rounds):
            frames, video_s, decode_s = decoding_alone(clip)
            core_s, parts = work_off(clip, spent)
            yield Cost(frames, video_s, core_s, decode_s, parts)
    finally:
        for owner, name, function in kept:
            setattr(owner, name, function)


def enlarge(clip: Path, to: Path, size: tuple[int, int] = (1920, 1080), fps: int = 25) -> None:
    """Write a clip anew in another size."""
    with av.open(str(clip)) as source, av.open(str(to), "w") as target:
        stream = target.add_stream("libx264", rate=fps, options={"crf": "18", "preset": "veryfast"})
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        for number, frame in enumerate(source.decode(video=0)):
            larger = frame.reformat(*size, format="yuv420p").to_ndarray()
            copy = av.VideoFrame.from_ndarray(larger, format="yuv420p")
            copy.pts, copy.time_base = number, Fraction(1, fps)
            target.mux(stream.encode(copy))
        target.mux(stream.encode(None))


def table(clip: Path, found: list[Cost]) -> Iterator[str]:
    """The cheapest of the rounds as Markdown: what else the machine did only adds to it."""
    best = min(found, key=lambda cost: cost.beside_ms)
    spread = statistics.median(cost.beside_ms for cost in found)
    yield (
        f"\n{clip.name}: {best.frames} frames, {best.video_s:.1f} s; beside the networks "
        f"{best.beside_ms:.2f} ms a frame (median {spread:.2f}), "
        f"{best.video_s / best.core_s:.1f} video-seconds per core-second\n"
    )
    yield "| part | ms a frame |"
    yield "|---|---:|"
    yield f"| decoding alone | {1000 * best.decode_s / best.frames:.2f} |"
    for part, _, _ in PARTS:
        yield f"| {part} | {1000 * best.parts.get(part, 0.0) / best.frames:.2f} |"


def main() -> None:
    """Measure the clips that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("clips", nargs="*", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--enlarge", nargs=2, type=Path, metavar=("CLIP", "TO"), help="make a clip of 1080p")
    asked = parser.parse_args()
    if asked.enlarge:
        enlarge(*asked.enlarge)
    for clip in asked.clips:
        print("\n".join(table(clip, list(measure(clip, asked.rounds)))), flush=True)


if __name__ == "__main__":
    main()
