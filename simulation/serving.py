"""Simulated cameras as streams: each recording is played again and again, all of them on one clock."""

import io
import time
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import av
import yaml

HOST = "127.0.0.1"


def write_live_site(folder: Path, port: int) -> Path:
    """Write a site file beside `site.yaml` whose cameras are the streams.

    Args:
        folder: Of the simulated site.
        port: On which they are served.

    Raises:
        OSError: The site file is not there, or the other one cannot be written.
    """
    site = yaml.safe_load((folder / "site.yaml").read_text("utf-8"))
    for camera in site["cameras"]:
        camera["source"] = f"http://{HOST}:{port}/{Path(camera['source']).stem}.ts"
        camera.pop("start", None)
    site["site"] = f"{site['site']}-live"
    path = folder / "live.yaml"
    path.write_text(yaml.safe_dump(site, sort_keys=False, default_flow_style=None, width=110), "utf-8")
    return path


def played(recording: Path, began: float) -> Iterator[bytes]:
    """A recording as a transport stream in real time, for ever.

    Args:
        recording: Video file.
        began: Moment of the monotonic clock at which it was played for the first time; who comes later joins
            in where it is now.
    """
    out = io.BytesIO()
    with closing(av.open(str(recording))) as source, av.open(out, "w", format="mpegts") as sink:
        video = source.streams.video[0]
        stream: Any = sink.add_stream_from_template(video)
        base = float(video.time_base or 0)
        length_s = float((video.duration or 0) * base)
        turn, place_s = divmod(time.monotonic() - began, length_s)
        source.seek(int(place_s / base), stream=video)
        while True:
            shift = round(turn * length_s / base)
            for packet in source.demux(video):
                if packet.dts is None or packet.pts is None:
                    continue
                packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
                wait_s = began + packet.dts * base - time.monotonic()
                packet.stream = stream
                sink.mux(packet)
                time.sleep(max(wait_s, 0.0))
                yield out.getvalue()
                out.seek(0)
                out.truncate()
            turn += 1
            source.seek(0, stream=video)


class StreamServer(ThreadingHTTPServer):
    """Serves the videos of a folder under their names, with the ending ``.ts``.

    Args:
        folder: Has them.
        port: To listen on; 0 for any that is free.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, folder: Path, port: int) -> None:
        super().__init__((HOST, port), _Handler)
        self.recordings = {f"/{one.stem}.ts": one for one in sorted(folder.glob("*.mp4"))}
        self.began = time.monotonic()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who leaves in the middle is no error."""


class _Handler(BaseHTTPRequestHandler):
    server: StreamServer

    def do_GET(self) -> None:
        recording = self.server.recordings.get(self.path)
        if recording is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Type", "video/mp2t")
        self.end_headers()
        for piece in played(recording, self.server.began):
            self.wfile.write(piece)

    def log_message(self, format: str, *values: Any) -> None:
        """Say nothing."""
