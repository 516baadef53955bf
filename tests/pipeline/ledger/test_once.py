"""However footage arrives, the time that is counted is that of one clean run, and no second counts twice."""

from dataclasses import dataclass, replace

from hypothesis import given
from hypothesis import strategies as st

from pipeline.ledger import Counted, Fate, Offered, Sweep, Wishes, choose
from pipeline.ledger.removing import without

DAY = 1_715_666_400.0
"""A Tuesday morning; seconds of the tests count from here."""


@dataclass(frozen=True)
class File:
    """A file that some night finds: a stretch of the camera's recording."""

    name: str
    start: int
    end: int

    def offered(self, camera: str = "A") -> Offered:
        digest = f"{camera}{self.name}{self.start}-{self.end}"
        return Offered(camera, self.name, digest, DAY + self.start, DAY + self.end)


def read(counted: tuple[Counted, ...], sweep: Sweep, stop_at: float | None = None) -> tuple[Counted, ...]:
    """What a run would leave in the ledger; one that is killed stops at a moment of its sweep."""
    left = list(without(counted, sweep.removed))
    last = dict.fromkeys({one.source.camera for one in sweep.decisions}, 0.0)
    for decision in sweep.decisions:
        if not decision.is_read:
            continue
        source = decision.source
        start, end = max(decision.begin, last[source.camera]), source.end + decision.later_s
        seen = end if stop_at is None else min(end, stop_at)
        last[source.camera] = max(last[source.camera], end)
        if start < seen:
            left.append(Counted(source.camera, source.name, source.digest, start, seen, seen == end, "s"))
    return tuple(left)


def seconds(counted: tuple[Counted, ...], camera: str = "A") -> list[int]:
    """Every second that was counted, as often as it was."""
    return sorted(
        second
        for one in counted
        if one.camera == camera and one.start is not None and one.end is not None
        for second in range(round(one.start - DAY), round(one.end - DAY))
    )


@st.composite
def files(draw: st.DrawFn) -> File:
    """Any stretch, under any name: cuts, growing files, copies, trimmed and repeated exports."""
    start = 2 * draw(st.integers(0, 30))
    length = 2 * draw(st.integers(2, 20))
    return File(draw(st.sampled_from("abcdef")), start, start + length)


NIGHTS = st.lists(st.lists(files(), max_size=4, unique_by=lambda one: one.name), min_size=1, max_size=5)


@given(NIGHTS)
def test_every_second_that_any_night_offered_is_counted_once(nights: list[list[File]]) -> None:
    counted: tuple[Counted, ...] = ()
    offered: set[int] = set()
    for night in nights:
        sweep = choose({"A": [one.offered() for one in night]}, counted, Wishes(settings="s"))
        counted = read(counted, sweep)
        offered |= {second for one in night for second in range(one.start, one.end)}
    assert seconds(counted) == sorted(offered)


@given(NIGHTS, st.lists(st.integers(0, 50), min_size=5, max_size=5))
def test_a_night_that_was_cut_off_is_made_up_for_by_the_next(
    nights: list[list[File]], stops: list[int]
) -> None:
    counted: tuple[Counted, ...] = ()
    everything: dict[str, File] = {}
    for night, stop in zip(nights, stops, strict=False):
        everything |= {one.name: one for one in night}
        counted = read(counted, tonight(everything, counted), DAY + 2 * stop)
        assert len(seconds(counted)) == len(set(seconds(counted))), "a second was counted twice"
    counted = read(counted, tonight(everything, counted))
    assert set(seconds(counted)) >= {t for one in everything.values() for t in range(one.start, one.end)}
    assert not new_time(everything, counted)


def tonight(there: dict[str, File], counted: tuple[Counted, ...]) -> Sweep:
    return choose({"A": [one.offered() for one in there.values()]}, counted, Wishes(settings="s"))


def new_time(there: dict[str, File], counted: tuple[Counted, ...]) -> set[int]:
    return set(seconds(read(counted, tonight(there, counted)))) - set(seconds(counted))


@given(st.lists(files(), min_size=1, max_size=6, unique_by=lambda one: one.name), st.data())
def test_the_second_night_over_the_same_files_reads_nothing(night: list[File], data: st.DataObject) -> None:
    offered = [one.offered() for one in night]
    counted = read((), choose({"A": offered}, (), Wishes(settings="s")))
    renamed = [replace(one, name=f"{one.name}-moved") for one in offered]
    for again in (offered, renamed, data.draw(st.permutations(offered))):
        assert choose({"A": again}, counted, Wishes(settings="s")).is_empty


@given(files(), st.integers(0, 5), st.integers(0, 5))
def test_a_copy_that_was_trimmed_or_remuxed_is_refused(whole: File, head: int, tail: int) -> None:
    counted = read((), choose({"A": [whole.offered()]}, (), Wishes(settings="s")))
    copy = File("copy", whole.start + min(head, 1), whole.end - min(tail, 1))
    sweep = choose({"A": [copy.offered()]}, counted, Wishes(settings="s"))
    assert sweep.is_refused
    assert f"was counted from {whole.name} already" in sweep.decisions[0].sentence
    assert "--replace" in sweep.decisions[0].sentence


def test_a_file_that_grew_is_read_on_from_where_it_was() -> None:
    counted = read((), tonight({"a": File("a", 0, 30)}, ()))
    [decision] = tonight({"a": File("a", 0, 60)}, counted).decisions
    assert (decision.fate, decision.behind, decision.sentence) == (Fate.CONTINUED, DAY + 30, "")


def test_another_recording_under_the_same_name_is_told_and_what_was_counted_stays() -> None:
    counted = read((), choose({"A": [File("a", 0, 60).offered()]}, (), Wishes(settings="s")))
    other = replace(File("a", 0, 60).offered(), digest="other bytes")
    (decision,) = choose({"A": [other]}, counted, Wishes(settings="s")).decisions
    assert decision.fate is Fate.KNOWN
    assert decision.sentence.startswith("a holds other bytes than when it was counted")
    (again,) = choose({"A": [other]}, counted, Wishes(settings="s", replace=True)).decisions
    assert again.is_read


def test_a_start_that_was_rounded_down_moves_to_the_end_of_what_was_counted() -> None:
    counted = (Counted("A", "a", "x", DAY, DAY + 30.6, settings="s"),)
    [decision] = choose({"A": [File("b", 30, 60).offered()]}, counted, Wishes(settings="s")).decisions
    assert decision.fate is Fate.NEW
    assert abs(decision.begin - (DAY + 30.6)) < 1e-6


def test_the_same_bytes_at_another_time_are_other_footage() -> None:
    first = File("a", 0, 30).offered()
    later = replace(first, name="b", start=DAY + 60, end=DAY + 90)
    counted = read((), choose({"A": [first]}, (), Wishes(settings="s")))
    [decision] = choose({"A": [later]}, counted, Wishes(settings="s")).decisions
    assert decision.fate is Fate.NEW


def test_footage_whose_clock_was_set_otherwise_stays_as_it_was_counted() -> None:
    first = File("a", 0, 30).offered()
    counted = read((), choose({"A": [first]}, (), Wishes(settings="s")))
    moved = replace(first, start=DAY + 3600, end=DAY + 3630)
    sweep = choose({"A": [moved]}, counted, Wishes(settings="s"))
    assert sweep.is_empty
    assert "was counted as beginning at" in sweep.decisions[0].sentence
    again = choose({"A": [moved]}, counted, Wishes(replace=True, settings="s"))
    assert seconds(read(counted, again)) == list(range(3600, 3630))


def test_a_camera_with_another_name_is_asked_about_and_replaced_where_it_hung() -> None:
    source = File("a", 0, 30).offered("A")
    counted = read((), choose({"A": [source]}, (), Wishes(settings="s")))
    renamed = {"north": [replace(source, camera="north")]}
    sweep = choose(renamed, counted, Wishes(settings="s"))
    assert sweep.is_refused
    assert "pipeline db rename-camera" in sweep.decisions[0].sentence
    again = choose(renamed, counted, Wishes(replace=True, settings="s"))
    left = read(counted, again)
    assert (seconds(left), seconds(left, "north")) == ([], list(range(30)))
    assert any("camera A" in note for note in again.notes)


def test_a_period_is_replaced_and_the_rest_is_left() -> None:
    there = [File(name, start, start + 20).offered() for name, start in (("a", 0), ("b", 20), ("c", 40))]
    counted = read((), choose({"A": there}, (), Wishes(settings="old")))
    wishes = Wishes(replace=True, since=DAY + 25, until=DAY + 30, settings="new")
    sweep = choose({"A": there}, counted, wishes)
    assert [one.source.name for one in sweep.decisions if one.is_read] == ["b"]
    assert seconds(read(counted, sweep)) == list(range(60))


def test_changed_settings_leave_old_footage_and_say_so_once() -> None:
    there = [File(name, start, start + 20).offered() for name, start in (("a", 0), ("b", 20))]
    counted = read((), choose({"A": there}, (), Wishes(settings="s")))
    sweep = choose({"A": there}, counted, Wishes(settings="new"))
    assert sweep.is_empty
    assert sweep.notes == (
        "2 files were counted with other settings and stay as they are; --replace reads them again",
    )
