"""The review in a browser: one page, a handful of addresses, nothing from outside."""

import ipaddress
import json
import secrets
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import Any
from urllib.parse import unquote, urlsplit

from pipeline.datasets.review.answers import Verdict
from pipeline.datasets.review.question import riders_to_test, sides_of
from pipeline.datasets.review.session import ReviewSession
from tracking.errors import FietsflowError, UsageError

LARGEST_BODY = 4096
TOKEN_HEADER = "X-Review-Token"
_PICTURES = "/pictures/"


class ReviewServer(ThreadingHTTPServer):
    """Serves one review.

    Only pictures of the held-out part are served. Whatever changes something needs a token that only the
    page knows, so that no other page in the same browser can answer; on a loopback address, requests under
    another name than the loopback's are refused.

    Args:
        session: The review.
        host: Address to listen at.
        port: Port; 0 for any free one.

    Raises:
        UsageError: Address or port cannot be used.
    """

    daemon_threads = True

    def __init__(self, session: ReviewSession, host: str = "127.0.0.1", port: int = 0) -> None:
        self.session = session
        self.token = secrets.token_urlsafe(24)
        self.host = host
        try:
            super().__init__((host, port), _Handler)
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or error
            raise UsageError(f"--host {host} --port {port}: {reason}; give a free port") from error

    @property
    def url(self) -> str:
        """Address of the page."""
        return f"http://{self.host}:{self.server_address[1]}/"

    @property
    def loopback(self) -> bool:
        """Whether only this machine can connect."""
        return _is_loopback(str(self.server_address[0]))


class _Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: ReviewServer

    def do_GET(self) -> None:
        """Serve the page, how far the review is, and pictures."""
        if not self._host_is_ours():
            return
        path = unquote(urlsplit(self.path).path)
        if path == "/":
            self._page()
        elif path == "/state":
            self._state()
        elif path.startswith(_PICTURES):
            self._picture(path.removeprefix(_PICTURES))
        else:
            self._refuse(HTTPStatus.NOT_FOUND, "there is nothing here")

    def do_POST(self) -> None:
        """Take an answer, take one back, or write the linked set."""
        if not self._host_is_ours():
            return
        if not secrets.compare_digest(
            self.headers.get(TOKEN_HEADER, "").encode(), self.server.token.encode()
        ):
            self._refuse(HTTPStatus.FORBIDDEN, "the page is out of date; load it again")
            return
        try:
            self._act(urlsplit(self.path).path)
        except (FietsflowError, OSError) as error:
            self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR, str(error))

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the terminal free."""

    def _act(self, path: str) -> None:
        session = self.server.session
        if path == "/answer":
            given = self._body()
            if given is None or given.get("verdict") not in set(Verdict):
                self._refuse(HTTPStatus.BAD_REQUEST, "an answer is same or different")
            elif session.answer(str(given.get("key")), Verdict(given["verdict"])):
                self._state()
            else:
                self._refuse(HTTPStatus.CONFLICT, "another question stands by now; load the page again")
        elif path == "/undo":
            session.undo()
            self._state()
        elif path == "/write":
            session.write()
            self._state()
        else:
            self._refuse(HTTPStatus.NOT_FOUND, "there is nothing here")

    def _body(self) -> dict[str, Any] | None:
        try:
            length = int(self.headers.get("Content-Length", "0"))
            body = json.loads(self.rfile.read(length)) if 0 <= length <= LARGEST_BODY else None
        except ValueError:
            return None
        return body if isinstance(body, dict) else None

    def _host_is_ours(self) -> bool:
        """Refuse names that a foreign page may have pointed at this machine."""
        name = urlsplit(f"//{self.headers.get('Host', '')}").hostname or ""
        if self.server.loopback and name != "localhost" and not _is_loopback(name):
            self._refuse(HTTPStatus.FORBIDDEN, "use the address that the command printed")
            return False
        return True

    def _page(self) -> None:
        nonce = secrets.token_urlsafe(16)
        page = files(__package__).joinpath("page.html").read_text(encoding="utf-8")
        page = page.replace("{{nonce}}", nonce).replace("{{token}}", self.server.token)
        policy = (
            f"default-src 'none'; img-src 'self' data:; connect-src 'self'; style-src 'nonce-{nonce}'; "
            f"script-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        self._send(HTTPStatus.OK, "text/html; charset=utf-8", page.encode(), policy)

    def _picture(self, name: str) -> None:
        path = self.server.session.picture(name)
        if path is None:
            self._refuse(HTTPStatus.NOT_FOUND, "there is no such picture")
        else:
            self._send(HTTPStatus.OK, "image/jpeg", path.read_bytes())

    def _state(self) -> None:
        self._send_json(HTTPStatus.OK, _describe(self.server.session))

    def _refuse(self, status: HTTPStatus, sentence: str) -> None:
        self._send_json(status, {"error": sentence})

    def _send_json(self, status: HTTPStatus, content: dict[str, Any]) -> None:
        self._send(status, "application/json", json.dumps(content).encode())

    def _send(self, status: HTTPStatus, kind: str, body: bytes, policy: str = "default-src 'none'") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", policy)
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        self.wfile.write(body)


def _describe(session: ReviewSession) -> dict[str, Any]:
    """What the page shows."""
    standing = session.standing()
    proposal = standing.proposal
    sides = [
        {"camera": side.camera, "time": side.time, "pictures": [_PICTURES + name for name in side.pictures]}
        for side in (sides_of(session, proposal) if proposal else ())
    ]
    return {
        "site": session.dataset.manifest.site,
        "open": standing.open,
        "same": standing.same,
        "different": standing.different,
        "written": standing.written,
        "test_riders": riders_to_test(session),
        "proposal": proposal
        and {
            "key": proposal.key,
            "travel_s": proposal.travel_s,
            "distance": round(proposal.distance, 3),
            "sides": sides,
        },
    }


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
