"""Who may see what, and what a browser is told to do with it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tests.web.conftest import Open
from web.access import Door, Limits, Scope, Tokens, add_token
from web.access.door import HEADERS, OPEN_PATHS, scope_of
from web.pages import PAGES

EVERYWHERE = [
    *(f"/{name}" for name in PAGES),
    *("/", "/api", "/api/v1/openapi.json", "/api/v1/sites", "/api/v1/camera_counts", "/api/v1/outages"),
    *("/api/v1/route_counts", "/api/v1/od_matrix", "/api/v1/travel_times", "/api/v1/coverage", "/nowhere"),
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tokens.json"


@pytest.fixture
def token(file: Path) -> str:
    return add_token(file, "council", [Scope.STATISTICS])


@pytest.fixture
def pages(open_pages: Open, street: Path) -> TestClient:
    return open_pages(street)


@pytest.fixture
def guarded(open_pages: Open, street: Path, file: Path, token: str) -> TestClient:
    """The pages as others reach them: with a file of tokens."""
    return open_pages(street, Door(Tokens(file), loopback=False))


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("address", EVERYWHERE)
def test_without_a_token_nothing_but_the_login_is_told(guarded: TestClient, address: str) -> None:
    answer = guarded.get(address)
    if address.startswith("/api/"):
        assert answer.status_code == 401
        assert answer.json() == {"error": "a token is needed: Authorization: Bearer TOKEN"}
    else:
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/login?next=")
        assert answer.text == ""


def test_the_login_tells_nothing_of_the_database(guarded: TestClient) -> None:
    for path in OPEN_PATHS:
        answer = guarded.get(path)
        assert answer.status_code == 200
        assert "street" not in answer.text
        assert ">A<" not in answer.text


def test_a_token_opens_the_statistics_and_not_the_operation(guarded: TestClient, token: str) -> None:
    for address in EVERYWHERE:
        answer = guarded.get(address, headers=bearer(token))
        expected = 403 if scope_of(address) is Scope.OPERATION else 404 if address == "/nowhere" else 200
        assert answer.status_code in (expected, 307), address


def test_a_token_of_the_operation_opens_the_outages(guarded: TestClient, file: Path) -> None:
    keeper = add_token(file, "keeper", [Scope.STATISTICS, Scope.OPERATION])
    assert guarded.get("/quality", headers=bearer(keeper)).status_code == 200
    assert guarded.get("/api/v1/outages", headers=bearer(keeper)).status_code == 200


def test_a_token_that_is_deleted_opens_nothing_any_more(guarded: TestClient, file: Path, token: str) -> None:
    assert guarded.get("/network", headers=bearer(token)).status_code == 200
    file.write_text('{"tokens": []}\n', encoding="utf-8")
    assert guarded.get("/network", headers=bearer(token)).status_code == 303
    file.write_text("broken", encoding="utf-8")
    assert guarded.get("/network", headers=bearer(token)).status_code == 303


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer ", "Bearer x", "Basic Y291bmNpbDp4"])
def test_another_token_opens_nothing(guarded: TestClient, given: str) -> None:
    assert guarded.get("/api/v1/sites", headers={"Authorization": given}).status_code == 401


def test_the_digest_in_the_file_is_no_token(guarded: TestClient, file: Path) -> None:
    digest = json.loads(file.read_text())["tokens"][0]["sha256"]
    assert guarded.get("/api/v1/sites", headers=bearer(digest)).status_code == 401


def test_a_browser_logs_in_and_out(guarded: TestClient, token: str) -> None:
    answer = guarded.post("/login", content=f"token={token}&next=/routes%3Flang%3Dnl")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/routes?lang=nl"
    cookie = answer.headers["Set-Cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert token.lower() not in cookie
    assert "<h1>Routes</h1>" in guarded.get("/routes").text
    assert guarded.post("/logout").headers["Location"] == "/login"
    assert guarded.get("/routes").status_code == 303


def test_a_session_ends_with_its_token(guarded: TestClient, file: Path, token: str) -> None:
    guarded.post("/login", content=f"token={token}")
    assert guarded.get("/routes").status_code == 200
    file.write_text('{"tokens": []}\n', encoding="utf-8")
    assert guarded.get("/routes").status_code == 303


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "",
        "/\nSet-Cookie: x",
    ],
)
def test_a_login_leads_nowhere_else(guarded: TestClient, token: str, address: str) -> None:
    answer = guarded.post("/login", data={"token": token, "next": address})
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://a.b"}]
)
@pytest.mark.parametrize("path", ["/login", "/logout"])
def test_a_form_of_another_site_changes_nothing(
    guarded: TestClient, token: str, headers: dict[str, str], path: str
) -> None:
    guarded.post("/login", content=f"token={token}")
    answer = guarded.post(path, content=f"token={token}", headers=headers)
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers
    assert guarded.get("/routes").status_code == 200


def test_a_wrong_token_is_refused_and_may_not_be_guessed(guarded: TestClient, token: str) -> None:
    codes = [guarded.post("/login", content=f"token={number}").status_code for number in range(12)]
    assert codes[0] == 401
    assert codes[-1] == 429
    assert guarded.post("/login", content=f"token={token}").status_code == 429


def test_a_form_of_any_size_is_survived(guarded: TestClient) -> None:
    assert guarded.post("/login", content="token=" + "x" * 1_000_000).status_code == 401
    assert guarded.post("/login", content=b"token=\xff\xfe").status_code == 401


def test_public_pages_hold_published_cells_only(open_pages: Open, street: Path) -> None:
    public = open_pages(street, Door(public=True, loopback=False))
    assert public.get("/network").status_code == 200
    assert public.get("/api/v1/od_matrix?interval=total").status_code == 200
    assert public.get("/quality").status_code == 403
    assert public.get("/api/v1/outages").status_code == 403
    assert public.get("/live").status_code == 403
    told = public.get("/api/v1/route_counts?interval=total").json()
    assert {row["route"]: row["cyclists"] for row in told} == {"A>B": 12, "B": 6}
    texts = [public.get(address).text for address in EVERYWHERE]
    assert not any("A → C" in text or "A>C" in text for text in texts)


def test_no_other_site_may_ask_through_a_browser(pages: TestClient) -> None:
    asked = {"Origin": "https://a.b", "Access-Control-Request-Method": "GET"}
    for address in EVERYWHERE:
        answer = pages.options(address, headers=asked)
        assert answer.status_code in (404, 405), address
        assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


def test_a_door_that_was_opened_for_nobody_stays_shut(open_pages: Open, street: Path) -> None:
    shut = open_pages(street, Door(loopback=False))
    assert {shut.get(address).status_code for address in EVERYWHERE} == {303, 401}


def test_on_this_machine_another_name_is_refused(open_pages: Open, street: Path) -> None:
    pages = open_pages(street)
    assert pages.get("/network", headers={"Host": "127.0.0.1:8300"}).status_code == 200
    assert pages.get("/network", headers={"Host": "localhost"}).status_code == 200
    assert pages.get("/network", headers={"Host": "[::1]:8300"}).status_code == 200
    assert pages.get("/network", headers={"Host": "rebound.example"}).status_code == 403


def test_a_server_in_front_passes_its_own_name_and_gains_nothing(
    open_pages: Open, street: Path, file: Path, token: str
) -> None:
    name = {"Host": "counts.example"}
    public = open_pages(street, Door(public=True))
    assert public.get("/network", headers=name).status_code == 200
    assert public.get("/quality", headers=name).status_code == 403
    tokens = open_pages(street, Door(Tokens(file)))
    assert tokens.get("/network", headers=name).status_code == 303
    assert tokens.get("/network", headers=name | bearer(token)).status_code == 200


def test_a_client_that_asks_too_often_waits(open_pages: Open, street: Path) -> None:
    pages = open_pages(street, Door(a_minute=20))
    codes = [pages.get("/api/v1/sites").status_code for _ in range(25)]
    assert codes[:20] == [200] * 20
    assert codes[-1] == 429
    assert pages.get("/api/v1/sites").headers["Retry-After"] == "60"


@pytest.mark.parametrize("address", [*EVERYWHERE, "/login", "/static/style.css", "/network?from=x"])
def test_every_answer_tells_browsers_to_be_careful(pages: TestClient, address: str) -> None:
    answer = pages.get(address)
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert "script-src" not in HEADERS["Content-Security-Policy"]
    assert "unsafe" not in HEADERS["Content-Security-Policy"]
    assert "Access-Control-Allow-Origin" not in pages.get(address, headers={"Origin": "https://a.b"}).headers


def test_nothing_can_be_written(pages: TestClient) -> None:
    for address in EVERYWHERE:
        for method in (pages.post, pages.put, pages.delete, pages.patch):
            assert method(address).status_code in (404, 405), address


def test_a_file_of_tokens_is_its_owners(file: Path, token: str) -> None:
    assert file.stat().st_mode & 0o077 == 0
    assert token not in file.read_text()


@given(
    size=st.integers(1, 50),
    waits=st.lists(st.floats(0, 30, allow_nan=False), max_size=200),
)
def test_a_bucket_lets_through_what_it_holds_and_what_flows_in(size: int, waits: list[float]) -> None:
    moment = 0.0

    def now() -> float:
        return moment

    clock: Callable[[], float] = now
    limits = Limits(size, clock)
    admitted = 0
    for wait in waits:
        moment += wait
        admitted += limits.admits("one")
    assert admitted <= size + moment * size / 60 + 1e-6
    assert admitted >= min(len(waits), size)
    assert limits.admits("another")
