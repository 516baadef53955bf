"""Drawing in a real browser: with the mouse, with the keyboard alone, and without a script."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
import yaml

from tests.browser import NEEDS_CHROMIUM, browser, serious_faults
from tests.web.setup.conftest import UPPER
from tests.web.setup.test_setup import counted
from web.access import Door
from web.application import create_app
from web.setup import Bench

__all__ = ["browser"]

pytestmark = NEEDS_CHROMIUM


@pytest.fixture
def server(site: Path) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        app = create_app(None, Door(a_minute=100_000), Bench(site, 20))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture
def page(browser: Any, server: str) -> Iterator[Any]:
    """A window on camera A; fails if the browser complained about anything, or asked elsewhere."""
    opened = browser.new_page()
    complaints: list[str] = []
    outside: list[str] = []
    # A form that is refused with a sentence is answered with 422, which a browser notes.
    opened.on("console", lambda said: "422" in said.text or complaints.append(said.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("request", lambda sent: sent.url.startswith(server) or outside.append(sent.url))
    opened.goto(f"{server}/setup")
    opened.get_by_role("link", name="Draw on A").click()
    opened.wait_for_selector("#tools button")
    yield opened
    opened.close()
    assert not complaints, complaints
    assert not outside, outside


def roi(site: Path) -> list[list[float]] | None:
    region: list[list[float]] | None = yaml.safe_load(site.read_text())["cameras"][0].get("roi")
    return region


def click(page: Any, x: float, y: float) -> None:
    page.locator("#picture").scroll_into_view_if_needed()
    box = page.locator("#picture").bounding_box()
    page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])


def test_a_region_drawn_with_the_mouse_is_written_and_counts_differently(page: Any, site: Path) -> None:
    assert page.evaluate("document.querySelector('#picture image').getBBox().width") == 1000
    for x, y in UPPER:
        click(page, x, y)
    assert page.locator(".handle").count() == 4
    page.get_by_role("button", name="What would be counted?").click()
    page.wait_for_selector("#judged")
    assert page.inner_text("#judged h2") == "Would be counted: 1"
    assert "never inside the region" in page.inner_text("#judged")
    page.get_by_role("button", name="Write into site.yaml").click()
    page.wait_for_url("**saved=1")
    for drawn, wanted in zip(roi(site) or [], UPPER, strict=True):
        assert drawn == pytest.approx(wanted, abs=0.01)
    assert counted(site, "after.db") == 1


def test_a_corner_is_dragged_and_one_more_is_put_on_an_edge(page: Any, site: Path) -> None:
    for x, y in UPPER:
        click(page, x, y)
    box = page.locator("#picture").bounding_box()
    page.mouse.move(box["x"] + 0.98 * box["width"], box["y"] + 0.8 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.6 * box["height"], steps=3)
    page.mouse.up()
    click(page, 0.5, 0.3)
    page.get_by_role("button", name="Write into site.yaml").click()
    page.wait_for_url("**saved=1")
    drawn = roi(site) or []
    assert drawn[1] == pytest.approx((0.5, 0.3), abs=0.01)
    assert drawn[3] == pytest.approx((0.7, 0.6), abs=0.01)
    assert len(drawn) == 5


def test_the_keyboard_alone_draws_moves_removes_and_writes(page: Any, site: Path) -> None:
    def reach(selector: str) -> None:
        for _ in range(120):
            if page.evaluate(f"document.activeElement.matches({selector!r})"):
                return
            page.keyboard.press("Tab")
        pytest.fail(f"the tabulator does not reach {selector}")

    for moves in (
        ("ArrowLeft", "ArrowUp"),
        ("ArrowRight", "ArrowUp"),
        ("ArrowRight", "ArrowDown"),
        ("ArrowDown",),
    ):
        reach("#tools button")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("Region, corner")
        for key in moves:
            for _ in range(5):
                page.keyboard.press(f"Shift+{key}")
        page.keyboard.press("ArrowLeft")
        page.evaluate("document.querySelector('#content').focus()")
    reach('.handle[data-place="3"]')
    page.keyboard.press("Delete")
    assert page.locator(".handle").count() == 3
    reach('button[value="save"]')
    page.keyboard.press("Enter")
    page.wait_for_url("**saved=1")
    assert roi(site) == [[0.398, 0.4], [0.598, 0.4], [0.598, 0.6]]


def test_the_table_and_the_picture_say_the_same(page: Any) -> None:
    for place, (x, y) in enumerate(UPPER):
        page.locator('[name="roi-x"]').nth(place).fill(str(x))
        page.locator('[name="roi-y"]').nth(place).fill(str(y).replace(".", ","))
    assert page.locator(".handle").count() == 4
    assert page.locator("polygon.region").count() == 1
    page.get_by_label("Counting line", exact=True).first.check()
    click(page, 0.5, 0.2)
    click(page, 0.5, 0.7)
    page.get_by_label("Name from left to right").fill("west")
    assert page.locator("text.side").all_text_contents() == ["west", "out"]
    assert page.locator('[name="line-x"]').nth(1).input_value().startswith("0.5")


def test_what_crosses_itself_is_said_in_a_sentence(page: Any, site: Path) -> None:
    before = site.read_text()
    for x, y in ((0.1, 0.1), (0.9, 0.9), (0.9, 0.1), (0.1, 0.9)):
        click(page, x, y)
    page.get_by_role("button", name="Write into site.yaml").click()
    page.wait_for_selector("[role=alert]")
    assert "crosses or touches itself" in page.inner_text("[role=alert]")
    # The sentence is in the page as it comes; what is drawn, its script draws a moment later.
    page.locator(".handle").nth(3).wait_for()
    assert page.locator(".handle").count() == 4
    assert site.read_text() == before


def test_it_fits_a_phone_and_every_field_has_a_name(page: Any) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    lost = "all => all.filter(one => !one.labels.length && !one.getAttribute('aria-label')).length"
    assert page.eval_on_selector_all("main input:not([type=hidden]), main select", lost) == 0
    page.set_viewport_size({"width": 1280, "height": 800})


def test_without_a_script_the_table_does_it_all(browser: Any, server: str, site: Path) -> None:
    page = browser.new_page()
    page.route("**/setup.js", lambda route: route.abort())
    page.goto(f"{server}/setup/camera?camera=A")
    for place, (x, y) in enumerate(UPPER):
        page.locator('[name="roi-x"]').nth(place).fill(str(x))
        page.locator('[name="roi-y"]').nth(place).fill(str(y))
    page.get_by_role("button", name="Write into site.yaml").click()
    page.wait_for_url("**saved=1")
    assert roi(site) == [list(point) for point in UPPER]
    assert page.locator("polygon.region").count() == 1
    page.close()


def test_axe_finds_nothing_serious(page: Any, server: str) -> None:
    drawn, serious = page.url, []
    for address in (f"{server}/setup", drawn):
        page.goto(address)
        serious += [(address, *one) for one in serious_faults(page)]
    assert not serious, serious
