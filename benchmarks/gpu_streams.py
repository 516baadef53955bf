"""Streams of video that one machine sustains: decoding, and looks at them in batches over the streams.

So many streams are decoded side by side, each by a thread; of each, so many frames a second as attention
looks at by default are scaled to the detector's size and looked at together with those of the others. A
machine sustains a number of streams where they come through at least as fast as they were taken. Tracking
is not part of it. On a graphics card, decoding is done by torchcodec where that is installed, else by PyAV on
the processor; which of them, and on what the network was computed, is told with the table.

    python -m benchmarks.gpu_streams campus_1080p.mp4 --streams 1 2 4 8 --device cpu
    python -m benchmarks.gpu_streams campus_1080p.mp4 --streams 16 32 64 --device cuda --weights half.onnx
"""

import argparse
import importlib.util
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter

from pipeline.registry import resolve_detector
from pipeline.sources.video import average_fps, open_video
from tracking.arrays import Image
from tracking.attention import AttentionSettings
from tracking.attention.sampling import FrameSampler
from tracking.detectors.network import Network
from tracking.detectors.onnx import OnnxNetwork
from tracking.detectors.settings import DetectorSettings

Pictures = Iterator[Image | None]
"""One stream's frames: (3, h, w) uint8 RGB where it is looked at, None where it is not."""
LONGER_SIDE = 640


@dataclass(frozen=True, slots=True)
class Throughput:
    """One number of streams.

    Attributes:
        streams: Decoded side by side.
        frames_s: Frames a second, all streams together.
        looks_s: Looks a second.
        cores: Processor cores that it had, on average.
        per_core: Streams in real time for each of these cores.
        real_time: Speed of each stream; 1 is as fast as it was taken.
    """

    streams: int
    frames_s: float
    looks_s: float
    cores: float
    per_core: float
    real_time: float


def network_size(width: int, height: int) -> tuple[int, int]:
    """Width and height of the picture a detector gets of a frame, in whole strides."""
    scale = LONGER_SIDE / max(width, height)
    return round(width * scale / 32) * 32, round(height * scale / 32) * 32


def by_pyav(clip: Path, rate: float) -> Pictures:
    """Decode on the processor; one conversion straight to what the network needs."""
    for _ in cycle([None]):
        container, stream = open_video(clip)
        sampler, converter = FrameSampler(rate), VideoReformatter()
        stream.thread_type = "SLICE"
        size = network_size(stream.width, stream.height)
        with container:
            for number, frame in enumerate(container.decode(stream)):
                if not sampler.admits(number / average_fps(stream)):
                    yield None
                    continue
                small = converter.reformat(
                    frame, *size, format="gbrp", interpolation=Interpolation.BILINEAR, threads=1
                )
                yield planes(small)


def planes(frame: VideoFrame) -> Image:
    """Red, green and blue of a frame that holds them apart, (3, h, w) uint8."""
    green, blue, red = (
        np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[: frame.height, : frame.width]
        for plane in frame.planes
    )
    return np.stack([red, green, blue])


def by_torchcodec(clip: Path, rate: float) -> Pictures:
    """Decode and scale on the graphics card."""
    import torch
    from torchcodec.decoders import VideoDecoder

    for _ in cycle([None]):
        decoder = VideoDecoder(str(clip), device="cuda")
        told, sampler = decoder.metadata, FrameSampler(rate)
        width, height = network_size(told.width, told.height)
        for number, frame in enumerate(decoder):
            if not sampler.admits(number / told.average_fps):
                yield None
                continue
            small = torch.nn.functional.interpolate(frame[None].float(), (height, width), mode="bilinear")
            yield small[0].byte().cpu().numpy()


def decoding(device: str) -> Callable[[Path, float], Pictures]:
    """What decodes on a device."""
    return by_torchcodec if device == "cuda" and importlib.util.find_spec("torchcodec") else by_pyav


def measure(
    clip: Path, streams: int, seconds: float, network: Network, device: str, batch: int, rate: float
) -> Throughput:
    """Let so many streams run for some seconds."""
    container, stream = open_video(clip)
    fps = average_fps(stream)
    container.close()
    waiting: queue.Queue[Image] = queue.Queue(maxsize=2 * batch)
    decoded, looked, over = [0] * streams, 0, threading.Event()

    def hand_over(picture: Image) -> None:
        placed = False
        while not placed and not over.is_set():
            with suppress(queue.Full):
                waiting.put(picture, timeout=0.1)
                placed = True

    def decode(number: int) -> None:
        for picture in decoding(device)(clip, rate):
            if over.is_set():
                return
            decoded[number] += 1
            if picture is not None:
                hand_over(picture)

    threads = [threading.Thread(target=decode, args=(number,), daemon=True) for number in range(streams)]
    begun, used = time.perf_counter(), time.process_time()
    for thread in threads:
        thread.start()
    while (passed := time.perf_counter() - begun) < seconds:
        pictures = [waiting.get()]
        pictures += islice(iter(lambda: waiting.get() if waiting.qsize() else None, None), batch - 1)
        network(np.stack(pictures).astype(np.float32) / 255)
        looked += len(pictures)
    over.set()
    cores = (time.process_time() - used) / passed
    frames_s = sum(decoded) / passed
    for thread in threads:
        thread.join()
    return Throughput(
        streams, frames_s, looked / passed, cores, frames_s / fps / cores, frames_s / streams / fps
    )


def table(found: list[Throughput]) -> Iterator[str]:
    """Markdown."""
    yield "| streams | frames/s | looks/s | cores busy | streams a core | speed of each stream | sustained |"
    yield "|---:|---:|---:|---:|---:|---:|---|"
    for one in found:
        sustained = "yes" if one.real_time >= 1 else "no"
        yield (
            f"| {one.streams} | {one.frames_s:.0f} | {one.looks_s:.1f} | {one.cores:.2f} "
            f"| {one.per_core:.1f} | {one.real_time:.2f} × | {sustained} |"
        )


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("clip", type=Path)
    parser.add_argument("--streams", nargs="+", type=int, default=[1, 2, 4, 8])
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--weights", type=Path, help="an .onnx detector; for a card, of half precision")
    parser.add_argument("--batch", type=int, help="most frames in one call; 1 on the processor, else 32")
    parser.add_argument("--rate", type=float, default=AttentionSettings().rate, help="looks a second")
    asked = parser.parse_args()
    weights = asked.weights or resolve_detector(DetectorSettings()).weights
    network = OnnxNetwork(weights, asked.device, threads=1 if asked.device == "cpu" else None)
    batch = asked.batch or (1 if asked.device == "cpu" else 32)
    found = [
        measure(asked.clip, streams, asked.seconds, network, asked.device, batch, asked.rate)
        for streams in asked.streams
    ]
    print(f"{network.name} on {asked.device}, batches of {batch}, {decoding(asked.device).__name__}\n")
    print("\n".join(table(found)))


if __name__ == "__main__":
    main()
