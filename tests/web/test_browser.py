"""The pages in a real browser: as they are read, filtered, and typed through."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from flows.database import CameraDescription, FlowStore, RunDescription
from flows.statistics import Interval, parse_moment
from flows.statistics import Query as Question
from tests.browser import NEEDS_CHROMIUM, browser
from tests.flows.written import MORNING, rides_of, write_run
from web.access import Door, Scope, Tokens, add_token
from web.answers import Answers, Policy
from web.application import create_app
from web.pages import PAGES

__all__ = ["browser"]

pytestmark = NEEDS_CHROMIUM

WEEK = "from=2026-10-20&to=2026-10-27"
SQUEEZED = """() => [...document.querySelectorAll('main *')].filter(one => {
    const box = one.getBoundingClientRect();
    return box.right > innerWidth + 1 && !one.closest('.scroll, pre');
}).map(one => one.outerHTML.slice(0, 80))"""
"""What reaches beyond the window, and is in nothing that scrolls."""


def listen(answers: Answers, door: Door) -> Iterator[str]:
    """Serve in a thread until the tests of the file are over; yields the address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(create_app(answers, door), log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture(scope="module")
def answers(town: Path) -> Iterator[Answers]:
    store = FlowStore.open_for_reading(str(town))
    yield Answers(store.database, Policy())
    store.close()


@pytest.fixture(scope="module")
def server(answers: Answers) -> Iterator[str]:
    yield from listen(answers, Door(a_minute=100_000))


@pytest.fixture
def page(browser: Any, server: str) -> Iterator[Any]:
    """A window; fails at the end if the browser complained about anything, or asked elsewhere."""
    opened = browser.new_page()
    complaints: list[str] = []
    outside: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("request", lambda sent: sent.url.startswith(server) or outside.append(sent.url))
    yield opened
    opened.close()
    assert not complaints, complaints
    assert not outside, outside


@pytest.mark.parametrize("name", list(PAGES))
def test_every_page_opens_in_every_width_and_shade(page: Any, server: str, name: str) -> None:
    for width, shade in ((360, "light"), (1280, "dark"), (1920, "light")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=shade)
        page.goto(f"{server}/{name}?{WEEK}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(SQUEEZED) == []
        assert page.locator("h1").count() == 1
        assert page.locator("section.exhibit table").count() > 0
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 800})


def test_long_names_fit_on_a_phone(browser: Any, tmp_path: Path) -> None:
    names = ["The crossing of the Very Long Street with an even longer Avenue", "W" * 64, "B"]
    cameras = tuple(CameraDescription(name, (52.1 + at / 100, 5.1)) for at, name in enumerate(names))
    described = RunDescription("M" * 64, "Europe/Amsterdam", cameras, "long", MORNING)
    store = FlowStore.open(str(tmp_path / "long.db"))
    watched = {name: [(MORNING, MORNING + 3600)] for name in names}
    write_run(store, rides_of({">".join(names): 9}), watched, described)
    serving = listen(Answers(store.database, Policy()), Door())
    address = next(serving)
    page = browser.new_page()
    page.set_viewport_size({"width": 360, "height": 740})
    for name in PAGES:
        page.goto(f"{address}/{name}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, name
        assert page.evaluate(SQUEEZED) == [], name
    page.close()
    next(serving, None)
    store.close()


def test_the_numbers_are_those_of_the_statistics(page: Any, server: str, answers: Answers) -> None:
    page.goto(f"{server}/network?{WEEK}")
    shown = page.eval_on_selector_all(
        "#map tbody tr", "rows => rows.map(row => [row.cells[0].innerText, +row.querySelector('data').value])"
    )
    start, end = (parse_moment(one.partition("=")[2], "") for one in WEEK.split("&"))
    rows = answers.counts(Question(interval=Interval.TOTAL, start=start, end=end))
    expected: dict[str, int] = {}
    for row in rows:
        expected[row.camera] = expected.get(row.camera, 0) + (row.cyclists or 0)
    assert dict(shown) == expected


def test_filters_are_in_the_address_and_change_the_page(page: Any, server: str) -> None:
    page.goto(f"{server}/camera?{WEEK}")
    before = page.inner_text(".facts")
    page.get_by_label("Camera").select_option("market")
    page.get_by_label("From").fill("2026-10-22")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**/camera?*camera=market*")
    assert "from=2026-10-22" in page.url
    assert page.inner_text("h1") == "market"
    assert page.inner_text(".facts") != before
    page.get_by_role("link", name="Nederlands").click()
    page.wait_for_url("**lang=nl*")
    assert page.inner_text("h1") == "market"
    assert page.get_by_role("button", name="Toon").count() == 1


def test_a_camera_of_the_map_leads_to_its_page(page: Any, server: str) -> None:
    page.goto(f"{server}/network?{WEEK}")
    page.locator("svg.network a", has_text="campus").click()
    page.wait_for_url("**/camera?*")
    assert page.inner_text("h1") == "campus"
    assert WEEK in page.url


def test_everything_can_be_reached_by_the_tabulator(page: Any, server: str) -> None:
    page.goto(f"{server}/network?{WEEK}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.tagName.toLowerCase()"))
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", page.evaluate("document.activeElement.outerHTML")
    assert {"input", "button", "a", "summary", "div"} <= reached


def test_what_is_drawn_can_be_read_without_seeing_it(page: Any, server: str) -> None:
    for name in PAGES:
        page.goto(f"{server}/{name}?{WEEK}")
        unnamed = page.eval_on_selector_all(
            "main svg[role=img]", "all => all.filter(one => !one.querySelector(':scope > title')).length"
        )
        assert unnamed == 0
        lost = page.eval_on_selector_all(
            "main input:not([type=hidden]), main select",
            "all => all.filter(one => !one.labels.length).length",
        )
        assert lost == 0
        assert page.eval_on_selector_all("table", "all => all.every(one => one.caption && one.tHead)")


def test_paper_shows_the_tables_and_no_menu(page: Any, server: str) -> None:
    page.goto(f"{server}/camera?{WEEK}")
    page.emulate_media(media="print")
    assert not page.locator("nav").is_visible()
    assert page.locator("#series table").is_visible()
    assert len(page.pdf()) > 10_000
    page.emulate_media(media="screen")


def test_a_token_is_asked_for_and_lets_in(browser: Any, answers: Answers, tmp_path: Path) -> None:
    token = add_token(tmp_path / "tokens.json", "council", [Scope.STATISTICS])
    serving = listen(answers, Door(Tokens(tmp_path / "tokens.json")))
    address = next(serving)
    page = browser.new_page()
    complaints: list[str] = []
    # A wrong token is answered with 401, which a browser notes.
    page.on("console", lambda said: "401" in said.text or complaints.append(said.text))
    page.goto(f"{address}/routes?{WEEK}")
    assert page.url.startswith(f"{address}/login")
    page.get_by_label("Access token").fill("wrong")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]")
    page.get_by_label("Access token").fill(token)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/routes?{WEEK}")
    assert page.inner_text("h1") == "Routes"
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/login")
    page.goto(f"{address}/routes")
    assert "/login" in page.url
    page.close()
    assert not complaints
    next(serving, None)
