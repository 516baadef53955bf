"""An RTSP server of our own making: it answers as it is told, with a code, with nonsense, or not at all."""

import socket
import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

SILENCE, HANG_UP, NONSENSE = "silence", "hang up", "nonsense"
_LINES = (
    "v=0",
    "o=- 1 1 IN IP4 127.0.0.1",
    "s=street",
    "c=IN IP4 127.0.0.1",
    "t=0 0",
    "m=video 0 RTP/AVP 96",
    "a=rtpmap:96 H264/90000",
    "a=fmtp:96 packetization-mode=1;sprop-parameter-sets=Z0LAHtkDxWhAAAADAEAAAAwDxYuS,aMuMsg==",
    "a=control:track1",
)
_BODY = "".join(f"{line}\r\n" for line in _LINES)
_HEADERS = {
    "OPTIONS": "Public: OPTIONS, DESCRIBE, SETUP, PLAY\r\n",
    "DESCRIBE": "Content-Type: application/sdp\r\n",
    "SETUP": "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1\r\n",
    "PLAY": "Session: 1\r\n",
}


class _Handler(socketserver.StreamRequestHandler):
    server: "_Server"

    def handle(self) -> None:
        while head := self._head():
            method = head[0].split()[0]
            number = next((line for line in head if line.startswith("CSeq")), "CSeq: 1")
            answer = self.server.answers.get(method, 200)
            if answer == SILENCE:
                self.rfile.read()
                return
            if answer in (HANG_UP, NONSENSE):
                self.wfile.write(b"\x00\x01\x02 street\r\n\r\n" if answer == NONSENSE else b"")
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            body = _BODY if method == "DESCRIBE" and answer == 200 else ""
            asked = 'WWW-Authenticate: Basic realm="camera"\r\n' if answer == 401 else ""
            about = f"{_HEADERS.get(method, '')}{asked}Content-Length: {len(body)}\r\n"
            self.wfile.write(f"RTSP/1.0 {answer} Told\r\n{number}\r\n{about}\r\n{body}".encode())

    def _head(self) -> list[str]:
        """Lines of a request; none where nothing more comes."""
        lines: list[str] = []
        try:
            while (line := self.rfile.readline().decode().rstrip("\r\n")) or not lines:
                if not line:
                    return []
                lines.append(line)
        except (OSError, UnicodeDecodeError):
            return []
        return lines


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, answers: Mapping[str, int | str]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers = answers

    def handle_error(self, request: object, client_address: object) -> None:
        """Who leaves in the middle is no error."""


@contextmanager
def answering(answers: Mapping[str, int | str]) -> Iterator[str]:
    """A server for as long as the block takes; yields host and port.

    Args:
        answers: Method (OPTIONS, DESCRIBE, SETUP, PLAY) → code, SILENCE, HANG_UP or NONSENSE; all others are
            answered with 200.
    """
    server = _Server(answers)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
