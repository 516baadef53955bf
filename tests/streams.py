"""Streams of our own making: an HTTP server whose cameras can die, stall, freeze and lie."""

import io
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import av
import numpy as np

Feed = Callable[[], Iterator[bytes]]
"""What a connection gets: pieces of a transport stream, in their own time."""
CLOCK_HZ = 90_000
FPS = 12


class Camera:
    """Codes pictures to a transport stream, one at a time."""

    def __init__(self, size: tuple[int, int], fps: int = FPS) -> None:
        self._out = io.BytesIO()
        self._container: Any = av.open(self._out, "w", format="mpegts", options={"flush_packets": "1"})
        self._stream: Any = self._container.add_stream(
            "libx264",
            rate=fps,
            options={"preset": "ultrafast", "tune": "zerolatency", "g": "10", "qp": "22"},
        )
        self._stream.width, self._stream.height, self._stream.pix_fmt = *size, "yuv420p"
        self._stream.codec_context.time_base = Fraction(1, CLOCK_HZ)

    def code(self, image: np.ndarray, seconds: float) -> bytes:
        """The next picture, with a time stamp."""
        frame = av.VideoFrame.from_ndarray(image, format="bgr24")
        frame.pts, frame.time_base = round(seconds * CLOCK_HZ), Fraction(1, CLOCK_HZ)
        for packet in self._stream.encode(frame):
            self._container.mux(packet)
        piece = self._out.getvalue()
        self._out.seek(0)
        self._out.truncate()
        return piece


def played(
    images: list[np.ndarray], fps: int = FPS, stamps: Callable[[int], float] | None = None
) -> Iterator[bytes]:
    """Pictures in real time, once.

    Args:
        images: The pictures.
        fps: Pictures per second.
        stamps: Number of a picture → its stamp, seconds; None for true ones.
    """
    began = time.monotonic()
    size, camera, before = (0, 0), None, 0.0
    for number, image in enumerate(images):
        stamp = number / fps if stamps is None else stamps(number)
        # A muxer refuses stamps that jump; one that begins anew does not know of any before.
        if camera is None or size != image.shape[1::-1] or abs(stamp - before) > 1:
            size = image.shape[1], image.shape[0]
            camera = Camera(size, fps)
        before = stamp
        if (early := began + number / fps - time.monotonic()) > 0:
            time.sleep(early)
        yield camera.code(image, stamp)


class StreamServer(ThreadingHTTPServer):
    """Serves feeds under their names; counts who came."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, feeds: dict[str, Feed], password: str = "") -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.feeds, self.password = feeds, password
        self.visits: dict[str, int] = dict.fromkeys(feeds, 0)

    def address(self, name: str, credentials: str = "") -> str:
        """Where a feed is found."""
        return f"http://{credentials}127.0.0.1:{self.server_address[1]}/{name}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who leaves in the middle is no error."""


class _Handler(BaseHTTPRequestHandler):
    server: StreamServer

    def do_GET(self) -> None:
        name = self.path.strip("/").partition("?")[0]
        if self.server.password and self.server.password != self.headers.get("Authorization", ""):
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="camera"')
            self.end_headers()
            return
        self.server.visits[name] += 1
        self.send_response(200)
        self.send_header("Content-Type", "video/mp2t")
        self.end_headers()
        for piece in self.server.feeds[name]():
            self.wfile.write(piece)
            self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(feeds: dict[str, Feed], password: str = "") -> Iterator[StreamServer]:
    """A server for as long as the block takes."""
    server = StreamServer(feeds, password)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
