"""What a centre answers to those who may send, and to all others."""

import json
import sqlite3
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.edge import LARGEST_BATCH, Batch, batch_of
from tests.web.centre.conftest import Listening
from web.access import Limits
from web.centre import application


def stored(listening: Listening) -> tuple[int, ...]:
    """Rows of every table that a batch fills."""
    tables = ("sighting", "coverage", "unobserved", "progress", "inbox", "run", "withdrawn", "unlinkable")
    with closing(sqlite3.connect(listening.database)) as connection:
        return tuple(connection.execute(f"SELECT count(*) FROM {one}").fetchone()[0] for one in tables)


def whole_batch(listening: Listening) -> dict[str, object]:
    while not listening.box.done:
        listening.box.count()
    batch = batch_of("street", listening.box.outbox.pending(), [])
    told: dict[str, object] = json.loads(batch.model_dump_json())
    return told


def test_a_batch_is_stored_once(listening: Listening) -> None:
    body = json.dumps(whole_batch(listening)).encode()
    status, told = listening.post(body)
    assert (status, told) == (200, {"received": json.loads(body)["last"]})
    once = stored(listening)
    assert listening.post(body) == (200, told)
    assert stored(listening) == once


def test_a_batch_that_is_not_the_next_is_refused_with_the_place(listening: Listening) -> None:
    batch = {**whole_batch(listening), "after": 5, "last": 10}
    status, told = listening.post(json.dumps(batch).encode())
    assert (status, told["received"]) == (409, 0)


@pytest.mark.parametrize("token", ["", "wrong", "é"])
def test_strangers_are_told_nothing(listening: Listening, token: str) -> None:
    answer = listening.client.post(
        "/v1/batches", content=b"{}", headers={"Authorization": f"Bearer {token}".encode("latin-1")}
    )
    assert answer.status_code == 401
    assert "token" in answer.json()["error"]


def test_strangers_are_slowed_down(listening: Listening) -> None:
    codes = {listening.post(b"{}", token="wrong")[0] for _ in range(application.STRANGERS_A_MINUTE + 1)}
    assert codes == {401, 429}


def test_a_box_that_is_deleted_from_the_file_is_heard_no_more(listening: Listening) -> None:
    body = json.dumps(whole_batch(listening)).encode()
    listening.token_file.write_text('{"boxes": []}', encoding="utf-8")
    assert listening.post(body)[0] == 401


def test_what_is_too_large_is_not_read(listening: Listening) -> None:
    assert listening.post(b"[" * (LARGEST_BATCH + 1))[0] == 413
    headers = {"Authorization": f"Bearer {listening.token}"}
    pieces = (b"[" * (LARGEST_BATCH // 8) for _ in range(9))  # Nothing tells its length beforehand.
    assert listening.client.post("/v1/batches", content=pieces, headers=headers).status_code == 413


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[" * 100_000,
        b'{"format":' * 50_000,
        b"\xff\xfe",
        b'"\\ud800"',
        b"NaN",
        b"1e999",
        b"9" * 100_000,
    ],
)
def test_what_is_no_batch_is_refused_in_one_sentence(listening: Listening, body: bytes) -> None:
    status, told = listening.post(body)
    assert status == 422
    assert len(str(told["error"])) < 200


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (("format",), 2, "format: Input should be 1"),
        (("sightings", 0, "enter_us"), "noon", "sightings.0.enter_us: Input should be a valid integer"),
        (("sightings", 0, "quality"), float("nan"), "sightings.0.quality: Input should be a finite number"),
        (("sightings", 0, "quality"), 1.5, "sightings.0.quality: Input should be less than or equal to 1"),
        (("sightings", 0, "plate"), "XX-99", "sightings.0.plate: Extra inputs are not permitted"),
        (("sightings", 0, "embedding"), "!", "sightings.0: Value error, embedding is not base64"),
        (("sightings", 0, "embedding"), "AACAPwAAgD8=", "embedding is not of length 1"),
        (("sightings", 0, "embedding"), "AACAPw==", "numbers, others of model stripes have"),
        (("sightings", 0, "direction"), "\u0000", "holds characters that cannot be printed"),
        (
            ("watched", 0, "to_us"),
            946_684_800_000_000,
            "watched.0: Value error, from_us and to_us must be in order",
        ),
        (("sightings", 0, "enter_us"), 0, "sightings.0.enter_us: Input should be greater than"),
        (
            ("sightings", 0, "exit_us"),
            4_102_444_800_000_000,
            "camera B: 4102444800000000 lies more than a day",
        ),
        (("stream",), "x", "stream: String should match pattern"),
        (("last",), -1, "last: Input should be greater than or equal to 0"),
    ],
)
def test_what_is_wrong_is_named(
    listening: Listening, path: tuple[str | int, ...], value: object, sentence: str
) -> None:
    batch = whole_batch(listening)
    place: object = batch
    for step in path[:-1]:
        place = place[step]  # type: ignore[index]
    place[path[-1]] = value  # type: ignore[index]
    before = stored(listening)
    status, told = listening.post(json.dumps(batch).encode())
    assert status == 422
    assert sentence in str(told["error"])
    assert len(str(told["error"]).splitlines()) == 1
    assert stored(listening) == before


HOSTILE = st.one_of(
    st.none(), st.booleans(), st.integers(), st.integers(-(2**70), 2**70), st.floats(), st.text(max_size=20),
    st.binary(max_size=12).map(lambda raw: raw.hex()), st.sampled_from(["", "\x00", "A" * 5000, "AACAPw=="]),
    st.lists(st.integers(), max_size=3), st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
)  # fmt: skip
JSON = st.recursive(HOSTILE, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner))


def changed(batch: dict[str, object], where: list[int], value: object) -> None:
    """Put a value somewhere into a batch."""
    place: object = batch
    for index, step in enumerate(where):
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))  # type: ignore[arg-type]
        if not keys:
            return
        key = keys[step % len(keys)]
        inner = place[key]  # type: ignore[index]
        if index == len(where) - 1 or not isinstance(inner, dict | list):
            place[key] = value  # type: ignore[index]
            return
        place = inner


MANY = pytest.param(10_000, marks=[pytest.mark.long, pytest.mark.timeout(3600)])


@pytest.mark.parametrize("count", [100, MANY])
def test_nothing_that_is_sent_breaks_it(
    listening: Listening, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = json.dumps(whole_batch(listening))

    @settings(max_examples=count, suppress_health_check=list(HealthCheck))
    @given(
        st.one_of(
            st.binary(max_size=200),
            JSON.map(lambda value: json.dumps(value).encode()),
            st.tuples(st.lists(st.integers(0, 1000), min_size=1, max_size=5), HOSTILE),
        )
    )
    def attack(what: bytes | tuple[list[int], object]) -> None:
        body = what
        if isinstance(body, tuple):
            told = json.loads(batch)
            changed(told, *body)
            body = json.dumps(told).encode()
        before = stored(listening)
        status, answer = listening.post(body)
        assert status in (200, 403, 409, 422), (status, answer)
        if status != 200:
            assert stored(listening) == before
            assert len(str(answer["error"]).splitlines()) == 1

    monkeypatch.setattr(Limits, "admits", lambda *_: True)
    attack()
    assert Batch.parse(batch.encode()).site == "street"
