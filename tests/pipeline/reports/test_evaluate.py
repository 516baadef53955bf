"""``pipeline evaluate``: what a traffic engineer reads, what a program reads, and the page."""

import json
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from flows.database import FlowStore
from tests.command_line import pipeline
from tests.flows.accuracy.rides import Stop, write_truth
from tests.flows.written import MORNING, Ride, write_run

OBSERVED = {camera: [(MORNING, MORNING + 3600)] for camera in "ABC"}


@pytest.fixture
def town(tmp_path: Path) -> tuple[Path, Path]:
    """Twelve true rides, of which one is missed and one is broken in two; database and truth."""
    rides = [Ride((("A", MORNING + 200 * n), ("B", MORNING + 200 * n + 60 + n))) for n in range(12)]
    stops = [[Stop(camera, at, 3.5) for camera, at in one.stops] for one in rides]
    first, *others, _ = rides
    stored = [Ride(first.stops[:1]), Ride(first.stops[1:]), *others]
    database = tmp_path / "flows.db"
    store = FlowStore.open(f"sqlite:///{database}")
    write_run(store, stored, OBSERVED)
    store.close()
    return database, write_truth(tmp_path / "truth", stops)


def test_the_report_tells_a_traffic_engineer_what_is_right(town: tuple[Path, Path]) -> None:
    answer = pipeline("evaluate", "--database", town[0], "--truth", town[1])
    assert answer.code == 0, answer.err
    text = " ".join(answer.out.split())
    assert "24 cyclists passed the cameras in observed time, 22 were counted: 2 were not seen, 0" in text
    assert "10 of 12 journeys are exactly right" in text
    assert "Every camera was observed for the whole 60.0 minutes." in text


def test_json_has_every_number_on_the_screen_and_in_the_file(town: tuple[Path, Path], tmp_path: Path) -> None:
    path = tmp_path / "scores.json"
    options = ("--database", town[0], "--truth", town[1], "--json", path)
    answer = pipeline("evaluate", *options, "--format", "json")
    scores = json.loads(answer.out)
    assert scores == json.loads(path.read_text())
    assert (scores["truth"], scores["counted"], scores["matched"]) == (24, 22, 22)
    assert scores["links"]["whole_chain"]["correct"] == 10
    assert scores["links"]["whole_chain"]["recall"] == pytest.approx(10 / 12)
    assert scores["matrix"]["relative_error"] == pytest.approx(2 / 12)
    assert scores["cameras"][2]["error"] == 0.0
    assert {route["route"]: route["correct"] for route in scores["routes"]} == {"A": 0, "A>B": 10, "B": 0}


@pytest.mark.parametrize(
    ("interval", "options", "length_s", "number"),
    [
        ("15min", (), 900.0, 4),
        ("1h", (), 3600.0, 1),
        ("total", (), None, 1),
        ("1h", ("--interval", "30"), 1800.0, 2),
    ],
)
def test_intervals_are_those_of_the_statistics_unless_others_are_asked_for(
    town: tuple[Path, Path],
    tmp_path: Path,
    interval: str,
    options: tuple[str, ...],
    length_s: float | None,
    number: int,
) -> None:
    site = tmp_path / "site.yaml"
    site.write_text(
        f"{{site: street, timezone: UTC, statistics: {{interval: {interval}}}, "
        "cameras: [{id: A, source: a.mp4, start: 2019-10-02T07:00:00}]}"
    )
    named = ("--cameras", site, "--database", town[0], "--truth", town[1], "--format", "json")
    answer = pipeline("evaluate", *named, *options)
    assert answer.code == 0, answer.err
    starts = [one["start"] for one in json.loads(answer.out)["cameras"][0]["intervals"]]
    assert len(starts) == number, starts
    assert starts[0] == MORNING
    assert length_s is None or starts == [MORNING + length_s * place for place in range(number)]


class _Reader(HTMLParser):
    """Collects what a page would load from elsewhere, and whether its tags close."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loaded += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes something else"


def test_the_page_stands_alone_and_shows_curves_and_failures(town: tuple[Path, Path], tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    answer = pipeline("evaluate", "--database", town[0], "--truth", town[1], "--html", page)
    assert answer.code == 0, answer.err
    text = page.read_text()
    reader = _Reader()
    reader.feed(text)
    assert (reader.loaded, reader.open) == ([], [])
    drawings = [f"<svg{part.partition('</svg>')[0]}</svg>" for part in text.split("<svg")[1:]]
    assert len(drawings) >= 3, "counts, O-D matrix and travel times have a chart each"
    for drawing in drawings:
        ElementTree.fromstring(drawing)
    assert "2 passages that were not seen." in text
    assert "2019-10-02 07:36:40.0" in text, "the missed rider's time is given"


def test_names_in_the_page_are_text_and_never_markup(tmp_path: Path) -> None:
    camera = "<script>x</script>"
    database = tmp_path / "flows.db"
    store = FlowStore.open(f"sqlite:///{database}")
    observed = {"A": [(MORNING, MORNING + 60)]}
    write_run(store, [], observed)
    store.close()
    truth = write_truth(tmp_path / "truth", [[Stop(camera, MORNING + 5)]])
    page = tmp_path / "report.html"
    assert pipeline("evaluate", "--database", database, "--truth", truth, "--html", page).code == 0
    text = page.read_text()
    assert "<script>" not in text
    assert "&lt;script&gt;x&lt;/script&gt;" in text, "the camera is not in the page at all"


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("--truth", "nowhere"), 2, "holds no passages.csv"),
        (("--truth", "{truth}", "--database", "missing.db"), 2, "missing.db"),
        (("--truth", "{truth}", "--site", "lane"), 2, "--site: the database has no 'lane'"),
        (("--truth", "{truth}", "--json", "no/such/folder/f.json"), 2, "--json: no/such/folder/f.json"),
        (("--truth", "{truth}", "--html", "no/such/folder/f.html"), 2, "--html: no/such/folder/f.html"),
        ((), 2, "--truth"),
    ],
)
def test_a_mistake_is_one_sentence(
    town: tuple[Path, Path], arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    given = [one.replace("{truth}", str(town[1])) for one in arguments]
    if "--database" not in given:
        given += ["--database", str(town[0])]
    answer = pipeline("evaluate", *given)
    assert answer.code == code, answer
    assert sentence in answer.err, answer.err
    assert len(answer.err.strip().splitlines()) == 1, answer.err


def test_tracks_are_held_against_the_boxes_of_the_truth(town: tuple[Path, Path], tmp_path: Path) -> None:
    tracks = tmp_path / "tracks"
    tracks.mkdir()
    for folder in (town[1], tracks):
        (folder / "boxes_A.txt").write_text("1,1,10,10,40,80,1,2,1\n2,1,12,10,40,80,1,2,1\n")
    page = tmp_path / "page.html"
    options = ("--database", town[0], "--truth", town[1], "--tracks", tracks)
    answer = pipeline("evaluate", *options, "--html", page, "--format", "json")
    assert answer.code == 0, answer.err
    scores = json.loads(answer.out)
    assert scores["tracks"]["cameras"][0]["scores"]["hota"]["hota"] == 1.0
    assert "HOTA" in page.read_text()
    assert "followed for more than 80 %" in pipeline("evaluate", *options).out.replace("\n", " ")
