"""A report tells the numbers of `pipeline stats`, no cell more, in both languages."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.database import FlowStore, Publication
from tests.command_line import pipeline
from tests.flows.written import MORNING, describe, rides_of, write_run
from tests.web.report_reading import ReadReport, evaluation, read_report, stats, written
from web.report.figures import mean_day
from web.report.models import stored_encoder
from web.report.period import month_of, read_span
from web.sample import PLACES
from web.words import CATALOGUES

WATCHED = [(MORNING, MORNING + 7200)]


@pytest.fixture(scope="module")
def report(town: Path, tmp_path_factory: pytest.TempPathFactory) -> ReadReport:
    """The town's October; only read."""
    return written(town, tmp_path_factory.mktemp("report") / "october.html")


def small(path: Path, routes: dict[str, int], least: int | None = None) -> Path:
    """Two hours of three cameras, whose site may ask for another smallest cell."""
    store = FlowStore.open(str(path))
    asked = {} if least is None else {"publication": Publication(least, None, frozenset({"min_count"}))}
    write_run(store, rides_of(routes), dict.fromkeys("ABC", WATCHED), describe(**asked))
    store.close()
    return path


def of_two_hours(database: Path, file: Path, *more: object) -> ReadReport:
    answer = pipeline("report", database, "--month", "2019-10", "-o", file, *more)
    assert answer.code == 0, answer.err
    return read_report(file.read_text(encoding="utf-8"))


def test_passages_and_coverage_are_those_of_the_counts(report: ReadReport, town: Path) -> None:
    passages: Counter[str] = Counter()
    coverage = {}
    for row in stats(town, "counts", "total"):
        passages[row["camera"]] += row["cyclists"]
        coverage[row["camera"]] = row["coverage"]
    shown = report.tables["cameras"]
    assert {row[0]: row[1] for row in shown} == passages
    assert {row[0]: row[2] for row in shown} == pytest.approx(coverage)
    assert [row[0] for row in shown] == [name for name, _ in passages.most_common()]


def test_days_of_a_camera_are_those_of_the_counts(report: ReadReport, town: Path) -> None:
    busiest = str(report.tables["cameras"][0][0])
    days: dict[str, list[int | None]] = {}
    for row in stats(town, "counts", "1d", "--camera", busiest):
        days.setdefault(row["interval_start"], []).append(row["cyclists"])
    shown = [row[-2] for row in report.tables["series-0"]]
    assert shown == ["not watched" if None in each else sum(map(int, each)) for each in days.values()]


def test_hours_of_a_camera_are_means_of_whole_hours(report: ReadReport, town: Path) -> None:
    busiest = str(report.tables["cameras"][0][0])
    hours: dict[str, int] = Counter()
    whole = {}
    for row in stats(town, "counts", "1h", "--camera", busiest):
        local = row["interval_start_local"]
        hours[local] += row["cyclists"] or 0
        whole[local] = row["coverage"] >= 0.995
    working = [
        number
        for local, number in hours.items()
        if whole[local] and local[11:13] == "08" and date.fromisoformat(local[:10]).weekday() < 5
    ]
    assert report.tables["hours-0"][8][1] == pytest.approx(fmean(working))


def test_flows_are_sums_of_the_told_routes(report: ReadReport, town: Path) -> None:
    legs: Counter[str] = Counter()
    routes = stats(town, "routes", "total")
    for row in routes:
        for left, reached in pairwise(row["route"].split(">")):
            legs[f"{left} → {reached}"] += row["cyclists"]
    assert {row[0]: row[1] for row in report.tables["flows"]} == legs
    told = {row["route"].replace(">", " → "): row["cyclists"] for row in routes}
    assert {row[0]: row[1] for row in report.tables["routes"]} == told


def test_pairs_and_travel_times_are_those_that_are_told(report: ReadReport, town: Path) -> None:
    names = sorted(PLACES)
    told = {(row["origin"], row["destination"]): row["cyclists"] for row in stats(town, "od", "total")}
    shown = {
        (str(row[0]), name): number
        for row in report.tables["matrix"]
        for name, number in zip(names, row[1:-1], strict=True)
        if isinstance(number, float)
    }
    assert shown == {pair: number for pair, number in told.items() if number is not None}
    times = {
        f"{row['origin']} → {row['destination']}": [row[key] for key in ("n", "p15_s", "median_s", "p85_s")]
        for row in stats(town, "travel-times", "total")
    }
    listed = report.tables["travel-times"]
    assert len(listed) == min(len(times), 25)
    for row in listed:
        assert row[1:5] == pytest.approx(times[str(row[0])])


def test_no_small_cell_is_told_in_any_word(tmp_path: Path) -> None:
    street = small(tmp_path / "street.db", {"A>B": 12, "A>C": 3, "B": 6})
    read = of_two_hours(street, tmp_path / "report.html")
    assert "A → B" in read.text
    assert not re.search(r"A → C|C → A", read.text + " ".join(read.alts))
    matrix = {row[0]: row[1:] for row in read.tables["matrix"]}
    assert matrix["A"] == ["·", 12, "·", 12]


def test_the_site_decides_what_is_small(tmp_path: Path) -> None:
    strict = small(tmp_path / "strict.db", {"A>B": 40, "B>C": 8}, least=50)
    read = of_two_hours(strict, tmp_path / "report.html")
    assert "→" not in re.sub("From → to", "", read.text + " ".join(read.alts))
    assert read.tables["flows"] == read.tables["routes"] == read.tables["travel-times"] == []
    assert "fewer than 50 cyclists" in read.text
    assert "No route was ridden often enough" in read.text


def test_nothing_is_loaded_and_nothing_runs(report: ReadReport) -> None:
    assert not report.tags & {"script", "link", "img", "iframe", "form"}
    assert all(address.startswith("#") for address in report.addresses)


def test_every_picture_has_a_text_that_says_what_stands_out(report: ReadReport) -> None:
    assert len(report.alts) >= 3 * len(PLACES)
    assert len(set(report.alts)) == len(report.alts)
    for alt in report.alts:
        assert re.search(r"\d", alt), alt
        assert len(alt) > 60, alt


def test_a_report_is_of_one_language(town: Path, report: ReadReport, tmp_path: Path) -> None:
    dutch = written(town, tmp_path / "october.html", "--language", "nl")
    assert (report.language, dutch.language) == ("en", "nl")
    assert dutch.headings[0] == "Fietsers in sample-town"
    assert "oktober 2026" in dutch.text
    assert "niet met de hand nageteld" in dutch.text
    assert len(dutch.headings) == len(report.headings)
    names = {*PLACES, "Privacy", "Routes"}
    assert not {*dutch.headings} & {*report.headings} - names
    assert [row[1] for row in dutch.tables["cameras"]] == [row[1] for row in report.tables["cameras"]]
    assert not re.search(r"\b(the|passages of|watched|with)\b", " ".join(dutch.alts))


def test_every_catalogue_has_its_own_phrases() -> None:
    texts = [(Path("web") / name).read_text(encoding="utf-8") for name in CATALOGUES]
    # By line: of a key that stands twice in one file only one is left when it is read.
    phrases = re.findall(r"^(\w+):", "\n".join(texts), re.MULTILINE)
    assert len(phrases) == len(set(phrases))


def test_without_labelled_time_it_says_so(report: ReadReport) -> None:
    assert "nobody has counted cyclists by hand" in report.text
    assert len(report.tables["cameras"][0]) == 7


def test_labelled_time_gives_the_number_to_expect(town: Path, tmp_path: Path) -> None:
    file = evaluation(tmp_path / "eval.json", "sample-town", {"market": (200, 190, 188)})
    read = written(town, tmp_path / "october.html", "--corrected", file)
    market = next(row for row in read.tables["cameras"] if row[0] == "market")
    passages, expected, interval = float(market[1]), float(market[2]), str(market[3])
    assert expected == pytest.approx(passages * (188 / 190) / (188 / 200), rel=0.02)
    low, high = (float(one.replace(",", "")) for one in interval.split(" – "))
    assert low < expected < high
    other = next(row for row in read.tables["cameras"] if row[0] == "campus")
    assert other[2:4] == ["–", "–"]
    assert read.tables["validation"] == [["market", 200, 190, 0.94, pytest.approx(188 / 190), 1.5]]
    assert any("museum-bridge" in str(row[0]) and len(row) == 5 for row in read.tables["routes"])


def test_labelled_time_of_another_site_is_refused(town: Path, tmp_path: Path) -> None:
    file = evaluation(tmp_path / "eval.json", "elsewhere", {"market": (200, 190, 188)})
    answer = pipeline(
        "report", town, "--month", "2026-10", "-o", tmp_path / "october.html", "--corrected", file
    )
    assert answer.code == 2
    assert "'elsewhere'" in answer.err
    assert not (tmp_path / "october.html").exists()


def test_an_empty_month_says_so_and_has_no_numbers(town: Path, tmp_path: Path) -> None:
    answer = pipeline("report", town, "--month", "2026-01", "-o", tmp_path / "empty.html")
    assert answer.code == 0
    assert "nobody watched" in answer.err
    read = read_report((tmp_path / "empty.html").read_text(encoding="utf-8"))
    assert "Nobody watched in this period" in read.text
    assert read.tables == {}
    assert "Privacy" in read.headings


def test_a_period_that_is_not_complete_says_so(report: ReadReport) -> None:
    assert "The period is not complete" in report.text
    assert "There are no counts of September 2026" in report.text
    assert "There are no counts of October 2025" in report.text


def test_the_period_before_stands_beside_it(town: Path, tmp_path: Path) -> None:
    file = tmp_path / "days.html"
    days = ("--from", "2026-10-23", "--to", "2026-10-25")
    assert pipeline("report", town, *days, "-o", file).code == 0
    text = read_report(file.read_text(encoding="utf-8")).text
    assert "There are no counts of Fri 16 Oct 2026 – Sat 17 Oct 2026" in text
    days = ("--from", "2026-10-26", "--to", "2026-10-27")
    assert pipeline("report", town, *days, "-o", file).code == 0
    read = read_report(file.read_text(encoding="utf-8"))
    before = stats(town, "counts", "1d")
    monday: Counter[str] = Counter()
    for row in before:
        if row["interval_start_local"].startswith("2026-10-19"):
            monday[row["camera"]] += row["cyclists"] or 0
    shown = {row[0]: row[3] for row in read.tables["compared-before"]}
    assert {name: number for name, number in shown.items() if isinstance(number, float)} == {
        name: number for name, number in monday.items() if number
    }


def test_one_camera_needs_no_map_and_no_routes(tmp_path: Path) -> None:
    store = FlowStore.open(str(tmp_path / "one.db"))
    write_run(store, rides_of({"A": 30}), {"A": WATCHED}, describe(cameras="A"))
    store.close()
    read = of_two_hours(tmp_path / "one.db", tmp_path / "one.html")
    assert "Routes" not in read.headings
    assert "30 passages of cyclists were counted at A" in read.text
    assert "become one journey" not in read.text


def test_names_are_texts_and_never_markup(tmp_path: Path) -> None:
    store = FlowStore.open(str(tmp_path / "odd.db"))
    described = describe(cameras="A", site='<script>alert("1")</script>')
    write_run(store, rides_of({"A": 30}), {"A": WATCHED}, described)
    store.close()
    read = of_two_hours(tmp_path / "odd.db", tmp_path / "odd.html")
    assert "script" not in read.tags
    assert read.headings[0] == 'Cyclists in <script>alert("1")</script>'


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ((), "--month"),
        (("--month", "2026-13"), "2026-13"),
        (("--month", "2026"), "write 2026-05"),
        (("--month", "2026-05", "--from", "2026-05-01"), "leave out"),
        (("--from", "2026-05-01"), "both --from and --to"),
        (("--from", "2026-05-02", "--to", "2026-05-02"), "earlier"),
        (("--from", "1890-01-01", "--to", "2026-05-02"), "1890-01-01"),
        (("--from", "1990-01-01", "--to", "2026-05-02"), "at most"),
        (("--month", "2026-10", "--site", "nowhere"), "nowhere"),
        (("--month", "2026-10", "--language", "fr"), "fr"),
    ],
)
def test_what_is_no_report_is_refused_in_a_sentence(
    town: Path, tmp_path: Path, asked: Sequence[str], said: str
) -> None:
    answer = pipeline("report", town, "-o", tmp_path / "x.html", *asked)
    assert answer.code == 2
    assert said in answer.err
    assert not [*tmp_path.iterdir()]


def test_another_ending_is_refused(town: Path, tmp_path: Path) -> None:
    answer = pipeline("report", town, "--month", "2026-10", "-o", tmp_path / "x.docx")
    assert answer.code == 2
    assert ".pdf or an .html" in answer.err


@given(st.dates(date(1972, 1, 1), date(2198, 12, 31)))
def test_a_month_is_compared_with_whole_months(day: date) -> None:
    span = month_of(day)
    assert span.days.first <= day < span.days.end
    assert span.before.days.end == span.days.first
    assert span.before.days.first.day == 1
    year = span.year_before.days.first
    assert (year.year, year.month, year.day) == (day.year - 1, day.month, 1)


@given(st.dates(date(1972, 1, 1), date(2100, 12, 31)), st.integers(1, 500))
def test_other_periods_are_compared_with_the_same_weekdays(first: date, length: int) -> None:
    end = first + timedelta(days=length)
    span = read_span(None, first.isoformat(), end.isoformat())
    for other in (span.before, span.year_before):
        if not span.month:
            assert other.days.length == length
            assert other.days.first.weekday() == first.weekday()
        assert other.days.first < first
    assert span.before.days.end <= first


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=40))
def test_the_interval_of_a_mean_day_holds_the_mean(numbers: list[int]) -> None:
    found = mean_day(numbers)
    assert found is not None
    assert found.mean == pytest.approx(fmean(numbers))
    assert (found.low is None) == (len(numbers) < 3)
    if found.low is not None and found.high is not None:
        assert found.low <= found.mean <= found.high


def test_the_interval_is_that_of_students_t() -> None:
    found = mean_day([90, 100, 110])
    assert found is not None
    # t of 2 degrees of freedom at 97.5 % is 4.303; the standard error is 10 / √3.
    assert found.high == pytest.approx(100 + 4.303 * 10 / 3**0.5, abs=0.01)
    assert mean_day([]) is None


def test_the_encoder_of_the_passages_is_named(tmp_path: Path) -> None:
    read = of_two_hours(small(tmp_path / "street.db", {"A>B": 12}), tmp_path / "report.html")
    # The passages of the test were told apart by "stripes".
    assert "Encoder: stripes. It has no card here." in read.text
    assert "does not tell which detector" in read.text


def test_a_site_file_tells_of_both_models(tmp_path: Path) -> None:
    small(tmp_path / "flows.db", {"A>B": 12})
    cameras = "".join(f"  - {{id: {name}, source: {name}.mp4}}\n" for name in "ABC")
    site = tmp_path / "street.yaml"
    site.write_text(
        f"site: street\ntimezone: Europe/Amsterdam\ndatabase: {tmp_path / 'flows.db'}\ncameras:\n{cameras}",
        encoding="utf-8",
    )
    read = of_two_hours(site, tmp_path / "report.html")
    card = {str(row[0]): row[1] for row in read.tables["model-0"]}
    assert card["Licence"] == "Apache-2.0"
    assert "Finds cyclists" in str(card["What it is"])
    assert "does not tell which detector" not in read.text


@pytest.mark.parametrize(("head", "known"), [("5ecc4c48", True), ("00000000", False)])
def test_a_card_is_told_only_where_it_is_that_of_the_weights(head: str, known: bool) -> None:
    assert (stored_encoder(f"cyclist_encoder-{head}").card is not None) == known
