"""Pictures to an MP4 file with true presentation times."""

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import cv2

from tracking.arrays import FloatArray, Image

CLOCK_HZ = 90_000
"""Ticks per second of the presentation time stamps."""


def write_film(
    path: Path, pictures: Iterable[Image], times_s: FloatArray, *, size: tuple[int, int], quality: int
) -> None:
    """Encode H.264 so that the same pictures always give the same bytes.

    Args:
        path: MP4 file to write.
        pictures: (H, W, 3) BGR, as many as there are times.
        times_s: (F,) presentation times in seconds, increasing, from 0.
        size: Width and height, pixels.
        quality: CRF of the encoder.
    """
    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    with av.open(str(path), "w", format="mp4", options=options) as container:
        rate = Fraction(max(len(times_s) - 1, 1)) / Fraction(max(float(times_s[-1]), 1e-3))
        stream = container.add_stream("libx264", rate=rate.limit_denominator(1001))
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = Fraction(1, CLOCK_HZ)
        stream.time_base = Fraction(1, CLOCK_HZ)
        stream.codec_context.thread_count = 1
        stream.options = {"preset": "veryfast", "crf": str(quality), "threads": "1", "bf": "0"}
        for picture, time_s in zip(pictures, times_s, strict=True):
            planes = cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420)
            frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
            frame.pts = round(float(time_s) * CLOCK_HZ)
            frame.time_base = Fraction(1, CLOCK_HZ)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
