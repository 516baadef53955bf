"""What other programs are given is what `pipeline stats` tells, in their words."""

import csv
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest

from flows.database import CameraDescription, FlowStore, RunDescription
from tests.command_line import Answer, pipeline
from tests.flows.exchange.scheme import SCHEME, complaints, read
from tests.flows.written import MORNING, Ride, describe, rides_of, write_run

HOUR = 3600.0
ZONE = ZoneInfo("Europe/Amsterdam")
NIGHT = datetime(2026, 10, 25, tzinfo=ZONE).timestamp()
"""Midnight before the clocks go back."""


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two hours; B was not watched in the second, C for half of the first; few rode from A to C."""
    path = tmp_path_factory.mktemp("street") / "street.db"
    store = FlowStore.open(str(path))
    rides = [*rides_of({"A>B": 12, "A>C": 3}), *_back(6)]
    watched = {
        "A": [(MORNING, MORNING + 2 * HOUR)],
        "B": [(MORNING, MORNING + HOUR)],
        "C": [(MORNING + 20, MORNING + HOUR / 2), (MORNING + HOUR, MORNING + 2 * HOUR)],
    }
    write_run(store, rides, watched)
    store.close()
    return path


def _back(number: int) -> list[Ride]:
    """Riders who come by A alone, the other way."""
    return [Ride((("A", MORNING + 600.5 + 2 * at),), "right") for at in range(number)]


def export(database: Path, form: str, out: Path, *more: object) -> Answer:
    answer = pipeline("export", form, "--database", database, "-o", out, *more)
    assert answer.code == 0, answer.err
    return answer


def stats(database: Path, table: str, *more: object) -> list[dict[str, Any]]:
    answer = pipeline("stats", table, "--database", database, "--format", "json", *more)
    assert answer.code == 0, answer.err
    rows: list[dict[str, Any]] = json.loads(answer.out)
    return rows


def ndw(database: Path, folder: Path, *more: object) -> list[dict[str, str]]:
    export(database, "ndw", folder / "ndw.csv", *more)
    with (folder / "ndw.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_ndw_has_the_counts_and_the_minutes_that_were_watched(street: Path, tmp_path: Path) -> None:
    lines = ndw(street, tmp_path, "--interval", "1h")
    told: dict[tuple[str, str], tuple[int | None, int]] = {}
    for row in stats(street, "counts", "--interval", "1h"):
        key = (row["camera"], row["interval_start_local"][:19].replace("T", " "))
        before = told.get(key, (0, 0))[0]
        known = None if row["cyclists"] is None or before is None else before + row["cyclists"]
        told[key] = (known, int(60 * row["coverage"] + 1e-6))
    shown = {
        (line["naam"], line["begintijd"]): (
            int(line["intensiteit_beide_richtingen"]) if line["intensiteit_beide_richtingen"] else None,
            int(line["gebruikte_minuten"]),
        )
        for line in lines
    }
    assert shown == told
    assert shown["B", "2019-10-02 10:00:00"] == (None, 0)
    assert shown["C", "2019-10-02 09:00:00"][1] == 29
    assert {line["meetperiode"] for line in lines} == {"60"}


def test_ndw_tells_directions_only_where_somebody_said_which_is_ascending(
    street: Path, tmp_path: Path
) -> None:
    lines = ndw(street, tmp_path, "--interval", "1h")
    assert {line["intensiteit_oplopend"] for line in lines} == {""}
    lines = ndw(street, tmp_path, "--interval", "1h", "--ascending", "A=right")
    first = next(line for line in lines if line["naam"] == "A")
    assert (first["intensiteit_oplopend"], first["intensiteit_aflopend"]) == ("6", "15")
    assert {line["intensiteit_oplopend"] for line in lines if line["naam"] == "B"} == {""}


@pytest.mark.parametrize("ascending", ["right", "A=up", "B=left"])
def test_ndw_refuses_directions_that_are_not_two(street: Path, tmp_path: Path, ascending: str) -> None:
    answer = pipeline(
        "export", "ndw", "--database", street, "-o", tmp_path / "x.csv", "--ascending", ascending
    )
    assert answer.code == 2
    assert "has the directions" in answer.err
    assert not (tmp_path / "x.csv").exists()


def test_the_hour_that_comes_twice_stands_there_twice(tmp_path: Path) -> None:
    store = FlowStore.open(str(tmp_path / "night.db"))
    rides = [Ride((("A", NIGHT + 2 * HOUR + 60 + 10 * at),)) for at in range(7)]
    write_run(store, rides, {"A": [(NIGHT, NIGHT + 25 * HOUR)]}, describe(cameras="A"))
    store.close()
    lines = ndw(tmp_path / "night.db", tmp_path, "--interval", "1h")
    assert Counter(line["begintijd"] for line in lines)["2026-10-25 02:00:00"] == 2
    assert [line["intensiteit_beide_richtingen"] for line in lines[2:4]] == ["7", "0"]
    (day, *_) = ndw(tmp_path / "night.db", tmp_path, "--interval", "1d")
    assert (day["meetperiode"], day["gebruikte_minuten"]) == ("1500", "1500")


@pytest.fixture
def french(street: Path, tmp_path: Path) -> dict[str, str]:
    export(street, "france", tmp_path, "--interval", "15min")
    return {name: (tmp_path / name).read_text(encoding="utf-8") for name in SCHEME}


def test_the_french_files_are_valid(french: dict[str, str]) -> None:
    assert [one for name, text in french.items() for one in complaints(name, text)] == []
    sites = {line["site_id"] for line in read(french["sites.csv"])}
    channels = read(french["channels.csv"])
    assert {line["site_id"] for line in channels} == sites == {"A", "B", "C"}
    assert {line["channel_id"] for line in read(french["measures.csv"])} == {
        line["channel_id"] for line in channels
    }


def test_the_check_of_the_french_files_sees_mistakes(french: dict[str, str]) -> None:
    wrong = {
        "sites.csv": ("53.2", "north"),
        "channels.csv": ("PERMANENT", "ALWAYS"),
        "measures.csv": ("2019-10-02T07:00:00Z", "2019-10-02 07:00"),
    }
    for name, (right, other) in wrong.items():
        assert right in french[name]
        assert [*complaints(name, french[name].replace(right, other))], name
    assert [*complaints("sites.csv", french["sites.csv"] + french["sites.csv"].splitlines()[1])]


def test_french_measures_are_the_counts_of_what_was_watched_whole(
    street: Path, french: dict[str, str]
) -> None:
    told = {
        (f"{row['camera']}:{row['direction']}", row["interval_start"].replace(" ", "T")): (
            "" if row["coverage"] < 0.995 else str(row["cyclists"])
        )
        for row in stats(street, "counts", "--interval", "15min")
    }
    shown = {
        (line["channel_id"], line["start_datetime"]): line["count"] for line in read(french["measures.csv"])
    }
    assert "" in shown.values()
    assert "0" in shown.values()
    assert shown == told
    steps = {
        datetime.fromisoformat(line["end_datetime"]) - datetime.fromisoformat(line["start_datetime"])
        for line in read(french["measures.csv"])
    }
    assert steps == {timedelta(minutes=15)}


def test_france_needs_places_and_a_step_of_time(street: Path, tmp_path: Path) -> None:
    answer = pipeline("export", "france", "--database", street, "-o", tmp_path, "--interval", "total")
    assert answer.code == 2
    assert "step of time" in answer.err
    store = FlowStore.open(str(tmp_path / "nowhere.db"))
    described = RunDescription("street", "UTC", (CameraDescription("A"),), "first", MORNING)
    write_run(store, rides_of({"A": 9}), {"A": [(MORNING, MORNING + HOUR)]}, described)
    store.close()
    answer = pipeline("export", "france", "--database", tmp_path / "nowhere.db", "-o", tmp_path / "out")
    assert answer.code == 2
    assert "camera 'A' has no location" in answer.err


def edges(folder: Path) -> Path:
    path = folder / "edges.csv"
    path.write_text("camera,direction,edge\nA,left,12\nA,right,-12\nC,left,7#1\n", encoding="utf-8")
    return path


def test_sumo_demand_is_the_told_matrix(street: Path, tmp_path: Path) -> None:
    answer = export(street, "sumo", tmp_path, "--interval", "1h")
    assert "fewer than 5 cyclists are withheld" in answer.err
    root = ElementTree.parse(tmp_path / "od.xml").getroot()
    shown = [
        (float(interval.attrib["begin"]), one.attrib["from"], one.attrib["to"], int(one.attrib["count"]))
        for interval in root
        for one in interval
    ]
    assert shown == [(0.0, "A", "B", 12)]
    assert {interval.attrib["id"] for interval in root} == {"DEFAULT_BIKETYPE"}
    assert not (tmp_path / "counts.xml").exists()
    export(street, "sumo", tmp_path, "--interval", "1h", "--min-count", "1")
    pairs = {
        one.attrib["to"]: one.attrib["count"]
        for one in ElementTree.parse(tmp_path / "od.xml").iter("tazRelation")
    }
    assert pairs == {"B": "12", "C": "3"}


def test_sumo_zones_and_counts_follow_the_edges(street: Path, tmp_path: Path) -> None:
    export(street, "sumo", tmp_path, "--interval", "1h", "--edges", edges(tmp_path))
    zones = {
        one.attrib["id"]: one.attrib["edges"] for one in ElementTree.parse(tmp_path / "taz.xml").iter("taz")
    }
    assert zones == {"A": "-12 12", "B": "", "C": "7#1"}
    shown = {
        (interval.attrib["begin"], one.attrib["id"]): int(one.attrib["entered"])
        for interval in ElementTree.parse(tmp_path / "counts.xml").getroot()
        for one in interval
    }
    # C was watched for less than half of the first hour: it has no count there, and none is scaled up.
    assert shown == {
        ("0.00", "12"): 15,
        ("0.00", "-12"): 6,
        ("3600.00", "12"): 0,
        ("3600.00", "-12"): 0,
        ("3600.00", "7#1"): 0,
    }
    export(
        street, "sumo", tmp_path, "--interval", "1h", "--edges", edges(tmp_path), "--least-coverage", "0.4"
    )
    counted = [one.attrib for one in ElementTree.parse(tmp_path / "counts.xml").iter("edge")]
    assert {"id": "7#1", "entered": "3"} in counted


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("camera,direction,edge\nA,left,\n", "line 2"),
        ("camera;direction;edge\nA;left;3\n", "line 2"),
        ("", "holds no edge"),
        ("camera,direction,edge\nZ,left,3\n", "no camera 'Z'"),
    ],
)
def test_sumo_refuses_edges_that_are_none(street: Path, tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "edges.csv"
    file.write_text(text, encoding="utf-8")
    answer = pipeline("export", "sumo", "--database", street, "-o", tmp_path / "out", "--edges", file)
    assert answer.code == 2
    assert said in answer.err


@pytest.mark.parametrize("form", ["ndw", "france", "omx", "sumo"])
def test_several_sites_need_a_choice(street: Path, tmp_path: Path, form: str) -> None:
    path = tmp_path / "two.db"
    store = FlowStore.open(str(path))
    watched = {"A": [(MORNING, MORNING + HOUR)]}
    write_run(store, rides_of({"A": 9}), watched, describe(cameras="A"))
    write_run(store, rides_of({"D": 9}), {"D": watched["A"]}, describe(cameras="D", site="other"))
    store.close()
    answer = pipeline("export", form, "--database", path, "-o", tmp_path / "out")
    assert answer.code == 2
    assert "choose one of other, street" in answer.err


def test_omx_matrices_are_read_back(street: Path, tmp_path: Path) -> None:
    openmatrix = pytest.importorskip(
        "openmatrix", reason="matrices need the extra omx (pip install 'fietsflow[omx]')"
    )
    import numpy as np

    answer = export(street, "omx", tmp_path / "od.omx", "--interval", "1h")
    assert "fewer than 5 cyclists are withheld" in answer.err
    first, second = (
        (datetime.fromtimestamp(MORNING, UTC) + timedelta(hours=at)).strftime("%Y%m%dT%H%MZ") for at in (0, 1)
    )
    with openmatrix.open_file(str(tmp_path / "od.omx")) as file:
        assert file.shape() == (3, 3)
        assert file.version() == b"0.2"
        assert [*file.mapping("zone")] == [1, 2, 3]
        names = [one.decode() for one in file.root.lookup.zone.attrs["cameras"]]
        assert names == ["A", "B", "C"]
        assert file.root._v_attrs["figures"] == b"counted"
        assert (file.root._v_attrs["site"], file.root._v_attrs["min_count"]) == (b"street", 5)
        matrix = np.array(file[f"cyclists_{first}"])
        assert matrix[0, 1] == 12
        # Few rode from A to C: the cell is open, as those are that nobody rode.
        assert np.isnan(np.delete(matrix.ravel(), 1)).all()
        assert file[f"cyclists_{first}"].attrs["start"] == "2019-10-02T09:00:00+02:00"
        told = {
            (row["origin"], row["destination"]): row["coverage"]
            for row in stats(street, "od", "--interval", "1h")
        }
        assert told
        assert np.array(file[f"coverage_{first}"])[0, 1] == 1.0
        assert f"cyclists_{second}" in file.list_matrices()
        assert np.array(file[f"coverage_{second}"])[0, 1] == 0.0


def test_omx_knows_zero_where_nothing_is_withheld(street: Path, tmp_path: Path) -> None:
    openmatrix = pytest.importorskip(
        "openmatrix", reason="matrices need the extra omx (pip install 'fietsflow[omx]')"
    )
    import numpy as np

    export(street, "omx", tmp_path / "od.omx", "--interval", "1h", "--min-count", "1")
    with openmatrix.open_file(str(tmp_path / "od.omx")) as file:
        first, second = (np.array(file[name]) for name in file.list_matrices() if name.startswith("cyclists"))
    assert (first[0, 1], first[0, 2], first[1, 0]) == (12, 3, 0)
    # B was not watched in the second hour.
    assert np.isnan(second[0, 1])
    assert second[0, 2] == 0


def test_omx_says_what_it_needs(street: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.exchange.omx.find_spec", lambda name: None)
    answer = pipeline("export", "omx", "--database", street, "-o", tmp_path / "od.omx")
    assert answer.code == 2
    assert "fietsflow[omx]" in answer.err
    assert not [*tmp_path.iterdir()]
