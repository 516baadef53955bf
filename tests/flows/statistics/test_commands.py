"""``pipeline stats`` and ``pipeline db`` as typed."""

import csv
import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import typer
from typer.testing import CliRunner, Result

from flows.database import FlowStore
from flows.database.schema import REVISIONS
from pipeline.commands import db, stats
from tests.flows.written import MORNING, describe, rides_of, seen, write_run
from tracking.errors import UsageError


def pipeline(*arguments: str) -> Result:
    app = typer.Typer()
    stats.register(app)
    db.register(app)
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture
def database(url: str) -> str:
    store = FlowStore.open(url)
    hour = [(MORNING, MORNING + 3600)]
    write_run(store, rides_of({"A>B": 6, "B>C": 2, "A": 1}), {"A": hour, "B": hour, "C": []})
    store.close()
    return url


WITHHELD = (
    "cells of fewer than 5 cyclists are withheld, and what would give them away; --min-count 1 shows all\n"
)


@pytest.mark.parametrize(
    ("name", "rows", "told"),
    [("counts", 12, ""), ("routes", 1, WITHHELD), ("od", 1, WITHHELD), ("travel-times", 1, WITHHELD)],
)
def test_json_is_the_only_thing_on_the_output(database: str, name: str, rows: int, told: str) -> None:
    answer = pipeline("stats", name, "--database", database, "--format", "json")
    assert answer.exit_code == 0, answer.output
    assert len(json.loads(answer.stdout)) == rows
    assert answer.stderr == told
    every = pipeline("stats", name, "--database", database, "--format", "json", "--min-count", "1")
    assert every.stderr == ""


@pytest.mark.parametrize(
    ("start", "min_count", "lines"),
    [("2019-10-02T09:10", "5", 2), ("2019-10-02T09:15", "5", 1), ("2019-10-02T09:10", "1", 0)],
)
def test_a_period_cut_within_a_quarter_is_to_stand_alone(
    database: str, start: str, min_count: str, lines: int
) -> None:
    answer = pipeline("stats", "od", "--database", database, "--from", start, "--min-count", min_count)
    assert len(answer.stderr.splitlines()) == lines
    assert ("another period" in answer.stderr) == (lines == 2)


def test_a_bare_file_name_is_a_database(database: str) -> None:
    if not database.startswith("sqlite:///"):
        pytest.skip("a server has no file name")
    answer = pipeline("stats", "od", "--database", database.removeprefix("sqlite:///"), "--format", "csv")
    assert [row["cyclists"] for row in csv.DictReader(io.StringIO(answer.stdout))] == ["6"]


def test_options_reach_the_query(database: str) -> None:
    answer = pipeline(
        *("stats", "routes", "--database", database, "--format", "json", "--interval", "total"),
        *("--from", "2019-10-02T09:00", "--to", "2019-10-02T07:00:12Z", "--min-count", "1"),
        *("--site", "street", "--camera", "B", "--camera", "C"),
    )
    rows = json.loads(answer.stdout)
    assert [(row["route"], row["cyclists"], row["share"]) for row in rows] == [
        ("A>B", 6, 0.75),
        ("B>C", 2, 0.25),
    ]
    assert rows[0]["interval_end"] == "2019-10-02 07:00:12Z"
    assert rows[0]["interval_end_local"] == "2019-10-02T09:00:12+02:00"


@pytest.mark.parametrize("ending", ["csv", "json", "parquet", "geojson", "txt"])
def test_the_ending_of_the_file_decides_the_format(database: str, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"od.{ending}"
    answer = pipeline("stats", "od", "--database", database, "--output", str(path))
    assert (answer.exit_code, answer.stdout) == (0, "")
    readers = {
        "csv": lambda: next(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))["cyclists"],
        "json": lambda: json.loads(path.read_text(encoding="utf-8"))[0]["cyclists"],
        "parquet": lambda: pq.read_table(path).to_pylist()[0]["cyclists"],
        "geojson": lambda: json.loads(path.read_text(encoding="utf-8"))["features"][0]["properties"][
            "cyclists"
        ],
        "txt": lambda: path.read_text(encoding="utf-8").splitlines()[1].split()[-2],
    }
    assert int(readers[ending]()) == 6
    assert {file.name for file in tmp_path.iterdir()} <= {path.name, "flows.db"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--format", "parquet"), "--format parquet needs a file; add --output FILE.parquet"),
        (("--from", "noon"), "--from: 'noon' is no date or time"),
        (("--site", "nowhere"), "--site: the database has no 'nowhere'"),
        (("--output", "/nowhere/od.csv"), "--output: /nowhere/od.csv cannot be written: No such file"),
        (("--output", "/nowhere/od.parquet"), "--output: /nowhere/od.parquet cannot be written"),
    ],
)
def test_wrong_options_are_explained(database: str, arguments: tuple[str, ...], message: str) -> None:
    answer = pipeline("stats", "od", "--database", database, *arguments)
    assert isinstance(answer.exception, UsageError), answer.output
    assert str(answer.exception).startswith(message)
    assert answer.exception.exit_code == 2
    assert answer.stdout == ""


@pytest.mark.parametrize("command", [("stats", "counts"), ("db", "info"), ("db", "purge")])
def test_a_missing_database_is_named_and_not_created(tmp_path: Path, command: tuple[str, ...]) -> None:
    answer = pipeline(*command, "--database", str(tmp_path / "none.db"))
    assert isinstance(answer.exception, UsageError)
    assert "none.db does not exist" in str(answer.exception)
    assert list(tmp_path.iterdir()) == []


def test_upgrade_says_what_it_did(url: str) -> None:
    first, second = (pipeline("db", "upgrade", "--database", url).stdout for _ in range(2))
    assert first.endswith(f": schema {REVISIONS[-1]}, created\n")
    assert second.endswith(f": schema {REVISIONS[-1]}, was up to date\n")


def test_info_and_purge_tell_what_is_left(url: str) -> None:
    store = FlowStore.open(url)
    run_id = store.begin_run(describe()).run_id
    store.save_progress(run_id, "A", [seen(run_id, "A", MORNING)], [(MORNING, MORNING + 60)], "1")
    store.close()
    assert (
        "not finished: 1 sightings, 0 journeys, 1 embeddings"
        in pipeline("db", "info", "--database", url).stdout
    )
    assert pipeline("db", "purge", "--database", url).stdout.endswith(": 0 embeddings deleted\n")
    assert pipeline("db", "purge", "--all", "--database", url).stdout.endswith(": 1 embeddings deleted\n")
    assert "1 sightings, 0 journeys, 0 embeddings" in pipeline("db", "info", "--database", url).stdout
