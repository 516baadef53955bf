"""The drawn minutes: of every camera, quiet hours among them, the same again with the same seed."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.checks import draw_sample, read_hand_counts, write_hand_counts
from flows.checks.sample import allocate
from flows.database import FlowStore
from flows.database.review import Mark, Said, add_mark
from flows.statistics import Query, read_sites
from tests.flows.written import MORNING, Ride, describe, write_run
from tracking.errors import UsageError


@pytest.fixture
def day(sqlite_store: FlowStore) -> FlowStore:
    """A day of two cameras: busy for an hour, a few for some, nobody at night."""
    busy = [Ride((("A", MORNING + 20 * place), ("B", MORNING + 20 * place + 7))) for place in range(180)]
    few = [Ride((("A", MORNING + 3600 * (2 + place)),)) for place in range(6)]
    watched = [(MORNING - 7 * 3600, MORNING + 17 * 3600)]
    write_run(
        sqlite_store, [*busy, *few], {"A": watched, "B": watched}, describe(cameras="AB", timezone="UTC")
    )
    return sqlite_store


def test_every_camera_and_every_stratum_gives_minutes(day: FlowStore) -> None:
    drawn = draw_sample(day.database, Query(), 12, seed=4)
    assert Counter(one.camera for one in drawn) == {"A": 12, "B": 12}
    by_stratum = Counter((one.camera, one.stratum) for one in drawn)
    assert set(by_stratum) == {(camera, name) for camera in "AB" for name in ("quiet", "middle", "busy")}
    assert by_stratum["A", "busy"] > by_stratum["A", "quiet"]
    assert all(one.start % 60 == 0 and one.end - one.start == 60 for one in drawn)
    assert len({(one.camera, one.start) for one in drawn}) == 24


def test_the_same_seed_draws_the_same_and_another_one_others(day: FlowStore) -> None:
    first = draw_sample(day.database, Query(), 5, seed=1)
    assert draw_sample(day.database, Query(), 5, seed=1) == first
    assert draw_sample(day.database, Query(), 5, seed=2) != first
    alone = draw_sample(day.database, Query(cameras=("B",)), 5, seed=1)
    assert alone == tuple(one for one in first if one.camera == "B")


def test_marked_and_unreachable_time_gives_none(day: FlowStore) -> None:
    add_mark(
        day.database, Mark("street", "A", MORNING - 7 * 3600, MORNING, "event", "", Said(0.0, "operator"))
    )
    reachable = {"A": [(MORNING - 600, MORNING + 600)], "B": []}
    drawn = draw_sample(day.database, Query(), 100, 0, reachable)
    assert {one.camera for one in drawn} == {"A"}
    assert sorted(one.start for one in drawn) == [MORNING + 60 * minute for minute in range(10)]
    with pytest.raises(UsageError, match="no camera watched one whole minute"):
        draw_sample(day.database, Query(), 5, 0, {})


@given(st.lists(st.tuples(st.integers(1, 50), st.floats(0, 20)), min_size=1, max_size=4), st.integers(1, 80))
def test_minutes_are_shared_out_whole_and_nobody_is_left_out(
    strata: list[tuple[int, float]], wanted: int
) -> None:
    lengths, rates = [length for length, _ in strata], [rate for _, rate in strata]
    given_ = allocate(lengths, rates, wanted)
    assert sum(given_) == min(wanted, sum(lengths))
    assert all(one <= length for one, length in zip(given_, lengths, strict=True))
    if wanted >= len(strata):
        assert min(given_) >= 1


def test_a_sample_is_written_filled_in_and_read(day: FlowStore, tmp_path: Path) -> None:
    drawn = draw_sample(day.database, Query(), 2, seed=3)
    (site,) = read_sites(day.database)
    text = write_hand_counts(drawn, {"A": ["left", "right"]}, site.zone)
    lines = text.splitlines()
    assert lines[0] == "camera,from,to,direction,count,times"
    assert len(lines) == 1 + 2 * 2 + 2
    with pytest.raises(UsageError, match="holds no count"):
        read_file(tmp_path, text, day)
    filled = "\n".join([lines[0], lines[1][:-1] + "2,3.5 40", lines[2][:-1] + "0,", *lines[3:]])
    left, right = read_file(tmp_path, filled, day)
    assert (left.camera, left.start, left.direction, left.count) == ("A", drawn[0].start, "left", 2)
    assert left.times == (drawn[0].start + 3.5, drawn[0].start + 40)
    assert (right.count, right.times) == (0, ())


def read_file(folder: Path, text: str, store: FlowStore):  # type: ignore[no-untyped-def]
    (folder / "hand.csv").write_text(text, encoding="utf-8")
    return read_hand_counts(folder / "hand.csv", read_sites(store.database)[0].zone)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "has no column camera"),
        ("camera,from,to,direction\n", "has no column count"),
        ("camera,from,to,direction,count\nA,x,y,left,3\n", "line 2, from: 'x' is no date or time"),
        ("camera,from,to,direction,count\nA,2024-05-14T08:01,2024-05-14T08:00,left,3\n", "later than `from`"),
        (
            "camera,from,to,direction,count\nA,2024-05-14T08:00,2024-05-14T08:01,left,-3\n",
            "no number of cycl",
        ),
        (
            "camera,from,to,direction,count,times\nA,2024-05-14T08:00,2024-05-14T08:01,left,3,1 2\n",
            "2 times for a count of 3",
        ),
        (
            "camera,from,to,direction,count,times\nA,2024-05-14T08:00,2024-05-14T08:01,left,1,61\n",
            "a time lies outside",
        ),
        (
            "camera;from;to;direction;count\n" + 2 * "A;2024-05-14T08:00;2024-05-14T08:01;left;1\n",
            "counts the same time and direction again",
        ),
    ],
)
def test_a_file_that_says_what_cannot_be_is_one_sentence(
    day: FlowStore, tmp_path: Path, text: str, sentence: str
) -> None:
    with pytest.raises(UsageError, match=sentence):
        read_file(tmp_path, text, day)
