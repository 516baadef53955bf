"""The desk as a program meets it: pages, pictures, forms, and who may not."""

import re
import struct
from pathlib import Path

import cv2
import numpy as np
import pytest
from starlette.testclient import TestClient

from anonymize.audit import DETAIL_LIMIT, detail_ratio
from anonymize.settings import AnonymizeSettings
from flows.database import read_checks, read_marks
from flows.database.review import read_publishings
from flows.publishing import Lack, Lacking, OfferedDay
from tests.web.review.conftest import EIGHT, Office
from web.access import Door, Scope, Tokens, add_token
from web.words import catalogue


def send(pages: TestClient, address: str, **fields: object) -> int:
    """Send a form as the page would, and say how it was answered."""
    page = "/review/count" if address.endswith("count") else "/review"
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', pages.get(page).text)
    assert found is not None
    return pages.post(address, data={"csrf": found[1], **fields}).status_code


def test_pictures_of_a_minute_are_blurred_and_nothing_is_written(pages: TestClient, office: Office) -> None:
    before = sorted(path.name for path in office.folder.iterdir())
    answer = pages.get("/review/minute?number=0")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    place, moments = 0, []
    while place < len(answer.content):
        moment, size = struct.unpack_from("<dI", answer.content, place)
        image = cv2.imdecode(np.frombuffer(answer.content, np.uint8, size, place + 12), cv2.IMREAD_COLOR)
        assert image is not None
        if len(moments) % 10 == 0:
            settings = AnonymizeSettings(kernel="thesis9")
            height = round(settings.largest_rider * image.shape[0])
            assert detail_ratio(np.asarray(image, np.uint8), settings, height) <= DETAIL_LIMIT
        moments.append(moment)
        place += 12 + size
    assert moments == sorted(moments)
    assert 0 <= moments[0] < 1.1
    assert 58.5 < moments[-1] < 60
    assert sorted(path.name for path in office.folder.iterdir()) == before


def test_what_the_program_counted_is_shown_only_behind_the_hand_in(pages: TestClient, office: Office) -> None:
    assert office.desk.minute(0).start == EIGHT
    assert len(office.desk.sample()) == 1
    for address in ("/review/count", "/review/count?handed=0", "/review"):
        assert "last_minute" not in pages.get(address).text
        assert 'id="beside"' not in pages.get(address).text
    assert send(pages, "/review/count", number=0, presses='[["right", 7.5], ["left", 20.0]]') == 303
    after = pages.get("/review/count?handed=0").text
    assert re.findall(r'name">(\w+)</th><td class="number">(\d+)</td><td class="number">(\d+)', after) == [
        ("left", "1", "0"),
        ("right", "1", "2"),
    ]
    # Handing in again, with the program's numbers in view, changes nothing.
    send(pages, "/review/keep", role="me", valid_from="2024-05-14")
    (check,) = read_checks(office.store.database, "street", stretches=True)
    assert [(one.direction, one.hand, one.counted) for one in check.stretches] == [
        ("left", 1, 0),
        ("right", 1, 2),
    ]
    (camera,) = check.cameras
    assert (camera.hand, camera.counted, camera.matched) == (2, 2, 1)


@pytest.mark.parametrize(
    "presses", ["no list", '[["up", 3.0]]', '[["left", 61.0]]', "[[1]]", '[["left", 1.0]]' * 2]
)
def test_keys_that_cannot_be_are_refused(pages: TestClient, office: Office, presses: str) -> None:
    assert send(pages, "/review/count", number=0, presses=presses) == 422
    assert office.desk.handed_in == 0


def test_a_check_corrects_what_readers_see_and_tells_them_no_minute(
    pages: TestClient, office: Office
) -> None:
    send(pages, "/review/count", number=0, presses='[["right", 7.5], ["right", 33.5], ["right", 50]]')
    assert send(pages, "/review/keep", role="traffic office", valid_from="2024-05-14") == 303
    day = "from=2024-05-14&to=2024-05-15"
    assert "Expected (check 1)" in pages.get(f"/camera?camera=A&{day}").text
    rows = pages.get(f"/api/v1/corrected_counts?interval=total&{day}").json()
    assert {row["direction"]: row["cyclists"] for row in rows} == {"left": 20, "right": 2}
    assert all(row["low"] < row["expected"] < row["high"] and row["checks"] == "1" for row in rows)
    quality = pages.get(f"/quality?{day}").text
    assert "traffic office" in quality
    checks = quality[quality.index('id="checks"') :]
    assert "right" not in checks
    assert "left" not in checks


def test_what_a_day_lacks_is_said_in_each_language(
    pages: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {"camera": "north", "part": "12.5%", "number": "3", "run": "ab12"}
    lacking = tuple(Lacking(kind, told) for kind in Lack)
    monkeypatch.setattr(
        "web.review.pages.offered_days", lambda *asked: (OfferedDay(EIGHT, EIGHT + 1, lacking),)
    )
    english, dutch = (pages.get(f"/review?lang={language}").text for language in ("en", "nl"))
    assert "; ".join(map(str, lacking)) in english
    for kind in Lack:
        sentences = catalogue()[f"lack_{kind.name.lower()}"]
        assert sentences[0] == kind.value
        assert sentences[1].format(**told) in dutch


def test_time_is_marked_and_taken_back(pages: TestClient, office: Office) -> None:
    time = {"camera": "A", "start": "2024-05-14T09:00", "end": "2024-05-14T10:00", "role": "office"}
    assert send(pages, "/review/mark", **time, reason="other") == 422
    assert send(pages, "/review/mark", **time, reason="roadworks") == 303
    row = pages.get("/api/v1/camera_counts?interval=1h&from=2024-05-14T09:00&to=2024-05-14T10:00").json()[0]
    assert (row["cyclists"], row["coverage"]) == (None, 0.0)
    assert "roadworks" in pages.get("/quality?from=2024-05-14&to=2024-05-15").text
    assert send(pages, "/review/unmark", number=1, reason="wrong day", role="office") == 303
    assert [one.withdrawn is not None for one in read_marks(office.store.database, "street")] == [True]


def test_a_day_is_published_and_later_numbers_need_a_reason(pages: TestClient, office: Office) -> None:
    day = {"day": "2024-05-14", "role": "office"}
    assert send(pages, "/review/publish", **day) == 303
    time = {"camera": "A", "start": "2024-05-14T09:00", "end": "2024-05-14T10:00", "role": "office"}
    assert send(pages, "/review/mark", **time, reason="event") == 303
    assert "numbers differ" in pages.get("/quality?from=2024-05-14&to=2024-05-15").text
    assert send(pages, "/review/publish", **day) == 422
    assert send(pages, "/review/publish", **day, reason="an event was forgotten") == 303
    assert len(read_publishings(office.store.database, "street")) == 2


def test_forms_of_other_pages_are_refused(pages: TestClient, office: Office) -> None:
    form = {"camera": "A", "start": "2024-05-14T09:00", "end": "2024-05-14T10:00", "reason": "event"}
    assert pages.post("/review/mark", data={**form, "role": "x"}).status_code == 403
    assert pages.post("/review/mark", data={**form, "role": "x", "csrf": "0" * 64}).status_code == 403
    assert read_marks(office.store.database, "street") == ()


def test_only_a_token_with_the_scope_opens_the_desk(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "tokens.json"
    reader = add_token(file, "reader", [Scope.STATISTICS, Scope.OPERATION, Scope.SETUP])
    judge = add_token(file, "judge", [Scope.REVIEW])
    app = office.app(Door(Tokens(file), public=True, loopback=False, a_minute=100_000))
    client = TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)
    for path in ("/review", "/review/count", "/review/minute?number=0", "/static/review.js"):
        assert client.get(path).status_code in (303, 403), path
        assert client.get(path, headers={"Authorization": f"Bearer {reader}"}).status_code == 403, path
        assert client.get(path, headers={"Authorization": f"Bearer {judge}"}).status_code == 200, path


def test_without_footage_there_is_nothing_to_count_and_the_rest_works(office: Office) -> None:
    office.desk.file = None
    client = TestClient(office.app(Door(a_minute=100_000)), base_url="http://127.0.0.1")
    assert "pipeline check --sample" in client.get("/review").text
    assert client.get("/review/count").status_code == 422
