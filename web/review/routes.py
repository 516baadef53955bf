"""The addresses of the desk: an overview, the minutes that are counted, and the forms."""

from collections.abc import Callable, Mapping
from time import time
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from flows.database.review import Said, Withdrawal, add_mark, withdraw_check, withdraw_mark
from flows.publishing import offered_days, publish_day
from flows.statistics import Query
from flows.statistics.intervals import to_moment
from tracking.errors import FietsflowError, UsageError
from web.review.desk import Desk
from web.review.forms import day_in, mark_in, presses_in
from web.review.pages import count_values, desk_values
from web.screens import error_screen, review_screen, words_of
from web.setup.csrf import FIELD, Forms
from web.setup.forms import Fields, first, read_fields

if TYPE_CHECKING:
    from web.review.links import Links

COUNTING = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}
"""What browsers are told with the page on which one counts: its script asks this server for the pictures."""

DONE: Mapping[str, str] = MappingProxyType(
    {
        "kept": "done_kept",
        "marked": "done_marked",
        "withdrawn": "done_withdrawn",
        "published": "done_published",
    }
)
"""Word of an address → what to tell."""

Change = Callable[[Request, Fields], str]
"""Does what a form asks for; returns what to tell."""


def add_review(app: FastAPI, desk: Desk, links: "Links | None" = None) -> None:
    """Add the desk to an application.

    Args:
        app: Guards the addresses below ``/review``.
        desk: Of the site.
        links: Riders that may be linked here too; None for none.
    """
    forms = Forms("/review")
    pages = _Pages(desk, forms, links is not None)
    if links is not None:
        # Brings encoders along, which the rest of the desk has no use for.
        from web.review.links import add_links

        add_links(app, links, forms, desk.file is not None)

    @app.get("/review", include_in_schema=False)
    def overview(request: Request) -> Response:
        return _told(request, lambda: pages.overview(request))

    @app.get("/review/count", include_in_schema=False)
    def count(request: Request) -> Response:
        return _told(request, lambda: pages.count(request))

    @app.get("/review/minute", include_in_schema=False)
    def minute(request: Request) -> Response:
        return _told(request, lambda: pages.minute(request))

    @app.post("/review/{what}", include_in_schema=False)
    async def change(request: Request, what: str) -> Response:
        fields = await read_fields(request)
        return await run_in_threadpool(_told, request, lambda: pages.change(request, what, fields))


def _told(request: Request, answer: Callable[[], Response]) -> Response:
    """Whoever may judge may know what is wrong."""
    try:
        return answer()
    except FietsflowError as error:
        return error_screen(request, 422, _sentence(error))


class _Pages:
    def __init__(self, desk: Desk, forms: Forms, can_link: bool) -> None:
        self._desk = desk
        self._forms = forms
        self._can_link = can_link
        self._changes: Mapping[str, Change] = {
            "count": self._hand_in,
            "keep": self._keep,
            "mark": self._mark,
            "unmark": self._unmark,
            "uncheck": self._uncheck,
            "publish": self._publish,
        }

    def overview(self, request: Request, sentence: str = "", status: int = 200) -> Response:
        values = desk_values(self._desk, words_of(request))
        return self._page(request, "review.html", values, sentence, status)

    def count(self, request: Request) -> Response:
        number = self._desk.next_minute()
        asked = request.query_params.get("handed", "")
        handed = int(asked) if asked.isdecimal() else None
        page = self._page(
            request, "review_count.html", count_values(self._desk, number, handed, words_of(request)), "", 200
        )
        page.headers.update(COUNTING)
        return page

    def minute(self, request: Request) -> Response:
        number = request.query_params.get("number", "")
        if not number.isdecimal():
            raise UsageError(words_of(request)("no_page"))
        pictures = self._desk.pictures(int(number))
        return Response(
            pictures, media_type="application/octet-stream", headers={"Cache-Control": "no-store"}
        )

    def change(self, request: Request, what: str, fields: Fields) -> Response:
        words = words_of(request)
        if what not in self._changes:
            return error_screen(request, 404, words("no_page"))
        if not self._forms.admits(request, first(fields, FIELD)):
            return error_screen(request, 403, words("form_is_old"))
        try:
            address = self._changes[what](request, fields)
        except FietsflowError as error:
            return self.overview(request, _sentence(error), 422)
        return RedirectResponse(f"{address}lang={words.language}", 303)

    def _hand_in(self, request: Request, fields: Fields) -> str:
        number = first(fields, "number")
        if not number.isdecimal():
            raise UsageError(words_of(request)("unreadable_keys"))
        self._desk.hand_in(int(number), presses_in(fields, words_of(request)))
        return f"/review/count?handed={number}&"

    def _keep(self, request: Request, fields: Fields) -> str:
        words, zone = words_of(request), self._desk.site.zone
        begin = day_in(fields, "valid_from", zone, words)
        if begin is None:
            raise UsageError(words("no_date", text=""))
        self._desk.keep(first(fields, "role"), begin, day_in(fields, "valid_until", zone, words))
        return "/review?done=kept&"

    def _mark(self, request: Request, fields: Fields) -> str:
        site = self._desk.site
        add_mark(
            self._desk.database, mark_in(fields, site.name, site.zone, self._said(fields), words_of(request))
        )
        return "/review?done=marked&"

    def _unmark(self, request: Request, fields: Fields) -> str:
        withdrawal = Withdrawal(self._said(fields), first(fields, "reason"))
        withdraw_mark(self._desk.database, self._desk.site.name, self._number(request, fields), withdrawal)
        return "/review?done=withdrawn&"

    def _uncheck(self, request: Request, fields: Fields) -> str:
        withdrawal = Withdrawal(self._said(fields), first(fields, "reason"))
        withdraw_check(self._desk.database, self._desk.site.name, self._number(request, fields), withdrawal)
        return "/review?done=withdrawn&"

    def _publish(self, request: Request, fields: Fields) -> str:
        words, site = words_of(request), self._desk.site
        start = day_in(fields, "day", site.zone, words)
        if start is None:
            raise UsageError(words("no_date", text=""))
        moments = (to_moment(round(edge * 1e6)) for edge in (start, start + 1.0))
        begin, until = moments
        (day,) = offered_days(self._desk.reading, Query(site=site.name, start=begin, end=until)) or (None,)
        if day is None:
            raise UsageError(words("no_data"))
        publish_day(self._desk.database, site, day, self._said(fields), first(fields, "reason") or None)
        return "/review?done=published&"

    def _said(self, fields: Fields) -> Said:
        return Said(time(), first(fields, "role"))

    def _number(self, request: Request, fields: Fields) -> int:
        number = first(fields, "number")
        if not number.isdecimal() or len(number) > 9:
            raise UsageError(words_of(request)("no_page"))
        return int(number)

    def _page(
        self, request: Request, template: str, values: Mapping[str, Any], sentence: str, status: int
    ) -> Response:
        cookie = self._forms.cookie_of(request)
        done = request.query_params.get("done", "")
        body = review_screen(
            request,
            template,
            {
                **values,
                "can_link": self._can_link,
                "csrf": self._forms.token(cookie),
                "sentence": sentence,
                "done": DONE.get(done, ""),
            },
        )
        return self._forms.give(request, HTMLResponse(body, status, {"Cache-Control": "no-store"}), cookie)


def _sentence(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
