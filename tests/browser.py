"""A real browser, without a window."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium")
QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
NEEDS_CHROMIUM = pytest.mark.skipif(
    CHROMIUM is None, reason="chromium is not installed (apt-get install chromium)"
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="the playwright package is not installed")
    with playwright.sync_playwright() as driver:
        context = driver.chromium.launch_persistent_context(
            str(tmp_path_factory.mktemp("profile")),
            executable_path=CHROMIUM,
            args=list(QUIET),
            viewport={"width": 1280, "height": 800},
            locale="en",
        )
        yield context
        context.close()


def serious_faults(page: Any) -> list[tuple[str, str, str, int]]:
    """What axe-core calls serious or critical on an opened page: by day everything, in the dark its colours.

    Returns:
        Shade, rule, the first place where it is broken, and how many there are.
    """
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    colours = {"runOnly": {"type": "tag", "values": ["cat.color"]}}
    found = []
    for shade, options in (("light", {}), ("dark", colours)):
        page.emulate_media(color_scheme=shade)
        found += [
            (shade, one["id"], one["nodes"][0]["html"][:120], len(one["nodes"]))
            for one in axe.run(page, options={"resultTypes": ["violations"]} | options).response["violations"]
            if one["impact"] in ("serious", "critical")
        ]
    page.emulate_media(color_scheme="light")
    return found
