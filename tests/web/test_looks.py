"""What is rare looks right too: nothing there, one camera, no coverage, changed clocks, strange names."""

import re
from pathlib import Path
from string import Formatter

import pytest
from starlette.testclient import TestClient

from flows.database import CameraDescription, FlowStore, RunDescription
from tests.flows.written import MORNING, describe, rides_of, write_run
from tests.web.conftest import Open
from tests.web.reading import read_page, rows_of
from web.answers import Policy
from web.pages import PAGES
from web.sample import PLACES
from web.words import LANGUAGES, Words, catalogue, chosen_language

DAY = "from=2019-10-02&to=2019-10-03"
NASTY = "<script>alert(1)</script>"
LONG = "the crossing of the Very Long Street with the Even Longer Avenue"
WEB = Path(__file__).resolve().parents[2] / "web"


def all_pages(pages: TestClient, query: str = "") -> dict[str, str]:
    answers = {name: pages.get(f"/{name}?{query}") for name in PAGES}
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(PAGES, 200)
    return {name: answer.text for name, answer in answers.items()}


def store_at(path: Path) -> FlowStore:
    return FlowStore.open(str(path))


def test_an_empty_database_says_so(open_pages: Open, tmp_path: Path) -> None:
    store_at(tmp_path / "empty.db").close()
    for text in all_pages(open_pages(tmp_path / "empty.db")).values():
        assert "Nothing has been observed here yet." in text
    assert open_pages(tmp_path / "empty.db").get("/api/v1/camera_counts").json() == []


def test_cameras_without_any_footage_are_not_zero(open_pages: Open, tmp_path: Path) -> None:
    store = store_at(tmp_path / "new.db")
    store.begin_run(describe())
    store.close()
    text = all_pages(open_pages(tmp_path / "new.db"))
    assert [row[1] for row in rows_of(text["network"], "map")] == ["not watched"] * 3


def test_one_camera_is_enough(open_pages: Open, tmp_path: Path) -> None:
    store = store_at(tmp_path / "one.db")
    write_run(store, rides_of({"A": 9}), {"A": [(MORNING, MORNING + 3600)]})
    store.close()
    text = all_pages(open_pages(tmp_path / "one.db"))
    assert [row[:2] for row in rows_of(text["network"], "map")] == [["A", 9]]
    assert "<h1>A → A</h1>" in text["pair"]
    assert text["quality"].count("All of the time that the footage spans was watched.") == 2
    assert rows_of(text["quality"], "reasons") == []


def test_time_that_nobody_watched_is_hatched_and_never_zero(open_pages: Open, tmp_path: Path) -> None:
    store = store_at(tmp_path / "gap.db")
    watched = [(MORNING, MORNING + 900), (MORNING + 2700, MORNING + 3600)]
    write_run(store, rides_of({"A": 9}), {"A": watched})
    store.close()
    text = open_pages(tmp_path / "gap.db").get(f"/camera?interval=15min&{DAY}").text
    assert [row[-2] for row in rows_of(text, "series")] == [9, "not watched", "not watched", 0]
    assert text.count('class="gap"') >= 2
    assert "NaN" not in text
    assert [row[4] for row in rows_of(open_pages(tmp_path / "gap.db").get("/quality").text, "outages")] == [
        "no footage"
    ]


def test_a_pair_with_an_end_that_nobody_watched_is_not_zero(open_pages: Open, tmp_path: Path) -> None:
    store = store_at(tmp_path / "half.db")
    watched = [(MORNING, MORNING + 3600)]
    write_run(store, rides_of({"A>B": 9}), {"A": watched, "B": watched, "C": []}, describe())
    store.close()
    pages = open_pages(tmp_path / "half.db", policy=Policy(min_count=1))
    matrix = {row[0]: row[1:-1] for row in rows_of(pages.get(f"/od?{DAY}").text, "matrix")}
    assert matrix == {
        "A": [0, 9, "not watched"],
        "B": [0, 0, "not watched"],
        "C": ["not watched"] * 3,
    }


def test_the_hour_that_comes_twice_is_there_twice(pages: TestClient) -> None:
    text = pages.get("/camera?camera=station&interval=1h&from=2026-10-25&to=2026-10-26").text
    names = [str(row[0]) for row in rows_of(text, "series")]
    assert len(names) == 25
    assert [name.rpartition(" ")[2] for name in names[1:5]] == ["01:00", "02:00+0200", "02:00+0100", "03:00"]
    day = pages.get("/camera?camera=station&interval=1d&from=2026-10-24&to=2026-10-27").text
    assert len(rows_of(day, "series")) == 3


def test_names_of_any_kind_stay_names(open_pages: Open, tmp_path: Path) -> None:
    store = store_at(tmp_path / "names.db")
    names = ("it's & co", LONG, "<b>")
    cameras = tuple(CameraDescription(name, (52.0, 5.0)) for name in names)
    described = RunDescription(NASTY, "Europe/Amsterdam", cameras, "names", MORNING)
    write_run(
        store,
        rides_of({names[0] + ">" + LONG: 9}),
        {name: [(MORNING, MORNING + 3600)] for name in names},
        described,
    )
    store.close()
    pages = open_pages(tmp_path / "names.db")
    text = all_pages(pages)
    for html in text.values():
        assert not [told for tag, told in read_page(html).tags if tag in ("script", "b")]
    assert [row[:2] for row in rows_of(text["network"], "map")] == [["<b>", 0], ["it's & co", 9], [LONG, 9]]
    for link in read_page(text["network"]).links:
        assert pages.get(link).status_code in (200, 307), link


def test_two_hundred_cameras_are_drawn(open_pages: Open, tmp_path: Path) -> None:
    store = store_at(tmp_path / "many.db")
    cameras = tuple(
        CameraDescription(f"camera-{n:03}", (52 + n % 20 / 100, 5 + n / 1000)) for n in range(200)
    )
    described = RunDescription("city", "Europe/Amsterdam", cameras, "many", MORNING)
    watched = {one.camera: [(MORNING, MORNING + 900)] for one in cameras[:1]}
    write_run(store, rides_of({"camera-000": 9}), watched, described)
    store.close()
    text = all_pages(open_pages(tmp_path / "many.db"))
    assert text["network"].count("<circle") == 200
    assert "nan" not in text["network"]
    assert text["od"].count("<td") == 200 * 201


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_pages_need_no_script_and_nothing_from_elsewhere(pages: TestClient, language: str) -> None:
    for name, text in all_pages(pages, f"lang={language}").items():
        read = read_page(text)
        assert ("html", {"lang": language}) in read.tags
        for tag, told in read.tags:
            assert tag not in ("script", "iframe", "object", "style"), name
            assert not {"style", "onclick", "onload"} & set(told), (name, tag)
            for key in ("href", "src", "action"):
                assert (told.get(key) or "/").startswith(("/", "#")), (name, told)
        headings = [tag for tag, _ in read.tags if re.fullmatch("h[1-6]", tag)]
        assert headings[0] == "h1"
        assert headings.count("h1") == 1
        labels = [told.get("id") for _, told in read.tags if told.get("id")]
        assert len(labels) == len(set(labels)), name


def test_a_link_keeps_the_filters_and_the_language(pages: TestClient) -> None:
    text = pages.get("/network?from=2026-10-20&to=2026-10-22&lang=nl").text
    links = [link for link in read_page(text).links if link.startswith("/routes")]
    assert links == ["/routes?from=2026-10-20&to=2026-10-22&lang=nl"]


@pytest.mark.parametrize(
    ("asked", "accepted", "chosen"),
    [
        (None, "nl-NL,nl;q=0.9,en;q=0.8", "nl"),
        (None, "de, en;q=0.5, nl;q=0.7", "nl"),
        (None, "fr", "en"),
        (None, "", "en"),
        (None, "nl;q=x, ;;,", "en"),
        ("nl", "en", "nl"),
        ("xx", "en", "en"),
    ],
)
def test_the_language_is_that_of_the_address_or_the_browser(
    asked: str | None, accepted: str, chosen: str
) -> None:
    assert chosen_language(asked, accepted) == chosen


def test_the_languages_say_the_same() -> None:
    def braces(text: str) -> set[str | None]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    for key, (english, dutch) in catalogue().items():
        assert braces(english) == braces(dutch), key
        assert english, key
        assert dutch, key


def test_every_phrase_is_said_and_every_said_phrase_is_there() -> None:
    sources = "\n".join(path.read_text("utf-8") for kind in ("*.py", "*.html") for path in WEB.rglob(kind))
    said = set(re.findall(r"""\b(?:say|words)\(["'](\w+)["']""", sources))
    missing = {key for key in said if key not in catalogue()}
    assert not missing
    idle = [key for key in catalogue() if not re.search(rf"\b{key}\b", sources) and not _by_rule(key)]
    assert not idle


def _by_rule(key: str) -> bool:
    return (
        key.startswith(("reason_", "interval_", "series_", "cover", "uncounted_", "alarm_", "lack_"))
        or key in PAGES
    )


def test_numbers_are_written_as_the_language_writes_them() -> None:
    assert Words("en").number(12345.6, 1) == "12,345.6"
    assert Words("nl").number(12345.6, 1) == "12.345,6"
    assert (Words("en").number(-0.04, 1), Words("nl").number(-0.06, 1)) == ("0.0", "-0,1")
    assert Words("en").percent(0.9996) == "99.9%"
    assert Words("en").percent(0.0004) == "0.1%"
    assert Words("en").percent(1.0) == "100%"
    assert Words("nl").seconds(3725.4) == "1:02:05"


@pytest.mark.parametrize(
    "query",
    [
        "from=x", "from=2026-13-01", "from=2026-10-22&to=2026-10-22", "to=0001-01-01", "from=9999-12-31",
        "camera=nobody", "origin=nobody", "site=nobody", "interval=5min", "from=1980-01-01&to=2026-01-01",
        "from2=2026-10-05&to2=2026-10-01",
    ],
)  # fmt: skip
def test_a_wrong_address_is_answered_in_a_sentence(pages: TestClient, query: str) -> None:
    answers = [pages.get(f"/{name}?{query}") for name in PAGES]
    assert {answer.status_code for answer in answers} <= {200, 400}
    assert 400 in {answer.status_code for answer in answers}
    for answer in answers:
        assert "Traceback" not in answer.text


@pytest.mark.parametrize("period", ["from=2020-01-01&to=2020-02-01", "from=2026-10-26&to=2026-11-09"])
def test_a_period_that_is_not_complete_says_so(pages: TestClient, period: str) -> None:
    for name, text in all_pages(pages, period).items():
        assert re.search("not complete|Nobody watched", text), name


def test_a_place_is_known_by_its_coverage_and_not_by_colour_alone(pages: TestClient) -> None:
    text = pages.get("/network?from=2026-10-20&to=2026-10-27").text
    titles = re.findall(r"<a href=\"/camera[^>]*><title>([^<]*)", text) + re.findall(
        r"<title>([^<]*coverage[^<]*)", text, re.IGNORECASE
    )
    assert len(set(titles)) >= len(PLACES)
