"""Counting by keyboard in a real browser, and what axe-core says of the desk."""

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from flows.database import read_checks
from tests.browser import NEEDS_CHROMIUM, browser, serious_faults
from tests.web.review.conftest import Office
from web.access import Door

__all__ = ["browser"]

pytestmark = NEEDS_CHROMIUM


@pytest.fixture
def server(office: Office) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(office.app(Door(a_minute=100_000)), log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=10)


def test_a_minute_is_counted_by_keyboard_and_kept(browser: Any, server: str, office: Office) -> None:
    page = browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.clock.install()
    page.goto(f"{server}/review/count")
    page.wait_for_selector("#counting[data-state=ready]", timeout=60_000)
    assert page.locator("#handin").is_disabled()
    page.keyboard.press(" ")
    page.clock.run_for(8_000)
    page.keyboard.press("2")
    page.keyboard.press("1")
    page.keyboard.press("Backspace")
    page.clock.run_for(26_000)
    page.keyboard.press("2")
    page.clock.run_for(30_000)
    assert page.locator(".way output").all_inner_texts() == ["0", "2"]
    page.keyboard.press("Enter")
    page.wait_for_selector("#beside")
    assert page.locator("#beside td").all_inner_texts() == ["0", "0", "2", "2"]
    page.goto(f"{server}/review")
    page.get_by_role("button", name="Keep as a check").click()
    page.wait_for_selector("text=Kept.")
    page.close()
    assert not complaints, complaints
    (check,) = read_checks(office.store.database, "street")
    (camera,) = check.cameras
    assert (camera.hand, camera.counted, camera.matched) == (2, 2, 2)


def test_axe_finds_nothing_serious_on_the_desk(browser: Any, server: str, office: Office) -> None:
    office.desk.hand_in(0, [("right", 7.0)])
    office.desk.keep("office", 0.0, None)
    page = browser.new_page()
    serious = []
    for name in ("review", "review/count", "quality"):
        page.goto(f"{server}/{name}?lang=nl&from=2024-05-14&to=2024-05-15")
        serious += [(name, *one) for one in serious_faults(page)]
    page.close()
    assert not serious, serious
