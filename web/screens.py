"""Puts pages into templates."""

from collections.abc import Mapping, Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from web.api import API
from web.exhibits import Page
from web.pages import PAGES
from web.replies import reply
from web.rows import rows_html
from web.view import View
from web.words import LANGUAGES, Words, chosen_language

ENVIRONMENT = Environment(
    loader=PackageLoader("web", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
"""Escapes whatever a database, an address or a form says."""

ENVIRONMENT.filters["rows"] = rows_html

_HTML = "text/html; charset=utf-8"


def page_screen(
    request: Request, view: View, page: Page, may_log_out: bool, may_change: Sequence[str] = ()
) -> Response:
    """Write a page."""
    menu = [(name, view.link(f"/{name}")) for name in PAGES]
    body = _render(
        "page.html",
        view.words,
        request,
        view=view,
        page=page,
        menu=menu,
        home=view.link("/network"),
        may_log_out=may_log_out,
        may_change=may_change,
    )
    told = {"Content-Language": view.words.language, "Vary": "Accept-Language, Cookie"}
    return reply(request, body, _HTML, told)


def login_screen(request: Request, following: str, key: str | None = None, status: int = 200) -> Response:
    """Write the form that asks for a token.

    Args:
        request: What is answered.
        following: Address to go to afterwards.
        key: Of a sentence that says what was wrong.
        status: HTTP status.
    """
    words = words_of(request)
    sentence = words(key) if key else None
    body = _render("login.html", words, request, home="/login", next=following, sentence=sentence)
    return HTMLResponse(body, status, {"Cache-Control": "no-store"})


def setup_screen(request: Request, template: str, values: Mapping[str, object]) -> str:
    """Write a page of the set-up."""
    return _render(template, words_of(request), request, home="/setup", **values)


def review_screen(request: Request, template: str, values: Mapping[str, object]) -> str:
    """Write a page of the desk."""
    return _render(template, words_of(request), request, home="/review", **values)


def error_screen(request: Request, status: int, sentence: str) -> Response:
    """Say in a sentence why there is no page."""
    body = _render("error.html", words_of(request), request, home="/network", sentence=sentence)
    return HTMLResponse(body, status, {"Cache-Control": "no-store"})


def api_screen(request: Request) -> Response:
    """Tell what programs can ask for."""
    body = _render(
        "api.html",
        words_of(request),
        request,
        home="/network",
        tables=list(API.items()),
        base=str(request.base_url),
    )
    return reply(request, body, _HTML, {"Vary": "Accept-Language, Cookie"})


def words_of(request: Request) -> Words:
    """The language of an answer."""
    accepted = request.headers.get("Accept-Language", "")
    return Words(chosen_language(request.query_params.get("lang"), accepted))


def _render(template: str, words: Words, request: Request, **values: object) -> str:
    return ENVIRONMENT.get_template(template).render(
        say=words, languages=LANGUAGES, in_language=_in_languages(request), **values
    )


def _in_languages(request: Request) -> Mapping[str, str]:
    """This page's address in each language."""
    address = request.url
    return {code: f"{address.path}?{address.include_query_params(lang=code).query}" for code in LANGUAGES}
