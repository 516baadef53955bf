"""`pipeline check`, `mark` and `publish` as a user meets them."""

import json
from pathlib import Path

import pytest

from flows.database import FlowStore
from tests.command_line import pipeline
from tests.flows.checks.street import Street, write_street


@pytest.fixture
def street(tmp_path: Path) -> tuple[Path, Street]:
    store = FlowStore.open(str(tmp_path / "flows.db"))
    written = write_street(store, recall=0.8)
    store.close()
    return tmp_path / "flows.db", written


def fill(path: Path, street: Street) -> None:
    """Write what a person would who counts 20 minutes of A without an error."""
    lines = ["camera,from,to,direction,count,times"]
    for minute in range(0, 100, 5):
        for one in street.by_hand("A", minute):
            times = " ".join(f"{time - one.start:.2f}" for time in one.times or ())
            begin, end = (f"2019-10-02T{9 + at // 60:02}:{at % 60:02}" for at in (minute, minute + 1))
            lines.append(f"A,{begin},{end},{one.direction},{one.count},{times}")
    path.write_text("\n".join(lines), encoding="utf-8")


def test_a_sample_is_drawn_counted_and_corrects(street: tuple[Path, Street], tmp_path: Path) -> None:
    database, written = street
    drawn = pipeline("check", database, "--sample", tmp_path / "sample.csv", "--minutes", 4, "--seed", 7)
    assert drawn.code == 0, drawn.err
    assert "8 minutes (seed 7)" in drawn.out
    assert (tmp_path / "sample.csv").read_text().count("\n") == 1 + 8 * 2
    fill(tmp_path / "hand.csv", written)
    checked = pipeline("check", database, "--counts", tmp_path / "hand.csv", "--role", "traffic office")
    assert checked.code == 0, checked.err
    assert "kept as check 1: counts from 2019-10-02 until the next check" in checked.out
    asked = pipeline("stats", "corrected", "--database", database, "--interval", "total", "--format", "json")
    rows = {(row["camera"], row["direction"]): row for row in json.loads(asked.out)}
    left = rows["A", "left"]
    truth = sum(way == "left" for _, way in written.truth["A"])
    assert left["cyclists"] < left["low"] <= truth <= left["high"]
    assert left["checks"] == "1"
    assert rows["B", "left"]["expected"] is None

    assert pipeline("check", database, "--withdraw", 1).code == 2
    assert pipeline("check", database, "--withdraw", 1, "--reason", "other lens").code == 0
    listed = pipeline("check", database, "--list").out
    assert "traffic office" in listed
    assert "other lens" in listed


def test_a_mark_is_made_listed_and_taken_back(street: tuple[Path, Street]) -> None:
    database, _ = street
    time = ("--from", "2019-10-02T09:00", "--to", "2019-10-02T10:00")
    assert "say what is marked and why" in pipeline("mark", database, "--camera", "A").err
    assert "add --note" in pipeline("mark", database, "--camera", "A", *time, "--because", "other").err
    made = pipeline("mark", database, "--camera", "A", *time, "--because", "roadworks")
    assert made.code == 0, made.err
    assert "2019-10-02 09:00 to 2019-10-02 10:00" in made.out
    asked = pipeline("stats", "counts", "--database", database, "--interval", "1h", "--format", "json")
    hours = [row["cyclists"] for row in json.loads(asked.out) if row["camera"] == "A"]
    assert hours[0] is None
    assert pipeline("mark", database, "--withdraw", 1, "--reason", "wrong day").code == 0
    assert "withdrawn" in pipeline("mark", database, "--list").out


def test_an_incomplete_day_is_not_published(street: tuple[Path, Street]) -> None:
    database, _ = street
    offered = pipeline("publish", database, "--offer")
    assert "the footage ends before the day does" in offered.out
    published = pipeline("publish", database)
    assert published.code == 0, published.err
    assert "2019-10-02: not published" in published.out
    assert "nothing was published" in pipeline("publish", database, "--difference").out


def test_counting_in_the_browser_needs_the_site_file(street: tuple[Path, Street]) -> None:
    refused = pipeline("check", street[0])
    assert refused.code == 2
    assert "name the site file" in refused.err
