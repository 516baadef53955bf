"""A real RTSP server, run by the system's own Python, which has GStreamer's bindings.

Prints its port, then serves a recording of H.264 as /a, once for each visitor and in real time. A user and a
password may be demanded.
"""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402


def main(recording: str, user: str = "", password: str = "") -> None:
    """Serve until somebody ends the process."""
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service("0")
    factory = GstRtspServer.RTSPMediaFactory()
    pipeline = "qtdemux ! rtph264pay name=pay0 pt=96"
    factory.set_launch(f"( filesrc location={recording} ! {pipeline} )")
    if user:
        demand(server, factory, user, password)
    server.get_mount_points().add_factory("/a", factory)
    server.attach(None)
    print(server.get_bound_port(), flush=True)
    GLib.MainLoop().run()


def demand(
    server: GstRtspServer.RTSPServer, factory: GstRtspServer.RTSPMediaFactory, user: str, password: str
) -> None:
    """Let nobody in without a password."""
    access = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    access.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    server.set_auth(access)
    rights = "viewer, media.factory.access=(boolean)true, media.factory.construct=(boolean)true"
    factory.add_role_from_structure(Gst.Structure.new_from_string(rights))


if __name__ == "__main__":
    main(*sys.argv[1:])
