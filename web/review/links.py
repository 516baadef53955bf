"""The page on which somebody links riders over the cameras: the review of `pipeline dataset review`.

Pictures are those of the set, whose riders were blurred when it was built; they are sent as they lie there,
and none is made or kept. Answers go where the command keeps them.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias
from urllib.parse import urlencode

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from pipeline.datasets.review import (
    ReviewSession,
    Side,
    Verdict,
    open_session,
    riders_to_test,
    sides_of,
)
from tracking.errors import FietsflowError
from web.screens import error_screen, review_screen, words_of
from web.setup.csrf import FIELD, Forms
from web.setup.forms import Fields, first, read_fields
from web.words import Words

Links: TypeAlias = ReviewSession
"""A review under way; whoever answers shares it."""

LINKING = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
"""What browsers are told with the page: its script presses its buttons, and asks for nothing."""

DONE: Mapping[str, str] = MappingProxyType(
    {"same": "done_same", "different": "done_different", "undo": "done_undo", "write": "done_write"}
)
"""Word of an address → what to tell."""


def open_links(folder: Path) -> Links:
    """Open a set for the review: its riders are compared, which takes a while.

    Raises:
        UsageError: The set is damaged, linked by a truth already, or has nothing to link.
    """
    return open_session(folder)


def add_links(app: FastAPI, session: Links, forms: Forms, can_count: bool) -> None:
    """Add the page to an application.

    Args:
        app: Guards the addresses below ``/review``.
        session: The review; shared by all who answer.
        forms: Of the desk, whose cookie is sent here too.
        can_count: Whether the menu leads to the minutes as well.
    """
    page = _Links(session, forms, can_count)

    @app.get("/review/links", include_in_schema=False)
    def show(request: Request) -> Response:
        return page.show(request)

    @app.get("/review/links/picture", include_in_schema=False)
    def picture(request: Request) -> Response:
        return page.picture(request)

    @app.post("/review/links/{what}", include_in_schema=False)
    async def change(request: Request, what: str) -> Response:
        fields = await read_fields(request)
        return await run_in_threadpool(page.change, request, what, fields)


class _Links:
    def __init__(self, session: ReviewSession, forms: Forms, can_count: bool) -> None:
        self._session = session
        self._can_count = can_count
        self._forms = forms
        self._changes: Mapping[str, Callable[[Fields], str]] = {
            "answer": self._answer,
            "undo": self._undo,
            "write": self._write,
        }

    def show(self, request: Request, sentence: str = "", status: int = 200) -> Response:
        words, cookie = words_of(request), self._forms.cookie_of(request)
        values = {
            **links_values(self._session, words),
            "can_count": self._can_count,
            "csrf": self._forms.token(cookie),
            "sentence": sentence,
            "done": DONE.get(request.query_params.get("done", ""), ""),
        }
        body = review_screen(request, "review_links.html", values)
        return self._forms.give(request, HTMLResponse(body, status, LINKING), cookie)

    def picture(self, request: Request) -> Response:
        path = self._session.picture(request.query_params.get("name", ""))
        if path is None or not path.is_file():
            return error_screen(request, 404, words_of(request)("no_page"))
        return Response(path.read_bytes(), media_type="image/jpeg", headers={"Cache-Control": "no-store"})

    def change(self, request: Request, what: str, fields: Fields) -> Response:
        words = words_of(request)
        if what not in self._changes:
            return error_screen(request, 404, words("no_page"))
        if not self._forms.admits(request, first(fields, FIELD)):
            return error_screen(request, 403, words("form_is_old"))
        try:
            done = self._changes[what](fields)
        except (FietsflowError, OSError) as error:
            return self.show(request, str(error).splitlines()[0], 422)
        if not done:
            return self.show(request, words("another_question"), 409)
        return RedirectResponse(f"/review/links?done={done}&lang={words.language}", 303)

    def _answer(self, fields: Fields) -> str:
        verdict = first(fields, "verdict")
        if verdict not in set(Verdict):
            return ""
        return verdict if self._session.answer(first(fields, "key"), Verdict(verdict)) else ""

    def _undo(self, fields: Fields) -> str:
        return "undo" if self._session.undo() else ""

    def _write(self, fields: Fields) -> str:
        self._session.write()
        return "write"


def links_values(session: ReviewSession, words: Words) -> dict[str, Any]:
    """What the template of the page needs."""
    standing = session.standing()
    proposal = standing.proposal
    return {
        "site": session.dataset.manifest.site,
        "standing": standing,
        "answered": standing.same + standing.different,
        "riders": riders_to_test(session),
        "travel": "" if proposal is None else words.seconds(proposal.travel_s),
        "distance": "" if proposal is None else words.number(proposal.distance, 2),
        "sides": [_side(one) for one in sides_of(session, proposal)] if proposal else [],
        "can_link": True,
    }


def _side(one: Side) -> Mapping[str, Any]:
    pictures = [f"/review/links/picture?{urlencode({'name': name})}" for name in one.pictures]
    return {"camera": one.camera, "time": one.time, "pictures": pictures}
