"""The review page in a real browser."""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.datasets.review import ReviewServer, open_session
from reid.datasets import Part, read_part
from tests.browser import NEEDS_CHROMIUM, browser

__all__ = ["browser"]

pytestmark = NEEDS_CHROMIUM

REFUSED_PICTURES = """async images => {
    const decoded = await Promise.allSettled(images.map(image => image.decode()));
    return images.filter((_, at) => decoded[at].status === "rejected").map(image => image.src);
}"""
"""The sources of pictures that cannot be shown, asked once every picture has come or failed."""
ABORTED = "net::ERR_FAILED"
"""What the browser says of a request that a test has cut off."""


@pytest.fixture
def server(unreviewed: Path) -> Iterator[ReviewServer]:
    with ReviewServer(open_session(unreviewed)) as listening:
        thread = threading.Thread(target=listening.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield listening
        listening.shutdown()
        thread.join(timeout=5)


@pytest.fixture
def page(browser: Any, server: ReviewServer) -> Iterator[Any]:
    """The page with its first question; fails at the end if the browser complained about anything."""
    opened = browser.new_page()
    complaints: list[str] = []
    outside: list[str] = []
    opened.on("console", lambda message: ABORTED in message.text or complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("request", lambda sent: sent.url.startswith((server.url, "data:")) or outside.append(sent.url))
    opened.goto(server.url)
    opened.wait_for_selector("#pair:not([hidden]) img")
    yield opened
    opened.close()
    assert not complaints, complaints
    assert not outside, outside


def same_rider(page: Any) -> bool:
    """Red and green need 14 seconds from the north gate to B."""
    return abs(int(page.inner_text("#travel").split()[0]) - 14) <= 1


@contextlib.contextmanager
def answered(page: Any) -> Iterator[None]:
    """Wait until the server has answered what the block does, and the page shows it."""
    with page.expect_response(lambda response: response.request.method == "POST"):
        yield
    page.wait_for_selector("body[data-busy=false]")


def press(page: Any, key: str) -> None:
    with answered(page):
        page.keyboard.press(key)


def click(page: Any, name: str) -> None:
    with answered(page):
        page.get_by_role("button", name=name).click()


def test_keys_answer_and_the_button_writes_the_test_set(
    page: Any, server: ReviewServer, unreviewed: Path
) -> None:
    while page.is_visible("#pair"):
        press(page, "y" if same_rider(page) else "n")
    assert "No question is left" in page.inner_text("#message")
    assert server.session.standing().same == 2

    click(page, "Write test set")

    assert "The linked test set is written" in page.inner_text("#message")
    assert read_part(unreviewed, Part.TEST).counts.linked == 1


def test_buttons_answer_and_undo(page: Any, server: ReviewServer) -> None:
    counts = page.inner_text("#counts")
    click(page, "Same rider")
    assert server.session.standing().same == 1
    assert page.inner_text("#counts") != counts

    click(page, "Undo")
    assert server.session.standing().same == 0
    assert page.inner_text("#counts") == counts

    click(page, "Different riders")
    assert server.session.standing().different == 1


def test_an_answer_survives_a_reload_and_the_key_u_takes_it_back(page: Any, server: ReviewServer) -> None:
    press(page, "n")
    page.reload()
    page.wait_for_selector("#pair:not([hidden]) img")
    assert "1 different" in page.inner_text("#counts")
    press(page, "u")
    assert "0 different" in page.inner_text("#counts")


def test_shortcuts_of_the_browser_are_no_answers(page: Any, server: ReviewServer) -> None:
    page.keyboard.press("Control+y")
    page.keyboard.press("Alt+n")
    page.wait_for_timeout(150)
    assert server.session.standing().same + server.session.standing().different == 0


def test_everything_can_be_reached_by_the_tabulator(page: Any, server: ReviewServer) -> None:
    reached = []
    for _ in range(4):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id"))
    assert reached[:2] == ["same", "different"], reached
    assert "write" in reached, reached


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844), (320, 640)])
def test_the_page_fits(page: Any, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for name in ("Same rider", "Different riders"):
        box = page.get_by_role("button", name=name).bounding_box()
        assert box["height"] >= 44, box
        assert box["x"] >= 0, box
        assert box["x"] + box["width"] <= width, box
        assert box["y"] + box["height"] <= height, f"{name} is outside the window: {box}"


def test_pictures_and_progress_have_names(page: Any) -> None:
    names = page.eval_on_selector_all("img", "images => images.map(image => image.alt)")
    assert names
    assert all("camera" in name for name in names), names
    assert page.get_by_role("progressbar", name="Answered questions").count() == 1
    refused = page.eval_on_selector_all("img", REFUSED_PICTURES)
    assert not refused, refused


def test_a_command_that_was_stopped_is_said_in_words(page: Any, server: ReviewServer) -> None:
    page.route("**/answer", lambda route: route.abort())
    page.get_by_role("button", name="Same rider").click()
    page.wait_for_selector("#notice.wrong")
    assert "does not answer" in page.inner_text("#notice")
