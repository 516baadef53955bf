"""A wrong password is told from all else that keeps a stream from being opened, by what a server answers."""

import errno
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import av
import pytest

from pipeline.sources.report import Unseen
from pipeline.sources.streams import Connection, StreamAddress, StreamError
from pipeline.sources.streams.refusal import not_opened
from tests.rtsp_answers import HANG_UP, NONSENSE, SILENCE, answering

METHODS = ("OPTIONS", "DESCRIBE", "SETUP", "PLAY")
REFUSED = (401, 403)
OTHERS = (302, 404, 453, 454, 461, 503)
PATIENCE_S = 10.0


def failure(address: str, timeout_s: float = PATIENCE_S) -> StreamError:
    """What is told of an address that cannot be opened."""
    with pytest.raises(StreamError) as told:
        Connection(StreamAddress(address), timeout_s)
    assert "secret" not in str(told.value)
    return told.value


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("code", REFUSED)
def test_401_and_403_are_a_refusal(method: str, code: int) -> None:
    with answering({method: code}) as place:
        told = failure(f"rtsp://viewer:secret@{place}/a")
    assert told.reason is Unseen.NOT_ADMITTED
    assert "check user and password" in str(told)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("code", OTHERS)
def test_no_other_code_is(method: str, code: int) -> None:
    with answering({method: code}) as place:
        told = failure(f"rtsp://viewer:secret@{place}/a")
    assert told.reason is Unseen.UNREACHABLE
    assert "password" not in str(told)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("how", [HANG_UP, NONSENSE])
def test_a_camera_that_is_switched_off_in_the_middle_has_refused_nobody(method: str, how: str) -> None:
    with answering({method: how}) as place:
        told = failure(f"rtsp://viewer:secret@{place}/a")
    assert told.reason is Unseen.UNREACHABLE
    assert "password" not in str(told)
    assert "permitted" not in str(told)


@pytest.mark.parametrize("method", METHODS)
def test_a_camera_that_stands_still_in_the_middle_has_refused_nobody(method: str) -> None:
    with answering({method: SILENCE}) as place:
        told = failure(f"rtsp://viewer:secret@{place}/a", 0.3)
    assert told.reason is Unseen.UNREACHABLE
    assert str(told).endswith("no answer within 0.3 s")


@contextmanager
def http(code: int) -> Iterator[str]:
    """A server that answers everything with one code; yields host and port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(code)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("code", [*REFUSED, 400, 404, 410, 429, 500, 503])
def test_http_is_told_apart_in_the_same_way(code: int) -> None:
    with http(code) as place:
        told = failure(f"http://viewer:secret@{place}/a")
    assert told.reason is (Unseen.NOT_ADMITTED if code in REFUSED else Unseen.UNREACHABLE)
    assert ("check user and password" in str(told)) == (code in REFUSED)


@pytest.mark.parametrize("number", [errno.EPERM, errno.EACCES])
def test_a_device_that_may_not_be_opened_asks_for_no_password(number: int) -> None:
    error = av.error.PermissionError(number, "no")
    told = not_opened(StreamAddress("/dev/video0"), error, 0.0, 10.0)
    assert told.reason is Unseen.UNREACHABLE
    assert "group of the device" in str(told)
    assert "password" not in str(told)
