"""The set-up as a program meets it: pages, forms, what is written and what is refused."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml
from starlette.testclient import TestClient

from anonymize.audit import DETAIL_LIMIT, detail_ratio
from anonymize.settings import AnonymizeSettings
from pipeline.setup.still import blurred_jpeg
from tests.command_line import pipeline
from tests.web.reading import read_page
from tests.web.setup.conftest import SITE, UPPER, Setup
from web.access import Door, Scope, Tokens, add_token
from web.access.door import HEADERS

CAMERA = "/setup/camera?camera=A"
CROSSED = [(0.1, 0.1), (0.9, 0.9), (0.9, 0.1), (0.1, 0.9)]


def corners(points: list[tuple[float, float]], key: str = "roi") -> dict[str, list[str]]:
    return {f"{key}__x": [str(x) for x, _ in points], f"{key}__y": [str(y) for _, y in points]}


def counted(site: Path, name: str) -> int:
    database = site.parent / name
    answer = pipeline("run", "-c", site, "--database", database)
    assert answer.code == 0, answer.err
    shown = pipeline(
        "stats", "counts", "--database", database, "--interval", "total", "--min-count", 1, "--format", "json"
    )
    return sum(row["cyclists"] for row in json.loads(shown.out) if row["camera"] == "A")


def test_what_is_drawn_is_written_and_counts_differently(setup: Setup) -> None:
    assert counted(setup.file, "before.db") == 2
    answer = setup.send(CAMERA, do="save", **corners(UPPER))
    assert answer.status_code == 303, answer.text
    assert "saved=1" in answer.headers["Location"]
    assert "site.yaml.old" in setup.client.get(answer.headers["Location"]).text
    written = yaml.safe_load(setup.file.read_text())
    assert written["cameras"][0]["roi"] == [list(point) for point in UPPER]
    assert re.findall("#.*", setup.file.read_text()) == re.findall("#.*", SITE)
    assert setup.file.with_name("site.yaml.old").read_text() == SITE
    assert counted(setup.file, "after.db") == 1


def test_what_the_file_says_already_is_not_written_again(setup: Setup) -> None:
    setup.send(CAMERA, do="save", **corners(UPPER))
    before = setup.file.with_name("site.yaml.old").read_bytes(), setup.file.read_bytes()
    answer = setup.send(CAMERA, do="save", **corners(UPPER))
    assert "saved=0" in answer.headers["Location"]
    shown = setup.client.get(answer.headers["Location"]).text
    assert "nothing was written" in shown
    assert "site.yaml.old" not in shown
    assert (setup.file.with_name("site.yaml.old").read_bytes(), setup.file.read_bytes()) == before


def test_what_would_be_counted_is_said_with_the_reason_for_the_rest(setup: Setup) -> None:
    for points, number in ((UPPER, 1), ([], 2)):
        answer = setup.send(CAMERA, do="check", **corners(points))
        assert answer.status_code == 200
        rows = re.findall(r'<tr class="(\w+)"><td>[^<]*</td><td>([^<]*)', answer.text)
        assert [kind for kind, _ in rows].count("counted") == number
        outside = [("uncounted", "never inside the region")]
        assert [row for row in rows if row[0] == "uncounted"] == (outside if points else [])
        assert answer.text.count('class="way ') == 2
    assert setup.file.read_text() == SITE


@pytest.mark.parametrize(
    ("points", "sentence"),
    [
        (CROSSED, "crosses or touches itself"),
        ([(0.1, 0.1), (0.2, 0.2)], "at least 3 different points"),
        ([(0.1, 0.1), (0.2, 1.4), (0.3, 0.3)], "outside the frame"),
    ],
)
@pytest.mark.parametrize("do", ["save", "check"])
def test_a_bad_polygon_gives_one_sentence_and_writes_nothing(
    setup: Setup, points: list[tuple[float, float]], sentence: str, do: str
) -> None:
    answer = setup.send(CAMERA, do=do, **corners(points))
    assert answer.status_code == 422
    said = re.findall(r'role="alert">([^<]*)', answer.text)
    assert len(said) == 1
    assert sentence in said[0]
    assert "part" not in said[0]
    assert f'value="{points[-1][0]:g}"' in answer.text, "what was drawn stays on the page"
    assert setup.file.read_text() == SITE
    assert sorted(one.name for one in setup.file.parent.iterdir()) == ["a.mp4", "b.mp4", "site.yaml"]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [({"roi__x": "x", "roi__y": "1"}, "no number"), ({"roi__x": "0.1", "roi__y": ""}, "needs x and y")],
)
def test_what_is_no_number_is_said(setup: Setup, given: dict[str, str], sentence: str) -> None:
    answer = setup.send(CAMERA, do="save", **given)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_exclusions_and_a_line_with_names_are_written_and_taken_out_again(setup: Setup) -> None:
    line = [(0.5, 0.1), (0.5, 0.9)]
    drawn = {
        **corners(CROSSED[:3], "ex0"),
        **corners(line, "line"),
        "forward": "to the: #west",
        "backward": "east",
    }
    assert setup.send(CAMERA, do="save", **drawn).status_code == 303
    camera = yaml.safe_load(setup.file.read_text())["cameras"][0]
    assert camera["exclude"] == [[list(point) for point in CROSSED[:3]]]
    assert camera["counting_line"] == {
        "points": [[0.5, 0.1], [0.5, 0.9]], "forward": "to the: #west", "backward": "east",
    }  # fmt: skip
    answer = setup.send(CAMERA, do="check")
    assert {"to the: #west", "east"} & set(re.findall("<td>([^<]*)</td>", answer.text))
    assert setup.send(CAMERA, do="save", **corners([], "ex0"), **corners([], "line")).status_code == 303
    camera = yaml.safe_load(setup.file.read_text())["cameras"][0]
    assert camera["exclude"] == []
    assert camera["counting_line"] is None


def test_nothing_is_written_where_nothing_changed(setup: Setup) -> None:
    assert setup.send(CAMERA, do="save").status_code == 303
    assert setup.file.read_text() == SITE
    assert not setup.file.with_name("site.yaml.old").exists()


def test_places_and_links_are_written(setup: Setup) -> None:
    answer = setup.send(
        "/setup",
        lat0="52,09",
        lon0="5.12",
        **{"from": ["A"], "to": ["B"], "metres": ["310"], "ways": ["both"]},
    )
    assert answer.status_code == 303, answer.text
    written = yaml.safe_load(setup.file.read_text())
    there, back = ({"from": a, "to": b, "distance_m": 310} for a, b in ("AB", "BA"))
    assert written["links"] == [there, back]
    assert written["cameras"][0]["location"] == [52.09, 5.12]
    assert setup.send("/setup", distance0="500", drop=["1"]).status_code == 303
    assert yaml.safe_load(setup.file.read_text())["links"] == [there | {"distance_m": 310}]
    assert setup.send("/setup", distance0="500").status_code == 303
    assert yaml.safe_load(setup.file.read_text())["links"] == [there | {"distance_m": 500}]
    assert set(re.findall("#.*", SITE)) <= set(re.findall("#.*", setup.file.read_text()))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"lat0": "52"}, "latitude and longitude"),
        ({"lat0": "152", "lon0": "5"}, "between -90 and 90"),
        ({"from": ["A"], "to": [""], "metres": ["3"], "ways": ["one"]}, "two cameras and a distance"),
        ({"from": ["A"], "to": ["A"], "metres": ["3"], "ways": ["one"]}, "two different cameras"),
    ],
)
def test_a_wrong_place_or_link_is_said_and_not_written(
    setup: Setup, given: dict[str, object], sentence: str
) -> None:
    answer = setup.send("/setup", **given)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert setup.file.read_text() == SITE


def test_a_form_without_its_token_is_refused(setup: Setup, open_setup: Callable[..., TestClient]) -> None:
    for address in (CAMERA, "/setup"):
        fields = setup.fields(address) | {
            "do": "save",
            "roi-x": ["0.1", "0.5", "0.9"],
            "roi-y": ["0.1", "0.9", "0.1"],
        }
        fields |= {"lat0": "52", "lon0": "5"}
        for wrong in ("", "0" * 64):
            assert setup.client.post(address, data=fields | {"csrf": wrong}).status_code == 403
        assert setup.client.post(address, data={}).status_code == 403
        other = {"Sec-Fetch-Site": "cross-site"}
        assert setup.client.post(address, data=fields, headers=other).status_code == 403
        assert open_setup().post(address, data=fields).status_code == 403, "the token of another browser"
    assert setup.file.read_text() == SITE


def test_the_cookie_goes_to_no_other_site(setup: Setup) -> None:
    told = setup.client.get("/setup").headers["Set-Cookie"].lower()
    assert "samesite=strict" in told
    assert "httponly" in told


def test_a_file_that_was_changed_meanwhile_is_not_overwritten(setup: Setup) -> None:
    fields = setup.fields(CAMERA) | {
        "do": "save",
        "roi-x": ["0.1", "0.5", "0.9"],
        "roi-y": ["0.1", "0.9", "0.1"],
    }
    setup.file.write_text(SITE + "# by hand\n")
    answer = setup.client.post(CAMERA, data=fields)
    assert answer.status_code == 422
    assert "changed since" in answer.text
    assert setup.file.read_text() == SITE + "# by hand\n"


def test_only_the_scope_of_the_set_up_opens_it(open_setup: Callable[..., TestClient], tmp_path: Path) -> None:
    tokens = tmp_path / "tokens.json"
    reader = add_token(tokens, "reader", [Scope.STATISTICS, Scope.OPERATION])
    keeper = add_token(tokens, "keeper", [Scope.SETUP])
    for door in (Door(Tokens(tokens), loopback=False), Door(Tokens(tokens), public=True)):
        client = open_setup(door)
        for address in ("/setup", CAMERA, "/setup/still?camera=A", "/static/setup.js"):
            assert client.get(address).status_code in (303, 403), address
            assert client.get(address, headers={"Authorization": f"Bearer {reader}"}).status_code == 403
            assert client.get(address, headers={"Authorization": f"Bearer {keeper}"}).status_code == 200
        assert client.post("/setup", data={}).status_code in (303, 403)


def test_scripts_run_on_the_page_of_a_camera_alone(setup: Setup) -> None:
    assert setup.client.get("/setup").headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]
    answer = setup.client.get(CAMERA)
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    scripts = [told for tag, told in read_page(answer.text).tags if tag == "script"]
    assert scripts == [{"type": "module", "src": "/static/setup.js"}]
    for name in set(HEADERS) - {"Content-Security-Policy"}:
        assert answer.headers[name] == HEADERS[name]


def test_the_still_shows_no_more_than_the_blur_leaves(setup: Setup) -> None:
    answer = setup.client.get("/setup/still?camera=A")
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Cache-Control"] == "no-store"
    image = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_COLOR)
    assert image.shape == (180, 320, 3)
    assert detail_ratio(image, AnonymizeSettings(), round(0.4 * 180)) <= DETAIL_LIMIT
    spread = image.max(axis=2).astype(int) - image.min(axis=2)
    assert spread.max() < 60, "who rode by is not in the middle of the pictures"
    assert sorted(one.name for one in setup.file.parent.iterdir()) == ["a.mp4", "b.mp4", "site.yaml"]


@pytest.mark.parametrize("region", ["whole", "face"])
def test_a_still_is_blurred_whatever_the_crops_are(region: str) -> None:
    sharp = np.random.default_rng(1).integers(0, 255, (240, 320, 3)).astype(np.uint8)
    settings = AnonymizeSettings(region=region)
    seen = cv2.imdecode(np.frombuffer(blurred_jpeg(sharp, settings), np.uint8), cv2.IMREAD_COLOR)
    strong = AnonymizeSettings(kernel="thesis9")
    assert detail_ratio(seen, strong, 96) <= DETAIL_LIMIT < detail_ratio(sharp, strong, 96)
    assert np.abs(seen.astype(int) - sharp).mean() > 20


def test_the_pages_speak_dutch_and_name_every_field(setup: Setup) -> None:
    for address in ("/setup?lang=nl", f"{CAMERA}&lang=nl"):
        text = setup.client.get(address).text
        read = read_page(text)
        assert ("html", {"lang": "nl"}) in read.tags
        assert "Schrijf in site.yaml" in text
        ids = [told["id"] for _, told in read.tags if told.get("id")]
        assert len(ids) == len(set(ids))


@pytest.mark.parametrize("address", ["/setup/camera?camera=Z", "/setup/camera", "/setup/still?camera=Z"])
def test_a_camera_that_is_not_there_is_said(setup: Setup, address: str) -> None:
    answer = setup.client.get(address)
    assert answer.status_code == 422
    assert "there is no camera" in answer.text


def test_a_broken_site_file_is_said(setup: Setup) -> None:
    setup.file.write_text("site: [")
    assert setup.client.get("/setup").status_code == 422
