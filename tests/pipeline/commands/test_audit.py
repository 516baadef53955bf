"""``pipeline audit`` as typed, on folders and databases that are clean, and on such that are not."""

import json
import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC
from pathlib import Path

import cv2
import numpy as np
import pytest

from anonymize import Anonymizer
from flows.database import FlowStore
from flows.database.audit import holds_credentials
from flows.database.rollups.tables import trips
from flows.database.schema import gallery, metadata
from pipeline.reasons import ReasonsFile
from tests.command_line import Answer, pipeline
from tests.flows.written import MORNING, describe, rides_of, seen, write_run
from tracking.arrays import Image


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """One complete run."""
    path = tmp_path / "flows.db"
    store = FlowStore.open(str(path))
    hour = [(MORNING, MORNING + 3600)]
    write_run(store, rides_of({"A>B": 3}), {"A": hour, "B": hour})
    store.close()
    return path


def broken(answer: Answer) -> list[str]:
    """The rules that are broken, by their first words."""
    found = json.loads(answer.out)
    assert (answer.code, found["clean"]) in ((0, True), (1, False)), answer
    return [check["rule"] for check in found["checks"] if check["findings"]]


def sentences(answer: Answer) -> str:
    return "\n".join(one for check in json.loads(answer.out)["checks"] for one in check["findings"])


def alter(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def test_a_complete_run_is_clean(database: Path) -> None:
    for address in (database, f"sqlite:///{database}"):
        answer = pipeline("audit", address, "--format", "json")
        assert broken(answer) == []
    shown = pipeline("audit", database)
    assert (shown.code, shown.out.splitlines()[-1]) == (0, "clean")
    assert [file.name for file in database.parent.iterdir()] == ["flows.db"], "an audit leaves nothing behind"


def interrupted_long_ago(path: Path) -> None:
    store = FlowStore.open(str(path))
    run_id = store.begin_run(describe("another")).run_id
    store.save_progress(run_id, "A", [seen(run_id, "A", MORNING)], [], "1")
    store.close()
    alter(path, f"UPDATE run SET touched = {round(1e6 * (time.time() - 1300))} WHERE state = 'unfinished'")


def gallery_left_behind(path: Path) -> None:
    beside = path.with_name("flows.db-gallery")
    alter(beside, "CREATE TABLE gallery (sighting_id TEXT, run_id TEXT, exit_time INTEGER, embedding BLOB)")
    beside.chmod(0o644)


def embedding_in_the_database(path: Path) -> None:
    alter(path, "INSERT INTO gallery SELECT sighting_id, run_id, 0, x'00112233' FROM sighting LIMIT 1")


def free_pages_with_contents(path: Path) -> None:
    alter(
        path,
        "PRAGMA secure_delete = OFF",
        "CREATE TABLE much (text TEXT)",
        "INSERT INTO much SELECT hex(randomblob(3000)) FROM sighting",
        "DROP TABLE much",
    )


def a_column_for_pictures(path: Path) -> None:
    alter(path, "ALTER TABLE sighting ADD COLUMN picture BLOB", "CREATE TABLE plates (number TEXT)")


def a_password_in_a_checkpoint(path: Path) -> None:
    alter(path, """UPDATE progress SET checkpoint = '{"source": "rtsp://bob:s3cret@camera/1"}'""")


@pytest.mark.parametrize(
    ("spoil", "rules", "said"),
    [
        (interrupted_long_ago, ["No embedding is kept", "No run was left"], "1 embeddings of run"),
        (gallery_left_behind, ["Nothing is left"], "chmod 600"),
        (
            embedding_in_the_database,
            ["No embedding", "Nothing is left"][1:],
            "1 embeddings lie in the database",
        ),
        (free_pages_with_contents, ["Nothing is left"], "free pages are not empty"),
        (a_column_for_pictures, ["There is no place"], "column sighting.picture is not one"),
        (a_password_in_a_checkpoint, ["No password"], "column progress.checkpoint holds an address"),
    ],
)
def test_what_must_not_be_there_is_found(
    database: Path, spoil: Callable[[Path], None], rules: list[str], said: str
) -> None:
    spoil(database)
    answer = pipeline("audit", database, "--format", "json")
    assert len(broken(answer)) == len(rules), sentences(answer)
    assert all(rule.startswith(words) for rule, words in zip(broken(answer), rules, strict=True))
    assert said in sentences(answer)
    assert "s3cret" not in answer.out


def test_purging_mends_what_it_is_said_to_mend(database: Path) -> None:
    interrupted_long_ago(database)
    embedding_in_the_database(database)
    pipeline("db", "purge", "--all", "--database", database)
    answer = pipeline("audit", database, "--format", "json")
    assert broken(answer) == [], sentences(answer)


def test_a_run_at_work_breaks_no_rule(database: Path) -> None:
    store = FlowStore.open(str(database))
    run_id = store.begin_run(describe("another")).run_id
    store.save_progress(run_id, "A", [seen(run_id, "A", MORNING)], [], "1")
    answer = pipeline("audit", database, "--format", "json")
    store.close()
    assert broken(answer) == [], sentences(answer)


def test_a_folder_is_searched_for_pictures_footage_and_databases(database: Path) -> None:
    crop = np.random.default_rng(1).integers(0, 255, (160, 80, 3)).astype(np.uint8)
    blurred: Image = cv2.GaussianBlur(crop, (31, 31), 0)  # type: ignore[assignment]
    cv2.imwrite(str(database.parent / "blurred.png"), Anonymizer().crop(blurred))
    assert broken(pipeline("audit", database.parent, "--format", "json")) == []
    cv2.imwrite(str(database.parent / "sharp.png"), crop)
    (database.parent / "street.mp4").write_bytes(b"footage")
    a_password_in_a_checkpoint(database)
    answer = pipeline("audit", database.parent, "--format", "json")
    assert len(broken(answer)) == 3, sentences(answer)
    assert all(name in sentences(answer) for name in ("sharp.png", "street.mp4", "progress.checkpoint"))


def test_the_page_tells_an_officer_what_was_checked_and_found(database: Path, tmp_path: Path) -> None:
    interrupted_long_ago(database)
    answer = pipeline("audit", database, "--html", tmp_path / "audit.html")
    page = (tmp_path / "audit.html").read_text()
    assert answer.code == 1
    for words in ("flows.db", "fietsflow 0.", "No run was left unfinished", "was interrupted", "not checked"):
        assert words in page, words
    assert "http" not in page.replace("http-equiv", ""), "the page needs the network"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere.db",), "does not exist"),
        (("sqlite:///nowhere.db",), "does not exist"),
        (("flows.db", "--face-model", "yunet.onnx"), "--face-model: a database holds no pictures"),
    ],
)
def test_what_cannot_be_audited_is_wrong_usage(arguments: tuple[str, ...], message: str) -> None:
    answer = pipeline("audit", *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert message in answer.err


def test_beside_counts_of_journeys_embeddings_are_the_only_bytes_that_the_schema_has_room_for() -> None:
    columns = [column for table in metadata.tables.values() for column in table.columns]
    found = [one for one in columns if one.type.python_type is bytes]
    packed = [one for one in trips.columns if one.type.python_type is bytes]
    assert found == [gallery.c.embedding, *packed]
    assert [one.name for one in packed] == ["routes", "moments"]


@pytest.mark.parametrize(
    ("text", "leaks"),
    [
        ("rtsp://bob:s3cret@camera/1", True),
        ("rtsp://bob@camera/1", True),
        ("http://camera/video?user=bob&password=s3cret", True),
        ("reads http://camera/1?token=s3cret", True),
        ('{"inner": ["postgresql://bob:s3cret@db/flows"]}', True),
        ("rtsp://bob:s3[cret@camera", True),
        ("rtsp://camera:554/1", False),
        ("A 08:00 @ noon.mp4", False),
        ('{"source": "b.mp4", "frame": 3}', False),
    ],
)
def test_credentials_are_known_when_seen(text: str, leaks: bool) -> None:
    assert holds_credentials(text) is leaks


@pytest.fixture
def why(tmp_path: Path) -> Path:
    """A file of a run that was asked why, beside nothing else."""
    path = tmp_path / "results" / "why.csv"
    path.parent.mkdir()
    with ReasonsFile.at(path, UTC):
        pass
    return path


def readable_by_all(path: Path) -> None:
    path.chmod(0o644)


def of_last_year(path: Path) -> None:
    moment = time.time() - 400 * 86_400
    os.utime(path, (moment, moment))


def of_an_interrupted_run(path: Path) -> None:
    with suppress(ZeroDivisionError), ReasonsFile.at(path, UTC) as reasons:
        reasons.begin("a run")
        raise ZeroDivisionError
    part = path.with_name(".why.csv.part")
    moment = time.time() - 2 * 86_400
    os.utime(part, (moment, moment))


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (readable_by_all, "other users may read it; run: chmod 600"),
        (of_last_year, "is 400 days old; delete it"),
        (of_an_interrupted_run, "left by a run that was interrupted"),
    ],
)
def test_a_file_that_says_who_passed_when_is_known(
    why: Path, harm: Callable[[Path], None], words: str
) -> None:
    assert broken(pipeline("audit", why, "--format", "json")) == []
    clean = pipeline("audit", why.parent, "--format", "json")
    assert broken(clean) == []
    assert "1 files of pipeline run --explain with 0 rows" in clean.out
    harm(why)
    answer = pipeline("audit", why.parent, "--format", "json")
    assert broken(answer) == [
        "Who passed when is told to the operator alone, and for as long as somebody looks into it."
    ]
    assert words in sentences(answer)
