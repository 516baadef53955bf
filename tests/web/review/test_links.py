"""Linking riders at the desk, as a program meets it: what the command asks, under the desk's own lock."""

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from pipeline.datasets.review import ReviewSession, open_session
from reid.datasets import Part, read_part
from tests.command_line import pipeline
from tests.pipeline.datasets.conftest import built, footage, unreviewed
from tests.web.review.conftest import Office
from web.access import Door, Scope, Tokens, add_token

__all__ = ["built", "footage", "unreviewed"]


@pytest.fixture
def session(unreviewed: Path) -> ReviewSession:
    return open_session(unreviewed)


@pytest.fixture
def links(office: Office, session: ReviewSession) -> TestClient:
    app = office.app(Door(a_minute=100_000), session)
    return TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    return found[1] if found else ""


def send(links: TestClient, what: str, **fields: str) -> int:
    """Press a button of the page, and say how it was answered."""
    page = links.get("/review/links").text
    told = {"csrf": field(page, "csrf"), "key": field(page, "key"), **fields}
    return links.post(f"/review/links/{what}", data=told).status_code


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_whole_review_at_the_desk(links: TestClient, session: ReviewSession, unreviewed: Path) -> None:
    while (proposal := session.standing().proposal) is not None:
        same = abs(proposal.travel_s - 14) <= 1
        assert send(links, "answer", verdict="same" if same else "different") == 303
    assert "No question is left" in links.get("/review/links").text
    assert send(links, "write") == 303
    assert re.search(r"\d riders in the test part", links.get("/review/links?done=write").text)
    assert read_part(unreviewed, Part.TEST).counts.linked == 1


def test_answers_stand_where_the_command_keeps_them(links: TestClient, unreviewed: Path) -> None:
    assert send(links, "answer", verdict="same") == 303
    assert open_session(unreviewed).standing().same == 1
    assert send(links, "undo") == 303
    assert open_session(unreviewed).standing().same == 0


def test_answers_write_no_picture(links: TestClient, unreviewed: Path) -> None:
    before = files(unreviewed)
    send(links, "answer", verdict="different")
    after = files(unreviewed)
    assert {name for name in after if after[name] != before.get(name)} == {"review.json"}


def test_pictures_are_those_of_the_set_and_no_other_file(links: TestClient, unreviewed: Path) -> None:
    addresses = re.findall(r'src="(/review/links/picture[^"]+)"', links.get("/review/links").text)
    assert len(addresses) >= 4
    known = set(files(unreviewed).values())
    for address in addresses:
        answer = links.get(address.replace("&amp;", "&"))
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.content in known
    for name in (
        "manifest.json",
        "../set/manifest.json",
        "/etc/passwd",
        "",
        "review.json",
        "test/../manifest.json",
    ):
        assert links.get("/review/links/picture", params={"name": name}).status_code == 404, name


def test_an_old_question_a_wrong_answer_and_a_foreign_form_change_nothing(
    links: TestClient, session: ReviewSession
) -> None:
    assert send(links, "answer", verdict="same", key="1-999") == 409
    assert send(links, "answer", verdict="perhaps") == 409
    assert send(links, "undo") == 409
    assert send(links, "answer", verdict="same", csrf="0" * 64) == 403
    assert send(links, "erase") == 404
    standing = session.standing()
    assert (standing.same, standing.different) == (0, 0)


def test_only_a_token_with_the_scope_sees_riders(
    office: Office, session: ReviewSession, tmp_path: Path
) -> None:
    file = tmp_path / "tokens.json"
    reader = add_token(file, "reader", [Scope.STATISTICS, Scope.OPERATION, Scope.SETUP])
    judge = add_token(file, "judge", [Scope.REVIEW])
    door = Door(Tokens(file), public=True, loopback=False, a_minute=100_000)
    client = TestClient(office.app(door, session), base_url="http://127.0.0.1", follow_redirects=False)
    as_judge = {"Authorization": f"Bearer {judge}"}
    page = client.get("/review/links", headers=as_judge)
    picture = re.search(r'src="(/review/links/picture[^"]+)"', page.text)
    assert picture is not None
    for path in ("/review/links", picture[1], "/static/review.links.js"):
        assert client.get(path).status_code in (303, 403), path
        assert client.get(path, headers={"Authorization": f"Bearer {reader}"}).status_code == 403, path
        assert client.get(path, headers=as_judge).status_code == 200, path
    assert client.post("/review/links/undo", headers={"Authorization": f"Bearer {reader}"}).status_code == 403


def test_without_a_set_there_is_no_such_page(office: Office) -> None:
    client = TestClient(office.app(Door(a_minute=100_000)), base_url="http://127.0.0.1")
    assert client.get("/review/links").status_code in (404, 405)
    assert "/review/links" not in client.get("/review").text


def test_the_page_speaks_dutch(links: TestClient) -> None:
    page = links.get("/review/links?lang=nl").text
    assert "Is dit dezelfde fietser?" in page
    assert 'data-key="j"' in page


def test_a_set_of_another_site_or_without_a_desk_is_refused(office: Office, unreviewed: Path) -> None:
    database = office.folder / "flows.db"
    answer = pipeline("serve", "--database", database, "--dataset", unreviewed, "--port", 0)
    assert (answer.code, "add --review" in answer.err) == (2, True)
    answer = pipeline("serve", "--database", database, "--review", "--dataset", unreviewed, "--port", 0)
    assert answer.code == 2
    assert "holds riders of the site 'test street'" in answer.err
