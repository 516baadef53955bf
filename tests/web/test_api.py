"""The API as a program meets it."""

import csv
import io
import json
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from httpx import Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from flows.database import FlowStore
from flows.statistics import Reliability
from tests.flows.written import MORNING, describe, rides_of, write_run
from tests.web.conftest import Open
from tests.web.reading import read_page
from web.answers import Policy
from web.api import API
from web.api.tables import Form

TABLES = ("camera_counts", "route_counts", "od_matrix", "travel_times", "coverage", "outages")


@pytest.fixture
def api(open_pages: Open, street: Path) -> TestClient:
    return open_pages(street)


def test_pages_of_an_answer_make_the_whole(api: TestClient) -> None:
    whole = api.get("/api/v1/camera_counts").json()
    address, found = "/api/v1/camera_counts?limit=5", []
    while address:
        answer = api.get(address)
        assert answer.headers["X-Total-Count"] == str(len(whole))
        found += answer.json()
        address = answer.links["next"]["url"] if "next" in answer.links else ""
    assert found == whole
    assert len(whole) > 10


def test_what_is_known_is_not_sent_again(api: TestClient) -> None:
    for address in ("/api/v1/camera_counts", "/network", "/api/v1/sites?format=csv"):
        first = api.get(address)
        again = api.get(address, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.text) == (304, "")
        assert again.headers["ETag"] == first.headers["ETag"]
        other = api.get(address, headers={"If-None-Match": '"something-else"'})
        assert other.text == first.text


def test_every_address_is_described(api: TestClient) -> None:
    described = api.get("/api/v1/openapi.json").json()
    assert set(described["paths"]) == set(API)
    columns = described["components"]["schemas"]["CameraCount"]["properties"]
    assert {"site", "camera", "direction", "interval_start", "cyclists", "coverage"} <= set(columns)
    links = read_page(api.get("/api").text).links
    assert set(API) <= {link.partition("?")[0] for link in links}
    for address in API:
        assert api.get(address).status_code == 200


def test_the_page_of_the_api_leads_to_answers_however_long_was_watched(
    open_pages: Open, tmp_path: Path
) -> None:
    store = FlowStore.open(str(tmp_path / "years.db"))
    write_run(
        store, rides_of({"A": 9}), {"A": [(MORNING, MORNING + 900), (MORNING + 4e7, MORNING + 4e7 + 900)]}
    )
    store.close()
    years = open_pages(tmp_path / "years.db")
    links = [link for link in read_page(years.get("/api").text).links if link.startswith("/api/v1/")]
    assert {link: years.get(link).status_code for link in links} == dict.fromkeys(links, 200)
    assert len(links) > len(API)


@pytest.mark.parametrize("address", sorted(API))
@pytest.mark.parametrize(
    ("name", "nearest"), [("formt", "format"), ("Format", "format"), ("min_count", None), ("lang", None)]
)
def test_parameters_that_nobody_knows_are_refused(
    api: TestClient, address: str, name: str, nearest: str | None
) -> None:
    answer = api.get(address, params={"format": "json", name: "1"})
    assert answer.status_code == 400
    sentence = answer.json()["error"]
    assert sentence.startswith(f"{name}: is no parameter of {address}; the nearest one is '")
    if nearest is not None:
        assert f"the nearest one is '{nearest}'" in sentence


def test_a_misspelt_filter_is_not_passed_over(api: TestClient) -> None:
    sentence = api.get("/api/v1/camera_counts?cameras=A").json()["error"]
    assert "the nearest one is 'camera'" in sentence
    assert api.get("/api/v1/camera_counts?camera=A").status_code == 200
    assert len(api.get("/api/v1/camera_counts", params={"x" * 5000: "1"}).json()["error"]) < 300


@pytest.mark.parametrize("address", sorted(API))
def test_a_parameter_that_stands_twice_is_refused(api: TestClient, address: str) -> None:
    answer = api.get(f"{address}?format=csv&format=json")
    assert (answer.status_code, answer.json()["error"]) == (
        400,
        "format: stands more than once; give one value",
    )
    if "sites" not in address:
        assert api.get(f"{address}?to=2019-10-03&to=").status_code == 400
        assert api.get(f"{address}?camera=A&camera=B").status_code == 200


@pytest.mark.parametrize("name", ["from", "to"])
def test_an_empty_moment_is_refused(api: TestClient, name: str) -> None:
    for empty in ("", "%20"):
        answer = api.get(f"/api/v1/camera_counts?{name}={empty}")
        assert answer.status_code == 400
        assert answer.json()["error"].startswith(f"{name}: is empty")


def test_sites_are_points(open_pages: Open, street: Path) -> None:
    found = open_pages(street).get("/api/v1/sites?format=geojson").json()
    assert [one["geometry"]["type"] for one in found["features"]] == ["Point"] * 3
    assert found["features"][0]["geometry"]["coordinates"] == [6.5, 53.2]
    rows = list(csv.DictReader(io.StringIO(open_pages(street).get("/api/v1/sites?format=csv").text)))
    assert [(row["site"], row["camera"], row["min_count"]) for row in rows] == [
        ("street", name, "5") for name in "ABC"
    ]


def test_coverage_stands_once_for_all_directions(pages: TestClient) -> None:
    rows = pages.get("/api/v1/coverage?interval=1d&camera=campus").json()
    assert len(rows) == 8
    assert {row["camera"] for row in rows} == {"campus"}
    assert min(row["coverage"] for row in rows) == pytest.approx(19 / 24)


def read_parquet(answer: Response) -> pa.Table:
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/vnd.apache.parquet"
    return pq.read_table(io.BytesIO(answer.content))


@pytest.mark.parametrize("address", sorted(API))
def test_every_table_is_there_as_parquet(api: TestClient, address: str) -> None:
    rows = api.get(address).json()
    table = read_parquet(api.get(address, params={"format": "parquet"}))
    moments = {"start", "end", "interval_start", "interval_end"}
    for told, row in zip(table.to_pylist(), rows, strict=True):
        assert told == {
            key: datetime.fromisoformat(value) if key in moments else value for key, value in row.items()
        }
    for name in moments & set(table.column_names):
        assert table.schema.field(name).type == pa.timestamp("us", tz="UTC")
    page = read_parquet(
        api.get(address, params={"format": "parquet", **({} if "sites" in address else {"limit": 1})})
    )
    assert page.num_rows == (len(rows) if "sites" in address else min(1, len(rows)))


def test_a_parquet_file_is_not_sent_again(api: TestClient) -> None:
    first = api.get("/api/v1/od_matrix?format=parquet")
    again = api.get("/api/v1/od_matrix?format=parquet", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("form", list(Form))
@pytest.mark.parametrize(
    ("name", "figures"),
    [
        ("camera_counts", "counted"),
        ("corrected_counts", "counted; corrected in expected, low, high"),
        ("route_counts", "counted"),
        ("od_matrix", "counted"),
        ("travel_times", "counted"),
    ],
)
def test_an_answer_says_whether_its_figures_are_corrected(
    api: TestClient, name: str, figures: str, form: Form
) -> None:
    answer = api.get(f"/api/v1/{name}", params={"format": form.value})
    assert answer.headers["X-Figures"] == figures
    if form is Form.PARQUET:
        assert read_parquet(answer).schema.metadata[b"figures"].decode() == figures
    if form is Form.GEOJSON:
        assert answer.json()["figures"] == figures


def test_a_table_can_be_narrowed(api: TestClient) -> None:
    rows = api.get("/api/v1/travel_times?interval=total&origin=A&destination=B").json()
    assert [(row["origin"], row["destination"], row["n"]) for row in rows] == [("A", "B", 12)]
    assert api.get("/api/v1/travel_times?interval=total&origin=B").json() == []


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("from=x", 400), ("from=2019-10-02&to=2019-10-01", 400), ("camera=nobody", 400), ("site=nobody", 400),
        ("from=0001-01-01", 400), ("to=9999-12-31T23:59", 400), ("interval=5min", 422), ("format=xml", 422),
        ("limit=0", 422), ("limit=9999999", 422), ("offset=-1", 422), ("limit=x", 422),
    ],
)  # fmt: skip
def test_a_mistake_is_answered_in_a_sentence(api: TestClient, query: str, status: int) -> None:
    answer = api.get(f"/api/v1/camera_counts?{query}")
    assert answer.status_code == status
    assert answer.json().keys() <= {"error", "detail"}


def test_a_question_that_costs_too_much_is_refused(open_pages: Open, tmp_path: Path) -> None:
    store = FlowStore.open(str(tmp_path / "long.db"))
    run = store.begin_run(describe(cameras="A")).run_id
    store.save_progress(run, "A", [], [(MORNING, MORNING + 200 * 86_400)], "end")
    store.finish_run(run)
    store.close()
    api = open_pages(tmp_path / "long.db")
    assert api.get("/api/v1/camera_counts?interval=15min").status_code == 400
    assert api.get("/api/v1/camera_counts?interval=15min&from=2019-12-01&to=2019-12-02").status_code == 200
    assert len(api.get("/api/v1/camera_counts?interval=1d").json()) == 201


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_PARAMETERS = st.dictionaries(
    st.sampled_from(
        [
            "site",
            "camera",
            "from",
            "to",
            "interval",
            "format",
            "limit",
            "offset",
            "origin",
            "lang",
            "from2",
            "to2",
        ]
    ),
    _TEXT
    | st.sampled_from(["A", "street", "1h", "1d", "total", "15min", "csv", "geojson", "parquet", "nl"])
    | st.datetimes().map(lambda moment: moment.isoformat())
    | st.dates().map(lambda day: day.isoformat())
    | st.integers().map(str),
    max_size=5,
)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    address=st.sampled_from([*(f"api/v1/{name}" for name in TABLES), "camera", "pair", "compare", "od"]),
    asked=_PARAMETERS,
)
def test_nothing_that_is_asked_breaks_the_server(
    api: TestClient, address: str, asked: dict[str, str]
) -> None:
    answer = api.get(f"/{address}?{urlencode(asked)}")
    assert answer.status_code in (200, 400, 422), (answer.status_code, address, asked)


def test_routes_show_what_to_expect_where_labelled_time_told_it(
    open_pages: Open, street: Path, tmp_path: Path
) -> None:
    labelled = tmp_path / "evaluation.json"
    routes = [{"route": "A>B", "correct": 45, "claimed": 50, "truth": 60}]
    labelled.write_text(json.dumps({"routes": routes}), encoding="utf-8")
    reliability = Reliability.load(labelled)
    pages = open_pages(street, policy=Policy(reliability=reliability))
    text = pages.get("/routes?from=2019-10-02&to=2019-10-03").text
    row = next(row for row in read_page(text).tables["list"] if row[0] == "A → B")
    expected = reliability.correct("A>B", 12)
    assert row[4] == pytest.approx(expected.expected)
    assert row[5] == f"{expected.low:.0f} – {expected.high:.0f}"
    assert text.count('class="whisker"') >= 1
