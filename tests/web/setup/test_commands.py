"""``pipeline roi``, and the set-up inside ``pipeline serve``, as they are typed."""

import threading
from pathlib import Path
from urllib.request import urlopen

import pytest
from starlette.testclient import TestClient

from flows.database import FlowStore
from tests.command_line import pipeline
from web.access import Door, Scope, Tokens, add_token
from web.answers import Answers, Policy
from web.application import create_app
from web.server import Listening, run_setup
from web.setup import Bench


def test_what_others_can_reach_needs_tokens(site: Path) -> None:
    answer = pipeline("roi", site, "--host", "0.0.0.0")
    assert answer.code == 2
    assert "--token-file" in answer.err
    assert "--scope setup" in answer.err


@pytest.mark.parametrize("text", [None, "site: ["])
def test_a_site_file_that_cannot_be_read_is_said_before_anything_listens(
    tmp_path: Path, text: str | None
) -> None:
    if text is not None:
        (tmp_path / "site.yaml").write_text(text, encoding="utf-8")
    answer = pipeline("roi", tmp_path / "site.yaml")
    assert answer.code == 2
    assert "site.yaml" in answer.err


def test_it_listens_and_opens_at_the_set_up(site: Path) -> None:
    addresses: list[str] = []
    listens = threading.Event()

    def announce(address: str) -> None:
        addresses.append(address)
        listens.set()

    listening = Listening("127.0.0.1", 0, announce)
    threading.Thread(target=run_setup, args=(Bench(site), Door(), listening), daemon=True).start()
    assert listens.wait(20)
    with urlopen(addresses[0]) as answer:
        assert answer.url.endswith("/setup")
        assert "Set-up of test" in answer.read().decode()


def test_the_pages_lead_to_the_set_up_those_who_may(site: Path, street: Path, tmp_path: Path) -> None:
    tokens = tmp_path / "tokens.json"
    reader = add_token(tokens, "reader", [Scope.STATISTICS])
    keeper = add_token(tokens, "keeper", [Scope.STATISTICS, Scope.SETUP])
    store = FlowStore.open_for_reading(str(street))
    answers = Answers(store.database, Policy())
    pages = TestClient(create_app(answers, Door(Tokens(tokens)), Bench(site)), base_url="http://127.0.0.1")
    for token, led in ((reader, False), (keeper, True)):
        header = {"Authorization": f"Bearer {token}"}
        assert ('href="/setup"' in pages.get("/network", headers=header).text) == led
        assert (pages.get("/setup", headers=header).status_code == 200) == led
    without = TestClient(create_app(answers, Door()), base_url="http://127.0.0.1")
    assert without.get("/setup").status_code == 404
    assert 'href="/setup"' not in without.get("/network").text
    store.close()
