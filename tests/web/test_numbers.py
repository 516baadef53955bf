"""Every number of a page is one that `pipeline stats` tells."""

import json
import sqlite3
import time
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.command_line import pipeline
from tests.web.reading import read_page, rows_of
from web.api.tables import LONGEST_PAGE
from web.pages import PAGES
from web.sample import PLACES

WEEK = ("2026-10-20", "2026-10-27")
PERIOD = f"from={WEEK[0]}&to={WEEK[1]}"


@cache
def stats(town: Path, table: str, interval: str, *more: str) -> list[dict[str, Any]]:
    """What the command line says of the week."""
    period = ("--from", WEEK[0], "--to", WEEK[1])
    answer = pipeline(
        "stats", table, "--database", town, "--interval", interval, *period, "--format", "json", *more
    )
    assert answer.code == 0, answer.err
    rows: list[dict[str, Any]] = json.loads(answer.out)
    return rows


def page(pages: TestClient, address: str) -> str:
    answer = pages.get(address)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def by_camera(rows: Iterable[dict[str, Any]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for row in rows:
        found[row["camera"]] += row["cyclists"] or 0
    return found


def test_the_network_shows_counts_and_coverage(pages: TestClient, town: Path) -> None:
    rows = stats(town, "counts", "total")
    shown = rows_of(page(pages, f"/network?{PERIOD}"), "map")
    assert {row[0]: row[1] for row in shown} == by_camera(rows)
    assert {row[0]: row[2] for row in shown} == pytest.approx({r["camera"]: r["coverage"] for r in rows})


def test_a_flow_is_the_sum_of_the_told_routes_over_it(pages: TestClient, town: Path) -> None:
    legs: Counter[str] = Counter()
    for row in stats(town, "routes", "total"):
        stops = row["route"].split(">")
        for left, reached in pairwise(stops):
            legs[f"{left} → {reached}"] += row["cyclists"]
    assert legs
    assert {row[0]: row[1] for row in rows_of(page(pages, f"/network?{PERIOD}"), "flows")} == legs


@pytest.mark.parametrize("interval", ["15min", "1h", "1d"])
def test_a_camera_shows_its_intervals(pages: TestClient, town: Path, interval: str) -> None:
    found: dict[str, list[Any]] = {}
    for row in stats(town, "counts", interval, "--camera", "campus"):
        found.setdefault(row["interval_start"], []).append(row["cyclists"])
    address = f"/camera?camera=campus&interval={interval}&{PERIOD}"
    shown = [row[-2] for row in rows_of(page(pages, address), "series")]
    # Half of the town's intervals are not watched somewhere; what nobody watched is a word, not a number.
    assert shown == ["not watched" if None in each else sum(each) for each in found.values()]
    assert interval == "1d" or "not watched" in shown


def test_the_usual_week_is_the_mean_of_hours_that_were_watched_whole(pages: TestClient, town: Path) -> None:
    hours: dict[str, list[int]] = {}
    for row in stats(town, "counts", "1h", "--camera", "campus"):
        if row["coverage"] > 0.995:
            hours.setdefault(row["interval_start_local"], []).append(row["cyclists"])
    sums: dict[tuple[int, int], list[int]] = {}
    for start, directions in hours.items():
        moment = datetime.fromisoformat(start)
        sums.setdefault((moment.weekday(), moment.hour), []).append(sum(directions))
    shown = rows_of(page(pages, f"/camera?camera=campus&{PERIOD}"), "week")
    for day, row in enumerate(shown):
        for hour, value in enumerate(row[1:]):
            known = sums.get((day, hour))
            assert value == ("not watched" if known is None else pytest.approx(fmean(known)))
    # The hour that came twice is two hours.
    assert len(sums[6, 2]) == 2


def test_a_usual_day_is_the_middle_of_the_same_weekdays_before(pages: TestClient, town: Path) -> None:
    shown = rows_of(page(pages, "/network?from=2026-10-26&to=2026-10-27"), "map")
    monday, before = (by_camera(json.loads(counts_of_day(town, day))) for day in ("2026-10-26", "2026-10-19"))
    for row in shown:
        if row[0] in ("station", "museum-bridge"):
            assert row[3:] == [monday[str(row[0])], before[str(row[0])]]
    assert monday["station"]


def counts_of_day(town: Path, day: str) -> str:
    later = f"{day[:-2]}{int(day[-2:]) + 1}"
    return pipeline(
        *("stats", "counts", "--database", town, "--interval", "1d", "--format", "json"),
        *("--from", day, "--to", later),
    ).out


def test_the_matrix_shows_what_is_told_and_marks_the_rest(pages: TestClient, town: Path) -> None:
    rows = stats(town, "od", "total")
    told = {(row["origin"], row["destination"]): row["cyclists"] for row in rows}
    # Of an end that was watched for a part of the time, nothing is told: that is no gap.
    partly = {(row["origin"], row["destination"]) for row in rows if row["coverage"] > 0}
    shown = rows_of(page(pages, f"/od?{PERIOD}"), "matrix")
    names = sorted(PLACES)
    cells = {(str(row[0]), name): cell for row in shown for name, cell in zip(names, row[1:-1], strict=True)}
    assert len(cells) == len(PLACES) ** 2
    numbers = {ends: cell for ends, cell in cells.items() if isinstance(cell, float)}
    assert numbers == {ends: number for ends, number in told.items() if number is not None}
    assert numbers
    assert {cell for ends, cell in cells.items() if ends not in numbers} == {"·"}
    assert partly - set(numbers), "the town has no pair to tell the two apart by"


def test_routes_are_those_that_are_told(pages: TestClient, town: Path) -> None:
    told = {
        row["route"].replace(">", " → "): (row["cyclists"], row["share"] or "")
        for row in stats(town, "routes", "total")
    }
    shown = {row[0]: (row[1], row[2]) for row in rows_of(page(pages, f"/routes?{PERIOD}"), "list")}
    assert shown == told
    assert len(told) > 5


def test_two_cameras_show_the_percentiles(pages: TestClient, town: Path) -> None:
    address = f"/pair?origin=station&destination=market&{PERIOD}"
    one = next(
        row
        for row in stats(town, "travel-times", "total")
        if (row["origin"], row["destination"]) == ("station", "market")
    )
    facts = list(read_page(page(pages, address)).facts.values())
    assert facts == [one["median_s"], one["p15_s"], one["p85_s"], one["n"]]
    days = [
        [row["n"], row["p15_s"], row["median_s"], row["p85_s"]]
        for row in stats(town, "travel-times", "1d")
        if (row["origin"], row["destination"]) == ("station", "market")
    ]
    assert [row[1:5] for row in rows_of(page(pages, f"{address}&interval=1d"), "times")] == days
    assert days


def test_the_busiest_pair_is_shown_where_none_is_named(pages: TestClient, town: Path) -> None:
    busiest = max(stats(town, "od", "total"), key=lambda row: row["cyclists"] or 0)
    assert f"<h1>{busiest['origin']} → {busiest['destination']}</h1>" in page(pages, f"/pair?{PERIOD}")


def test_swapping_leads_to_the_way_back(pages: TestClient) -> None:
    links = read_page(page(pages, f"/pair?origin=station&destination=market&{PERIOD}")).links
    back = [one for one in links if "origin=market" in one and "destination=station" in one]
    assert back
    assert "<h1>market → station</h1>" in page(pages, back[0])


def test_comparing_shows_both_periods(pages: TestClient, town: Path) -> None:
    text = page(pages, "/compare?from=2026-10-22&to=2026-10-25&from2=2026-10-19&to2=2026-10-22")
    for column, period in ((1, ("2026-10-22", "2026-10-25")), (3, ("2026-10-19", "2026-10-22"))):
        answer = pipeline(
            *("stats", "counts", "--database", town, "--interval", "total", "--format", "json"),
            *("--from", period[0], "--to", period[1]),
        )
        numbers = by_camera(json.loads(answer.out))
        assert {row[0]: row[column] for row in rows_of(text, "cameras")} == numbers
    # Thursday to Saturday, against Monday to Wednesday.
    assert "different weekdays" in text


def test_filters_change_the_numbers(pages: TestClient) -> None:
    day = rows_of(page(pages, "/network?from=2026-10-20&to=2026-10-21"), "map")
    week = rows_of(page(pages, f"/network?{PERIOD}"), "map")
    assert [row[0] for row in day] == [row[0] for row in week]
    assert all(float(one[1]) < float(other[1]) for one, other in zip(day, week, strict=True))


def test_outages_are_told_with_their_reason(pages: TestClient) -> None:
    shown = rows_of(page(pages, f"/quality?{PERIOD}"), "outages")
    assert ["hospital", "no footage"] in [[row[0], row[4]] for row in shown]
    assert ["campus", "frozen picture"] in [[row[0], row[4]] for row in shown]


@pytest.mark.parametrize(
    ("name", "table", "form"),
    [
        ("camera_counts", "counts", "json"),
        ("camera_counts", "counts", "csv"),
        ("route_counts", "routes", "geojson"),
        ("od_matrix", "od", "json"),
        ("travel_times", "travel-times", "csv"),
    ],
)
def test_the_api_answers_as_the_command_line_does(
    pages: TestClient, town: Path, name: str, table: str, form: str
) -> None:
    told = pipeline(
        *("stats", table, "--database", town, "--interval", "1d", "--format", form),
        *("--from", WEEK[0], "--to", WEEK[1]),
    ).out
    assert pages.get(f"/api/v1/{name}?{PERIOD}&interval=1d&format={form}").text == told
    assert len(told) > 500


@pytest.mark.parametrize("name", list(PAGES))
def test_the_query_of_a_page_can_be_asked_and_holds_the_same_numbers(
    pages: TestClient, town: Path, name: str
) -> None:
    read = read_page(page(pages, f"/{name}?{PERIOD}"))
    assert read.code
    with sqlite3.connect(f"file:{town}?mode=ro", uri=True) as database:
        queries = [sql for code in read.code for sql in code.split(";") if sql.strip()]
        answers = [database.execute(sql).fetchall() for sql in queries]
    assert all(answers)


def test_the_query_is_of_the_days_that_are_shown(pages: TestClient, town: Path) -> None:
    for last in range(21, 27):
        read = read_page(page(pages, f"/network?from=2026-10-{last - 1}&to=2026-10-{last}"))
        found: Counter[str] = Counter()
        with sqlite3.connect(f"file:{town}?mode=ro", uri=True) as database:
            for camera, _, cyclists, _ in database.execute(read.code[0]):
                found[camera] += cyclists or 0
        shown = {row[0]: 0 if row[1] == "not watched" else row[1] for row in read.tables["map"][1:]}
        assert shown == found


@pytest.mark.parametrize("name", list(PAGES))
def test_a_page_offers_files_that_are_there(pages: TestClient, name: str) -> None:
    files = [link for link in read_page(page(pages, f"/{name}?{PERIOD}")).links if "/api/v1/" in link]
    assert files
    for link in files:
        answer = pages.get(link)
        assert "next" not in answer.links
        assert f"limit={LONGEST_PAGE}" in link
        if "geojson" in link:
            assert answer.json()["features"]
        else:
            assert answer.headers["Content-Type"].startswith("text/csv")
            assert answer.text.startswith("site,")


@pytest.mark.parametrize("name", list(PAGES))
def test_a_page_is_quick(pages: TestClient, name: str) -> None:
    page(pages, f"/{name}?{PERIOD}")
    begun = time.process_time()
    page(pages, f"/{name}?{PERIOD}")
    assert time.process_time() - begun < 0.3
