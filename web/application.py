"""The application: pages, API and login behind one door."""

import logging
from collections.abc import Sequence
from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from fastapi import FastAPI, Security
from fastapi.security import HTTPBearer
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from tracking.errors import FietsflowError, UsageError
from web.access import Door
from web.access.door import COOKIE, client_of, from_here, guard, hardened
from web.access.sessions import LASTS_S
from web.access.tokens import Scope, digest_of
from web.answers import Answers
from web.api import api_router
from web.pages import PAGES
from web.screens import api_screen, error_screen, login_screen, page_screen, words_of
from web.view import view_of

if TYPE_CHECKING:
    from web.review import Desk
    from web.review.links import Links
    from web.setup import Bench

LOG = logging.getLogger(__name__)

LARGEST_FORM = 4096
"""Bytes of a form."""


def create_app(
    answers: Answers | None,
    door: Door,
    bench: "Bench | None" = None,
    desk: "Desk | None" = None,
    links: "Links | None" = None,
) -> FastAPI:
    """Build the application.

    Args:
        answers: The database; None for the set-up alone.
        door: Who may come in.
        bench: The site that may be set up; None for none.
        desk: Where the numbers of a site are judged; None for nowhere.
        links: Riders who may be linked over the cameras at the desk; None for none.
    """
    app = FastAPI(
        title="fietsflow",
        summary="Anonymous counts, routes and travel times of cyclists; small cells are withheld.",
        version="1",
        openapi_url="/api/v1/openapi.json",
        # Their pages load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
    )
    app.middleware("http")(guard(door, _refuse))
    app.mount("/static", StaticFiles(directory=str(files("web") / "static")))
    if bench is not None:
        # Brings decoding and detectors along, which pages alone have no use for.
        from web.setup import add_setup

        add_setup(app, bench)
    if desk is not None:
        from web.review import add_review

        add_review(app, desk, links)
    if answers is not None:
        asks = [] if door.tokens is None else [Security(HTTPBearer(auto_error=False))]
        # The door has decided already; this tells programs what it wants to see.
        app.include_router(api_router(answers), dependencies=asks)
        changes = {Scope.SETUP: bench is not None, Scope.REVIEW: desk is not None}
        _add_pages(app, answers, door, [scope for scope, there in changes.items() if there])
    else:
        app.get("/", include_in_schema=False)(lambda: RedirectResponse("/setup", 307))
    _add_login(app, door)
    _add_errors(app)
    return app


def _add_pages(app: FastAPI, answers: Answers, door: Door, changes: Sequence[Scope]) -> None:
    @app.get("/", include_in_schema=False)
    def first(request: Request) -> Response:
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/network{query}", 307)

    @app.get("/api", include_in_schema=False)
    def api(request: Request) -> Response:
        return api_screen(request)

    def show(request: Request) -> Response:
        name = request.url.path.strip("/")
        accepted = request.headers.get("Accept-Language", "")
        view = view_of(f"/{name}", dict(request.query_params), accepted, answers)
        may = [scope.value for scope in changes if scope in door.scopes(request)]
        return page_screen(request, view, PAGES[name](view), door.holder(request) is not None, may)

    for name in PAGES:
        app.get(f"/{name}", name=name, include_in_schema=False)(show)


def _add_login(app: FastAPI, door: Door) -> None:
    """The only two forms that change anything, and that is the session of who sends them.

    Both are refused unless a page of this server sent them, and the cookie goes to no other site.
    """

    @app.get("/login", include_in_schema=False)
    def ask(request: Request) -> Response:
        return login_screen(request, _inside(request.query_params.get("next", "/")))

    @app.post("/login", include_in_schema=False)
    async def enter(request: Request) -> Response:
        form = await _form(request)
        following = _inside(form.get("next", "/"))
        if not from_here(request):
            return login_screen(request, following, "other_page", 403)
        if not door.logins.admits(client_of(request)):
            return login_screen(request, following, "too_many", 429)
        given = form.get("token", "").strip()
        token = await run_in_threadpool(door.tokens.holder, given) if door.tokens else None
        if token is None:
            return login_screen(request, following, "wrong_token", 401)
        answer = RedirectResponse(following, 303)
        answer.set_cookie(
            COOKIE,
            door.sessions.begin(digest_of(given)),
            max_age=int(LASTS_S),
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return answer

    @app.post("/logout", include_in_schema=False)
    def leave(request: Request) -> Response:
        if not from_here(request):
            return _refuse(request, 403, "other_page")
        door.sessions.end(request.cookies.get(COOKIE, ""))
        answer = RedirectResponse("/login", 303)
        answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return answer


async def _form(request: Request) -> dict[str, str]:
    """The fields of a form; none where it is larger than any of ours."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_FORM:
            return {}
    return {key: values[-1] for key, values in parse_qs(body.decode("utf-8", "replace")).items()}


def _inside(address: str) -> str:
    """An address of this server; anything else becomes the first page."""
    inside = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if inside and address.isprintable() else "/"


def _add_errors(app: FastAPI) -> None:
    @app.exception_handler(FietsflowError)
    def known(request: Request, error: FietsflowError) -> Response:
        if isinstance(error, UsageError):
            return _say(request, 400, str(error))
        # Names and places of databases are for the operator, not for who reads the pages.
        LOG.error("%s", error)
        return _refuse(request, 503, "database_fails")

    @app.exception_handler(HTTPException)
    def refused(request: Request, error: HTTPException) -> Response:
        return (
            _refuse(request, 404, "no_page")
            if error.status_code == 404
            else _say(request, error.status_code, str(error.detail))
        )

    @app.exception_handler(Exception)
    def unknown(request: Request, error: Exception) -> Response:
        LOG.error("%s failed: %s", request.url.path, type(error).__name__)
        return hardened(_refuse(request, 500, "database_fails"))


def _refuse(request: Request, status: int, key: str) -> Response:
    return _say(request, status, words_of(request)(key))


def _say(request: Request, status: int, sentence: str) -> Response:
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": sentence}, status)
    return error_screen(request, status, sentence)
