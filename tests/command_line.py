"""The command line as a user meets it, but inside the test's own process."""

import contextlib
import io
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from pipeline.commands import main


@dataclass(frozen=True)
class Answer:
    """What a command left behind."""

    code: int
    out: str
    err: str


def pipeline(*arguments: object) -> Answer:
    """Run one command; usage mistakes end in an exit code, never in an exception."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as stop:
            code = int(stop.code or 0)
    return Answer(code, out.getvalue(), err.getvalue())


def write_video(path: Path, images: list[np.ndarray], fps: int = 10) -> Path:
    """Write frames as H.264."""
    height, width = images[0].shape[:2]
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.time_base = Fraction(1, fps)
        for image in images:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        container.mux(stream.encode(None))
    return path


def street(frames: int, riders: tuple[tuple[int, tuple[int, int, int]], ...] = ()) -> list[np.ndarray]:
    """A grey street of 320×180; each rider (first frame, BGR colour) crosses it to the right in 40 frames."""
    noise = np.random.default_rng(1)
    background = np.clip(noise.normal(110, 8, (180, 320, 1)), 0, 255).astype(np.uint8).repeat(3, axis=2)
    images = []
    for index in range(frames):
        image = background.copy()
        for first, colour in riders:
            left = (index - first) * 8 - 20
            if 0 <= index - first <= 42:
                image[70:130, max(left, 0) : max(left + 26, 0)] = colour
        images.append(image)
    return images
