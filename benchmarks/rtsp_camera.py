"""A camera that speaks RTSP, run by the system's own Python, which has GStreamer's bindings.

Serves a recording of H.264 as /a, in real time and from its beginning for each visitor, and prints its port.
A camera that lies sends reports by a clock that knows no calendar, and stamps that jump.

    /usr/bin/python3 benchmarks/rtsp_camera.py RECORDING PORT [SECONDS_BETWEEN_JUMPS]
"""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

CLOCK_TIME = 3
"""Of rtpbin's ntp-time-source: reports carry seconds since the machine was switched on."""
JUMP_S = 7


def main(recording: str, port: str, jumps_every_s: str = "0") -> None:
    """Serve until somebody ends the process."""
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(f"( filesrc location={recording} ! qtdemux ! rtph264pay name=pay0 pt=96 )")
    if int(jumps_every_s):
        factory.connect("media-configure", lambda _, media: lie(media, int(jumps_every_s)))
    server.get_mount_points().add_factory("/a", factory)
    server.attach(None)
    print(server.get_bound_port(), flush=True)
    GLib.MainLoop().run()


def lie(media: GstRtspServer.RTSPMedia, every_s: int) -> None:
    """Let a visitor's stamps jump again and again, and his reports tell a moment of another century."""
    payer = media.get_element().get_by_name("pay0")
    told, sent = payer.get_static_pad("sink"), payer.get_static_pad("src")
    turns = 0

    def jump() -> bool:
        nonlocal turns
        turns += 1
        # What is sent in time is told to be later.
        told.set_offset(turns * JUMP_S * Gst.SECOND)
        sent.set_offset(-turns * JUMP_S * Gst.SECOND)
        return True

    def change_clock(media: GstRtspServer.RTSPMedia) -> None:
        for element in media.get_element().get_parent().children:
            if element.get_name().startswith("rtpbin"):
                element.set_property("ntp-time-source", CLOCK_TIME)

    timer = GLib.timeout_add_seconds(every_s, jump)
    media.connect("prepared", change_clock)
    media.connect("unprepared", lambda _: GLib.source_remove(timer))


if __name__ == "__main__":
    main(*sys.argv[1:])
