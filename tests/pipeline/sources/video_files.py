"""Small video files of every kind, written for a test."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from tracking.arrays import Image

MILLISECONDS = Fraction(1, 1000)


def plain_image(level: int, width: int = 64, height: int = 48) -> Image:
    """A frame of one grey level, brighter in its upper quarter."""
    image = np.full((height, width, 3), level, np.uint8)
    image[: height // 4] = min(255, level + 60)
    return image


def noise_image(seed: int, width: int = 160, height: int = 120) -> Image:
    """A frame that no codec can compress away, so that a file has bytes to damage."""
    return np.random.default_rng(seed).integers(0, 255, (height, width, 3), dtype=np.uint8)


def write_video(
    path: Path,
    times_ms: Sequence[int],
    images: Sequence[Image] | None = None,
    *,
    codec: str = "libx264",
    created: str | None = None,
    rotation: int = 0,
    options: dict[str, str] | None = None,
    shade: int = 0,
) -> Path:
    """Write frames with the given time stamps; files of one length differ by their shade."""
    images = images or [plain_image(20 + shade + 2 * (n % 80)) for n in range(len(times_ms))]
    with av.open(str(path), "w", options=options or {}) as container:
        if created:
            container.metadata["creation_time"] = created
        stream = container.add_stream(codec, rate=25)
        stream.height, stream.width = images[0].shape[:2]
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        # AVI has a frame number and no clock.
        tick = Fraction(1, 25) if path.suffix == ".avi" else MILLISECONDS
        stream.time_base = stream.codec_context.time_base = tick
        stream.codec_context.gop_size = 10
        if rotation:
            stream.set_display_rotation(rotation)
        for time_ms, image in zip(times_ms, images, strict=True):
            frame = av.VideoFrame.from_ndarray(image, format="bgr24")
            frame.pts, frame.time_base = round(Fraction(time_ms, 1000) / tick), tick
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def steady(count: int, fps: float = 25.0, first_ms: int = 0) -> list[int]:
    """Time stamps at a constant rate."""
    return [first_ms + round(n * 1000 / fps) for n in range(count)]


def write_audio(path: Path) -> Path:
    """A file with sound and no picture."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=8000)
        silence = np.zeros((1, 8000), np.float32)
        frame = av.AudioFrame.from_ndarray(silence, format="fltp", layout="mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def cut_off(path: Path, share: float) -> Path:
    """Keep only the first part of a file."""
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    return path


def overwrite_middle(path: Path, count: int, at: float = 0.5) -> Path:
    """Replace bytes in the middle of a file with garbage."""
    content = bytearray(path.read_bytes())
    begin = int(len(content) * at)
    content[begin : begin + count] = np.random.default_rng(0).bytes(count)
    path.write_bytes(content)
    return path
