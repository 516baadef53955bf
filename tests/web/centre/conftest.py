"""A centre behind its HTTP application, in the test's own process."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

pytest.importorskip("starlette", reason="the centre needs the extra web (pip install 'fietsflow[web]')")

from starlette.testclient import TestClient

from pipeline.centre import Box, Centre
from tests.pipeline.centre.houses import House
from tests.pipeline.centre.riders import Riding, blank, ridden
from web.centre.application import create_app
from web.centre.boxes import BoxTokens, add_box


@dataclass
class Listening:
    """A centre with two boxes."""

    house: House
    database: Path
    token_file: Path
    token: str
    client: TestClient
    box: Riding

    def post(self, body: bytes, token: str | None = None) -> tuple[int, dict[str, object]]:
        headers = {"Authorization": f"Bearer {self.token if token is None else token}"}
        answer = self.client.post("/v1/batches", content=body, headers=headers)
        return answer.status_code, answer.json()


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[Listening]:
    file = tmp_path / "boxes.json"
    add_box(file, Box("one", "street", frozenset("AC")))
    token = add_box(file, Box("two", "street", frozenset("B")))
    house = House(blank(tmp_path / "centre.db"))
    app = create_app(Centre([house.site]), BoxTokens(file))
    box = Riding("two", "B", tmp_path, ridden(1))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield Listening(house, tmp_path / "centre.db", file, token, client, box)
