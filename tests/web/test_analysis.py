"""Every query of the page of questions answers something, on both databases, and the first ones rightly."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import text

from flows.database import FlowStore
from tests.command_line import pipeline
from tests.conftest import REPOSITORY
from web.sample import PLACES, Town, write_town

PAGE = (REPOSITORY / "docs" / "analysis.md").read_text(encoding="utf-8")
TOWN = Town(first=date(2026, 10, 19), days=7, riders_a_day=36)
"""The days that the page asks for."""


DEPLOY = REPOSITORY / "deploy"
MOMENTS = {"$__timeFrom()": "'2026-10-19T00:00:00Z'", "$__timeTo()": "'2026-10-26T00:00:00Z'"}
"""What Grafana writes in the place of its words."""


def recipes(dialect: str) -> dict[str, str]:
    """Title → query of the recipe for a kind of database."""
    if dialect == "sqlite":
        told = yaml.safe_load((DEPLOY / "datasette" / "metadata.yaml").read_text("utf-8"))
        return {one["title"]: one["sql"] for one in told["databases"]["flows"]["queries"].values()}
    panels = json.loads((DEPLOY / "grafana" / "fietsflow.json").read_text("utf-8"))["panels"]
    found = {panel["title"]: panel["targets"][0]["rawSql"] for panel in panels}
    for word, moment in MOMENTS.items():
        found = {title: query.replace(word, moment) for title, query in found.items()}
    return found


def queries(language: str) -> dict[str, str]:
    """Heading → query."""
    found = {}
    for part in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]:
        for query in re.findall(rf"```{language}\n(.*?)```", part, re.DOTALL):
            found[part.splitlines()[0]] = query
    return found


@pytest.fixture
def answers(url: str) -> Mapping[str, list[dict[str, Any]]]:
    """What each query says of a small town."""
    write_town(url, TOWN)
    store = FlowStore.open_for_reading(url)
    found = {}
    with store.database.transaction() as connection:
        asked = queries("sql") | recipes(connection.dialect.name)
        for heading, query in asked.items():
            plain = text(query.replace(":", "\\:"))
            found[heading] = [dict(row) for row in connection.execute(plain).mappings()]
    store.close()
    return found


def test_ten_questions_are_answered(answers: Mapping[str, list[dict[str, Any]]], url: str) -> None:
    questions = [heading for heading in answers if heading in queries("sql")]
    assert [heading.partition(".")[0] for heading in questions] == [str(number) for number in range(1, 11)]
    assert len(answers) >= len(questions) + 4
    for heading, rows in answers.items():
        assert rows, heading
        for column in rows[0]:
            assert any(row[column] is not None for row in rows), f"{heading}: nothing stands in {column}"
    _counts_are_those_of_stats([answers[heading] for heading in questions], url)
    _times_are_those_of_stats(answers[questions[5]], url)


def _counts_are_those_of_stats(answers: list[list[dict[str, Any]]], url: str) -> None:
    def stats(table: str, *more: str) -> list[dict[str, Any]]:
        answer = pipeline(
            *("stats", table, "--database", url, "--format", "json", "--interval", "total"),
            *("--min-count", "1", *more),
        )
        rows: list[dict[str, Any]] = json.loads(answer.out)
        return rows

    busiest, _, _, turning, areas, *_, complete, seen = answers
    counts: Counter[str] = Counter()
    for row in stats("counts"):
        counts[row["camera"]] += row["cyclists"] or 0
    assert {row["camera"]: row["cyclists"] for row in busiest} == counts
    assert sum(row["cyclists"] for row in turning) == counts["museum-bridge"]
    legs: Counter[str] = Counter()
    for row in stats("routes"):
        for left, reached in pairwise(row["route"].split(">")):
            legs[reached] += row["cyclists"] * (left == "museum-bridge")
    assert {row["next"]: row["cyclists"] for row in turning if row["next"] != "–"} == +legs
    assert sum(float(row["percent"]) for row in turning) == pytest.approx(100, abs=0.5)
    assert sum(row["cyclists"] for row in areas) == sum(row["cyclists"] or 0 for row in stats("od"))
    assert sum(row["cyclists"] for row in seen) == sum(row["cyclists"] for row in stats("routes"))
    assert {row["camera"] for row in complete} == {*PLACES}
    assert any(row["complete_days"] < row["days"] - 2 for row in complete)


def _times_are_those_of_stats(travel: list[dict[str, Any]], url: str) -> None:
    answer = pipeline(
        *("stats", "travel-times", "--database", url, "--format", "json", "--interval", "1h"),
        *("--min-count", "1"),
    )
    told: Counter[str] = Counter()
    medians: dict[str, list[tuple[int, float]]] = {}
    for row in json.loads(answer.out):
        if (row["origin"], row["destination"]) == ("station", "market"):
            told[row["interval_start"][11:13]] += row["n"]
            medians.setdefault(row["interval_start"][11:13], []).append((row["n"], row["median_s"]))
    assert sum(row["trips"] for row in travel) == pytest.approx(sum(told.values()), abs=2)
    for row in travel:
        near = medians.get(row["hour_utc"], [])
        if len(near) == 1 and near[0][0] == row["trips"]:
            assert float(row["median_s"]) == pytest.approx(near[0][1], abs=0.6)


def test_duckdb_answers_from_the_file_of_stats(town: Path, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb", reason="the package duckdb is not installed (make test)")
    answer = pipeline(
        "stats", "counts", "--database", town, "--interval", "1h", "-o", tmp_path / "counts.parquet"
    )
    assert answer.code == 0, answer.err
    (query,) = queries("duckdb").values()
    rows = duckdb.sql(query.replace("counts.parquet", str(tmp_path / "counts.parquet"))).fetchall()
    assert {row[0] for row in rows} == {*PLACES}
    assert {row[1] for row in rows} == {f"{hour:02}" for hour in range(24)}
    assert all(row[4] <= row[3] <= row[5] for row in rows)
