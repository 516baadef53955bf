"""Forms that change something: only those that a page of this server gave to this browser are taken."""

import hashlib
import hmac
import secrets

from starlette.requests import Request
from starlette.responses import Response

from web.access.door import from_here

COOKIE = "fietsflow-setup"
"""Name of the cookie that a form's token belongs to."""

FIELD = "csrf"
"""Name of the field with the token."""


class Forms:
    """Gives each form a token of the browser's cookie, and knows it again; both end with the process.

    Args:
        path: Address below which the cookie is sent.
    """

    def __init__(self, path: str = "/setup") -> None:
        self._path = path
        self._secret = secrets.token_bytes(32)

    def token(self, cookie: str) -> str:
        """The token that belongs to a cookie."""
        return hmac.new(self._secret, cookie.encode(), hashlib.sha256).hexdigest()

    def cookie_of(self, request: Request) -> str:
        """The browser's cookie, or a new one."""
        return request.cookies.get(COOKIE) or secrets.token_urlsafe(32)

    def give(self, request: Request, response: Response, cookie: str) -> Response:
        """Let the browser keep its cookie; no other site can send it."""
        secure = request.url.scheme == "https"
        response.set_cookie(COOKIE, cookie, path=self._path, httponly=True, samesite="strict", secure=secure)
        return response

    def admits(self, request: Request, given: str) -> bool:
        """Whether a form was sent by a page of this server, from the browser that it was given to."""
        cookie = request.cookies.get(COOKIE, "")
        return bool(cookie) and from_here(request) and hmac.compare_digest(self.token(cookie), given)
