"""A report tells what spot checks make of the counts beside them, and where there is none."""

import re
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from flows.database import FlowStore
from flows.database.review import Said, Withdrawal, withdraw_check
from tests.command_line import pipeline
from tests.flows.checked import check
from tests.web.report_reading import ReadReport, evaluation, stats, written
from web.sample import PLACES

ZONE = ZoneInfo("Europe/Amsterdam")
BEGIN = datetime(2026, 10, 1, tzinfo=ZONE).timestamp()
MIDDLE = datetime(2026, 10, 23, tzinfo=ZONE).timestamp()
GOOD, VAGUE = [(12, 10)] * 30, [(4, 2)] * 2


@pytest.fixture(scope="module")
def checked(town: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The town, of which the market was checked well and the museum's bridge with few minutes.

    The check of the campus begins within the period.
    """
    path = tmp_path_factory.mktemp("checked") / "flows.db"
    shutil.copy(town, path)
    store = FlowStore.open(str(path))
    check(store.database, "sample-town", {"market": GOOD, "museum-bridge": VAGUE}, BEGIN)
    check(store.database, "sample-town", {"campus": GOOD}, MIDDLE)
    store.close()
    return path


@pytest.fixture(scope="module")
def report(checked: Path, tmp_path_factory: pytest.TempPathFactory) -> ReadReport:
    return written(checked, tmp_path_factory.mktemp("report") / "october.html")


def of(database: Path, camera: str) -> dict[str, Any]:
    """What `pipeline stats corrected` says of one direction after the other, summed."""
    rows = [row for row in stats(database, "corrected", "total") if row["camera"] == camera]
    return {
        "cyclists": sum(row["cyclists"] for row in rows),
        "expected": sum(row["expected"] for row in rows) if rows[0]["expected"] is not None else None,
    }


def test_expected_passages_stand_beside_the_counted_ones(report: ReadReport, checked: Path) -> None:
    shown = {str(row[0]): row for row in report.tables["cameras"]}
    for name in ("market", "museum-bridge"):
        told = of(checked, name)
        assert shown[name][1] == told["cyclists"]
        assert shown[name][2] == pytest.approx(told["expected"], abs=1)
        low, high = (float(one.replace(",", "")) for one in str(shown[name][3]).split(" – "))
        assert low < float(shown[name][2]) < high
    for name in set(PLACES) - {"market", "museum-bridge"}:
        assert shown[name][2:4] == ["–", "–"]


def test_it_says_in_words_what_is_expected_and_where_nobody_knows(report: ReadReport) -> None:
    assert "At market, museum-bridge cyclists were counted by hand as well" in report.text
    counted = sum(float(row[1]) for row in report.tables["cameras"] if row[2] != "–")
    assert f"truly took place there in the watched time, where {counted:,.0f} were counted" in report.text
    lacking = re.search(r"At ([\w, -]+) no hand count holds for the whole period", report.text)
    assert lacking is not None
    assert {*lacking[1].split(", ")} == set(PLACES) - {"market", "museum-bridge"}
    assert "have not been checked by hand" not in report.text
    assert "All other numbers and charts are as the program counted them" in report.text
    assert "Routes, pairs and travel times are not corrected" in report.text


def test_accuracy_tells_the_checks_that_hold_with_their_geh(report: ReadReport) -> None:
    table = {str(row[0]): row for row in report.tables["checks"]}
    assert set(table) == {"market", "museum-bridge", "campus"}
    market = table["market"]
    assert market[2:4] == [360, 300]
    assert market[4] == pytest.approx(120, abs=1)
    # 720 and 600 in an hour: GEH is √(2 · 120² / 1320).
    assert market[5] == pytest.approx((2 * 120**2 / 1320) ** 0.5)
    assert market[6:] == [pytest.approx(300 / 360), pytest.approx(1.0)]
    vague = table["museum-bridge"][5]
    assert isinstance(vague, float)
    assert vague > 5
    assert "That is so in 2 of 3 checks of a camera, and in 0 the sample is large enough" in report.text


def test_a_camera_says_by_which_check_its_number_is_expected(report: ReadReport, checked: Path) -> None:
    told = of(checked, "market")["expected"]
    found = re.search(r"Corrected by check 1: ([\d,]+) passages", report.text)
    assert found is not None
    assert float(found[1].replace(",", "")) in (
        pytest.approx(told, abs=1),
        pytest.approx(of(checked, "museum-bridge")["expected"], abs=1),
    )
    assert "Corrected by check 2" not in report.text


def test_labelled_time_and_checks_do_not_give_two_numbers(checked: Path, tmp_path: Path) -> None:
    file = evaluation(tmp_path / "eval.json", "sample-town", {"campus": (200, 190, 188)})
    read = written(checked, tmp_path / "october.html", "--corrected", file)
    shown = {str(row[0]): row for row in read.tables["cameras"]}
    assert shown["market"][2:4] == ["–", "–"]
    assert isinstance(shown["campus"][2], float)
    assert "Expected (check" not in read.text
    assert "Corrected by check" not in read.text
    assert {"validation", "checks"} <= read.tables.keys()


def test_checks_that_hold_no_more_are_told_as_that(checked: Path, tmp_path: Path) -> None:
    path = tmp_path / "flows.db"
    shutil.copy(checked, path)
    store = FlowStore.open(str(path))
    for number in (1, 2):
        withdraw_check(store.database, "sample-town", number, Withdrawal(Said(BEGIN, "office"), "moved"))
    store.close()
    read = written(path, tmp_path / "october.html", "--language", "nl")
    assert "geen van die controles geldt in deze periode" in read.text
    assert "checks" not in read.tables
    assert len(read.tables["cameras"][0]) == 7


def test_the_pdf_is_accessible_with_checks_too(checked: Path, tmp_path: Path) -> None:
    pytest.importorskip("typst", reason="a PDF needs the extra web (pip install 'fietsflow[web]')")
    answer = pipeline("report", checked, "--month", "2026-10", "-o", tmp_path / "october.pdf")
    assert answer.code == 0, answer.err
    assert (tmp_path / "october.pdf").read_bytes().startswith(b"%PDF")
