"""How footage is cut, and who looks at which stretch when."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.runner.engines.stretches import Lookout, Stretches, scouts_for
from pipeline.sources import PlannedSource, StartOrigin
from pipeline.sources.files import SourceFiles
from pipeline.sources.header import Header

FPS = st.floats(0.5, 60.0)
HEADERS = st.none() | st.builds(
    Header,
    fps=FPS,
    duration_s=st.none() | st.floats(0.0, 600.0),
    frames=st.none() | st.integers(0, 20_000),
    codec=st.just("h264"),
)
LENGTH_S = st.floats(0.5, 600.0)
PER_CHUNK = st.integers(1, 32)


def planned(headers: list[Header | None]) -> list[PlannedSource]:
    return [
        PlannedSource(
            SourceFiles(f"{number}.mp4", Path(f"{number}.mp4")), 60.0 * number, StartOrigin.FILE_NAME, header
        )
        for number, header in enumerate(headers)
    ]


@settings(max_examples=40, deadline=None)
@given(st.lists(HEADERS, max_size=6), LENGTH_S, PER_CHUNK)
def test_every_frame_lies_in_one_stretch_and_they_come_in_order(
    headers: list[Header | None], length_s: float, per_chunk: int
) -> None:
    sources = planned(headers)

    stretches = Stretches.plan(sources, length_s, per_chunk)

    assert [one.number for one in stretches.all] == list(range(len(stretches)))
    assert list(dict.fromkeys(one.source for one in stretches.all)) == [one.name for one in sources]
    for source in sources:
        mine = [one for one in stretches.all if one.source == source.name]
        assert mine[0].begin == 0
        assert mine[-1].end is None
        assert [one.end for one in mine[:-1]] == [one.begin for one in mine[1:]]
        assert all(one.begin % per_chunk == 0 for one in mine), "no stretch ends within a chunk"
        assert all(one.end is None or one.begin < one.end for one in mine)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(HEADERS, min_size=1, max_size=4), LENGTH_S, PER_CHUNK, st.integers(0, 3), st.integers(0, 40_000)
)
def test_the_stretch_of_a_frame_is_found(
    headers: list[Header | None], length_s: float, per_chunk: int, which: int, index: int
) -> None:
    sources = planned(headers)
    stretches = Stretches.plan(sources, length_s, per_chunk)
    source = sources[which % len(sources)].name

    number = stretches.at(source, index)

    assert number is not None
    found = stretches.all[number]
    assert (found.source, found.begin <= index) == (source, True)
    assert found.end is None or index < found.end
    assert stretches.at("another.mp4", index) is None


def test_a_short_rest_belongs_to_the_stretch_before() -> None:
    header = Header(fps=10.0, duration_s=11.5, frames=115, codec="h264")

    begins = [one.begin for one in Stretches.plan(planned([header]), 4.0, 8).all]

    assert begins == [0, 40, 80], "35 frames are a stretch, and 5 would be none"
    header = Header(fps=10.0, duration_s=8.5, frames=85, codec="h264")
    assert [one.begin for one in Stretches.plan(planned([header]), 4.0, 8).all] == [0, 40]


@settings(max_examples=40, deadline=None)
@given(st.data(), st.integers(1, 30), st.integers(1, 5))
def test_a_camera_gets_one_reply_for_each_stretch_whoever_is_lost_and_whenever(
    data: st.DataObject, count: int, scouts: int
) -> None:
    at = data.draw(st.integers(0, count - 1))
    lookout, begun, replies = Lookout(count, at, 2 * scouts), list[int](), list[tuple[int, bool]]()
    number = at
    while number < count:
        lookout.want(number)
        while (reply := lookout.reply()) is None:
            assert number in begun, "the camera waits for somebody"
            step(data, lookout, begun, scouts)
        told, looks = reply
        assert told == number
        assert looks in (None, b"%d" % number)
        replies.append((told, looks is not None))
        for _ in range(data.draw(st.integers(0, 3))):
            step(data, lookout, begun, scouts)
        number += 1

    assert [one for one, _ in replies] == list(range(at, count))
    assert lookout.ahead == sum(looked for _, looked in replies)


def step(data: st.DataObject, lookout: Lookout, begun: list[int], scouts: int) -> None:
    """Let somebody begin, finish or get lost."""
    while len(begun) < scouts and (number := lookout.next()) is not None:
        assert number not in begun
        begun.append(number)
    if begun:
        number = begun.pop(data.draw(st.integers(0, len(begun) - 1)))
        if data.draw(st.booleans()):
            lookout.done(number, b"%d" % number)
        else:
            lookout.lost(number)


def test_nobody_begins_what_the_camera_comes_to_before_it_could_be_done() -> None:
    lookout = Lookout(9, 0, 4)
    assert lookout.next() == 1, "the camera looks at the first by itself"
    lookout.done(1, b"1")
    lookout.want(0)
    assert lookout.reply() == (0, None)
    lookout.want(1)
    assert lookout.reply() == (1, b"1")

    assert lookout.next() == 3, "it needs no time for 1, and comes to 2 at once"


def test_who_is_far_ahead_waits() -> None:
    lookout = Lookout(9, 0, 3)
    assert [lookout.next() for _ in range(4)] == [1, 2, 3, None]
    for number in (1, 2, 3):
        lookout.done(number, b"")
    assert lookout.next() is None
    lookout.want(1)
    assert lookout.reply() == (1, b"")
    assert lookout.next() == 4


def test_a_camera_that_goes_back_finds_what_still_lies_ready() -> None:
    lookout = Lookout(9, 0, 4)
    for number in (1, 2, 3):
        assert lookout.next() == number
        lookout.done(number, b"%d" % number)
    lookout.want(1)
    lookout.begin_again()
    assert lookout.reply() is None, "whoever asked is gone"
    for number in (1, 2):
        lookout.want(number)
        assert lookout.reply() == (number, b"%d" % number)

    lookout.want(1)
    assert lookout.reply() == (1, None), "what it came past is forgotten"
    lookout.want(2)
    assert lookout.reply() == (2, None)
    lookout.want(3)
    assert lookout.reply() == (3, b"3")


def test_a_worker_alone_fills_three_cores() -> None:
    assert [scouts_for(cores, None) for cores in (1, 2, 3, 4, 8, 64)] == [0, 0, 0, 3, 7, 8]
    assert [scouts_for(cores, 20.0) for cores in (1, 2, 3, 4)] == [0, 1, 2, 3]
    assert scouts_for(64, 0.0) == 0
