"""Decides, before anything is routed, whether a request may be answered: by default it may not."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from tracking.hosts import is_loopback
from web.access.limits import Limits
from web.access.sessions import Sessions
from web.access.tokens import Scope, Token, Tokens

COOKIE = "fietsflow"
"""Name of the session's cookie."""

LOGINS_A_MINUTE = 10
"""Tries of a client."""

OPEN_PATHS = ("/login", "/static/style.css", "/static/icon.svg")
"""All that is told to those who hold no token."""

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
"""What browsers are told with every answer: no script runs here, and no other page may hold this one."""

Next = Callable[[Request], Awaitable[Response]]
Refuse = Callable[[Request, int, str], Response]


@dataclass(frozen=True)
class Door:
    """Who may come in.

    Attributes:
        tokens: None where there is no file of tokens.
        public: Statistics are shown without a token.
        loopback: Only this machine can connect.
        a_minute: Requests of a client a minute.
        sessions: Browsers that logged in.
        logins: How many tries a client has.
    """

    tokens: Tokens | None = None
    public: bool = False
    loopback: bool = True
    a_minute: int = 600
    sessions: Sessions = field(default_factory=Sessions)
    logins: Limits = field(default_factory=lambda: Limits(LOGINS_A_MINUTE))

    @property
    def of_one(self) -> bool:
        """Whether it is there for whoever sits at this machine, and for nobody else.

        With tokens, or where all is public, another server may stand in front of the same address.
        """
        return self.loopback and self.tokens is None and not self.public

    def scopes(self, request: Request) -> frozenset[Scope]:
        """What a request may see."""
        if self.of_one:
            return frozenset(Scope)
        open_to_all = frozenset({Scope.STATISTICS} if self.public else ())
        token = self.holder(request)
        return open_to_all | (token.scopes if token else frozenset())

    def holder(self, request: Request) -> Token | None:
        """The token that a request carries, in its header or behind its cookie."""
        if self.tokens is None:
            return None
        kind, _, given = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() == "bearer" and given:
            return self.tokens.holder(given.strip())
        digest = self.sessions.digest(request.cookies.get(COOKIE, ""))
        return None if digest is None else self.tokens.of_digest(digest)


def scope_of(path: str) -> Scope:
    """What a path belongs to."""
    if path == "/setup" or path.startswith(("/setup/", "/static/setup.")):
        return Scope.SETUP
    if path == "/review" or path.startswith(("/review/", "/static/review.")):
        return Scope.REVIEW
    own = ("/quality", "/live", "/api/v1/outages")
    return Scope.OPERATION if path.rstrip("/") in own else Scope.STATISTICS


def guard(door: Door, refuse: Refuse) -> Callable[[Request, Next], Awaitable[Response]]:
    """Build the guard of an application.

    Args:
        door: Who may come in.
        refuse: Writes the page of a refusal: request, status, key of the catalogue's sentence.
    """
    limits = Limits(door.a_minute)

    async def watch(request: Request, go_on: Next) -> Response:
        refusal = _refusal(door, limits, request, refuse)
        response = refusal if refusal is not None else await go_on(request)
        return hardened(response)

    return watch


def hardened(response: Response) -> Response:
    """Add what every answer carries."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "private, no-cache")
    return response


def _refusal(door: Door, limits: Limits, request: Request, refuse: Refuse) -> Response | None:
    if door.of_one and not is_loopback(urlsplit(f"//{request.headers.get('Host', '')}").hostname or ""):
        # Another name that leads here is one that a foreign page has pointed at this machine.
        return refuse(request, 403, "other_page")
    if not limits.admits(client_of(request)):
        refused = refuse(request, 429, "too_many")
        refused.headers["Retry-After"] = "60"
        return refused
    path = request.url.path
    if path in OPEN_PATHS:
        return None
    scopes = door.scopes(request)
    if scope_of(path) in scopes:
        return None
    if scopes or door.holder(request):
        return refuse(request, 403, "not_yours")
    return _ask_for_token(request)


def _ask_for_token(request: Request) -> Response:
    if request.url.path.startswith("/api/"):
        sentence = "a token is needed: Authorization: Bearer TOKEN"
        return JSONResponse({"error": sentence}, 401, {"WWW-Authenticate": "Bearer"})
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/login?{urlencode({'next': asked})}", 303)


def client_of(request: Request) -> str:
    """Who asks, for the limits."""
    return request.client.host if request.client else ""


def from_here(request: Request) -> bool:
    """Whether a form was sent from a page of this server."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("Host")
