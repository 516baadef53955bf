"""Files for other programs say whether their numbers are corrected, and never mix both."""

from datetime import datetime
from pathlib import Path

import pytest

from flows.database import FlowStore
from flows.database.review import Said, Withdrawal, withdraw_check
from flows.statistics import Interval, Query, corrected_counts
from tests.command_line import Answer, pipeline
from tests.flows.checked import check
from tests.flows.exchange.scheme import SCHEME, complaints, read
from tests.flows.written import MORNING, describe, rides_of, write_run

HOUR = 3600.0
ADDED = ("intensiteit_beide_richtingen_gecorrigeerd", "gecorrigeerd_ondergrens", "gecorrigeerd_bovengrens")


@pytest.fixture
def street(tmp_path: Path) -> Path:
    """Two hours of A and B; A was checked for the first of them, B never."""
    path = tmp_path / "street.db"
    store = FlowStore.open(str(path))
    watched = {name: [(MORNING, MORNING + 2 * HOUR)] for name in "AB"}
    late = rides_of({"A>B": 10}, MORNING + HOUR)
    write_run(store, [*rides_of({"A>B": 40}), *late], watched, describe(cameras="AB"))
    check(store.database, "street", {"A": [(12, 10)] * 9}, MORNING, MORNING + HOUR)
    store.close()
    return path


def export(database: Path, form: str, out: Path, *more: object) -> Answer:
    answer = pipeline("export", form, "--database", database, "-o", out, "--interval", "1h", *more)
    assert answer.code == 0, answer.err
    return answer


def told(database: Path) -> dict[tuple[str, datetime], tuple[str, str, str]]:
    """Expected, low and high of each camera and hour, as texts; empty where nothing is expected."""
    store = FlowStore.open_for_reading(str(database))
    rows = corrected_counts(store.database, Query(Interval.HOUR), together=True).rows
    store.close()
    return {
        (row.camera, row.interval_start): ("", "", "")
        if row.expected is None
        else (f"{row.expected:.1f}", f"{row.low:.0f}", f"{row.high:.0f}")
        for row in rows
    }


def test_ndw_has_corrected_numbers_in_columns_of_their_own(street: Path, tmp_path: Path) -> None:
    raw, both = tmp_path / "raw.csv", tmp_path / "both.csv"
    assert "not corrected" in export(street, "ndw", raw).err
    assert "four columns of their own" in export(street, "ndw", both, "--corrected").err
    before, after = read(raw.read_text(encoding="utf-8")), read(both.read_text(encoding="utf-8"))
    assert [{key: line[key] for key in before[0]} for line in after] == before
    shown = [(line["naam"], *(line[name] for name in ADDED)) for line in after]
    assert shown == [(camera, *numbers) for (camera, _), numbers in sorted(told(street).items())]
    assert [line["gecorrigeerd_met_handtelling"] for line in after] == ["1", "", "", ""]
    assert float(after[0][ADDED[0]]) > float(after[0]["intensiteit_beide_richtingen"])


def test_french_channels_hold_what_was_counted_or_what_is_expected(street: Path, tmp_path: Path) -> None:
    raw, other = tmp_path / "raw", tmp_path / "corrected"
    export(street, "france", raw)
    export(street, "france", other, "--corrected")
    for folder in (raw, other):
        for name in SCHEME:
            assert [*complaints(name, (folder / name).read_text(encoding="utf-8"))] == []
    comments = {line["comment"] for line in read((raw / "channels.csv").read_text(encoding="utf-8"))}
    assert comments == {"as counted by the program, not corrected"}
    channels = read((other / "channels.csv").read_text(encoding="utf-8"))
    assert {line["channel_id"]: line["comment"] for line in channels} == {
        "A:left:corrected": "corrected by spot checks by hand (number 1); empty where none holds",
        "B:left:corrected": "no spot check holds, so there are no corrected numbers",
    }
    measures = read((other / "measures.csv").read_text(encoding="utf-8"))
    assert [line["count"] for line in measures] == [one[0] for _, one in sorted(told(street).items())]
    assert {line["channel_id"] for line in measures} == {line["channel_id"] for line in channels}


@pytest.mark.parametrize("form", ["ndw", "france"])
def test_without_a_check_nothing_can_be_corrected(street: Path, tmp_path: Path, form: str) -> None:
    store = FlowStore.open(str(street))
    withdraw_check(store.database, "street", 1, Withdrawal(Said(MORNING, "office"), "wrong camera"))
    store.close()
    out = tmp_path / "out"
    answer = pipeline("export", form, "--database", street, "-o", out, "--corrected", "--interval", "1h")
    assert answer.code == 2
    assert "nobody has counted by hand" in answer.err
    assert not out.exists()


def test_counts_say_where_corrected_ones_stand(street: Path) -> None:
    ask = ("--database", street, "--interval", "total", "--format", "csv")
    assert "pipeline stats corrected" in pipeline("stats", "counts", *ask).err
    assert pipeline("stats", "corrected", *ask).err == ""
    store = FlowStore.open(str(street))
    withdraw_check(store.database, "street", 1, Withdrawal(Said(MORNING, "office"), "wrong camera"))
    store.close()
    assert pipeline("stats", "counts", *ask).err == ""
