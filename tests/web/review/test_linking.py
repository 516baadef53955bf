"""Linking riders by keyboard in a real browser, at every width, and what axe-core says of it."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from pipeline.datasets.review import ReviewSession, open_session
from reid.datasets import Part, read_part
from tests.browser import NEEDS_CHROMIUM, browser, serious_faults
from tests.pipeline.datasets.conftest import built, footage, unreviewed
from tests.web.review.conftest import Office
from web.access import Door

__all__ = ["browser", "built", "footage", "unreviewed"]

pytestmark = NEEDS_CHROMIUM


@pytest.fixture
def session(unreviewed: Path) -> ReviewSession:
    return open_session(unreviewed)


@pytest.fixture
def server(office: Office, session: ReviewSession) -> Iterator[str]:
    app = office.app(Door(a_minute=100_000), session)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture
def page(browser: Any, server: str) -> Iterator[Any]:
    """The desk; fails at the end if the browser complained, or asked anybody else."""
    opened = browser.new_page()
    complaints: list[str] = []
    opened.on("console", lambda said: complaints.append(said.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("request", lambda sent: sent.url.startswith(server) or complaints.append(sent.url))
    yield opened
    opened.close()
    assert not complaints, complaints


def answer_all(page: Any, session: ReviewSession) -> None:
    """Answer every question by keyboard: red and green need 14 seconds, others are strangers."""
    while (proposal := session.standing().proposal) is not None:
        page.wait_for_selector(f'input[name=key][value="{proposal.key}"]', state="attached")
        # The question is there before the script that hears keys has run.
        page.wait_for_load_state("load")
        page.keyboard.press("Control+y")
        press(page, "y" if abs(proposal.travel_s - 14) <= 1 else "n")


def press(page: Any, key: str) -> None:
    """Press a key that sends a form, and wait until the page that answers has loaded."""
    with page.expect_navigation():
        page.keyboard.press(key)


def test_riders_are_linked_by_keyboard(
    page: Any, server: str, session: ReviewSession, unreviewed: Path
) -> None:
    page.goto(f"{server}/review")
    page.locator("nav").get_by_role("link", name="Link riders").click()
    answer_all(page, session)
    standing = session.standing()
    assert standing.same == 2
    press(page, "u")
    page.wait_for_selector("text=The last answer is taken back")
    assert session.standing().same + session.standing().different == standing.same + standing.different - 1
    answer_all(page, session)
    page.get_by_role("button", name="Write the linked test set").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("text=riders in the test part")
    assert read_part(unreviewed, Part.TEST).counts.linked == 1


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (360, 740)])
def test_both_riders_and_all_answers_are_in_sight(page: Any, server: str, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{server}/review/links?lang=nl")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for name in ("Dezelfde fietser", "Verschillende fietsers"):
        box = page.get_by_role("button", name=name).bounding_box()
        assert box["height"] >= 44, box
        assert box["x"] + box["width"] <= width, box
        assert box["y"] + box["height"] <= height, box
    shown = page.eval_on_selector_all(
        "img", "images => images.map(one => one.complete && one.naturalWidth > 0)"
    )
    assert shown
    assert all(shown)


def test_axe_finds_nothing_serious(page: Any, server: str) -> None:
    page.goto(f"{server}/review/links")
    serious = serious_faults(page)
    assert not serious, serious
