"""A street with two riders, one behind the other on different lanes, and the set-up over its site file."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from starlette.testclient import TestClient

from pipeline.cameras import detectors
from tests.command_line import street, write_video
from tests.pipeline.colour_detector import ColourDetector
from web.access import Door
from web.application import create_app
from web.setup import Bench

RED, BLUE = (30, 30, 220), (220, 60, 30)
SITE = """\
# A quiet street.
site: test  # as the council spells it
timezone: UTC
encoder: {name: colour_stripes}
cameras:
  - id: A  # north
    source: a.mp4
    start: 2024-05-14T08:00:00
    # where it hangs
  - {id: B, source: b.mp4, start: 2024-05-14T08:00:00}
# links: none yet
"""
UPPER = [(0.02, 0.3), (0.98, 0.3), (0.98, 0.8), (0.02, 0.8)]
"""Where the first rider's wheels go; those of the second are below."""


@dataclass
class Setup:
    """The set-up and the file that it changes."""

    client: TestClient
    file: Path

    def fields(self, address: str) -> dict[str, str | list[str]]:
        """What a browser would send of a page's form, if nobody changed anything."""
        text = self.client.get(address).text
        form = text[text.index("<form") : text.index("</form>")]
        sent: dict[str, str | list[str]] = {}
        boxes = r'<input(?! type="checkbox")[^>]*?name="([\w-]+)"(?:[^>]*?value="([^"]*)")?'
        for name, value in re.findall(boxes, form):
            sent[name] = [*sent.get(name, []), value]  # type: ignore[list-item]
        return sent

    def send(self, address: str, **changed: object) -> object:
        fields = self.fields(address) | {key.replace("__", "-"): value for key, value in changed.items()}
        return self.client.post(address, data=fields)


def two_riders(frames: int) -> list[np.ndarray]:
    """One rides above, one below."""
    upper = street(frames, ((5, RED),))
    lower = street(frames, ((35, BLUE),))
    for image, other in zip(upper, lower, strict=True):
        image[115:175] = other[70:130]
    return upper


@pytest.fixture(scope="session")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lanes")
    write_video(folder / "b.mp4", street(30))
    return write_video(folder / "a.mp4", two_riders(90))


@pytest.fixture
def site(tmp_path: Path, footage: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The site file, in a folder with its footage."""
    monkeypatch.setattr(detectors, "build_detector", lambda settings: ColourDetector())
    for name in ("a.mp4", "b.mp4"):
        (tmp_path / name).write_bytes(footage.with_name(name).read_bytes())
    (tmp_path / "site.yaml").write_text(SITE, encoding="utf-8")
    return tmp_path / "site.yaml"


@pytest.fixture
def open_setup(site: Path) -> Callable[..., TestClient]:
    def opened(door: Door | None = None) -> TestClient:
        app = create_app(None, door or Door(a_minute=100_000), Bench(site, 20))
        return TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)

    return opened


@pytest.fixture
def setup(open_setup: Callable[..., TestClient], site: Path) -> Setup:
    """The set-up, as its owner sees it on the same machine."""
    return Setup(open_setup(), site)
