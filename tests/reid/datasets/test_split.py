import pytest
from hypothesis import given
from hypothesis import strategies as st

from reid.datasets import Part, SplitRule, StoredCrop, StoredTracklet
from reid.datasets.placing import place
from tracking.errors import UsageError

rules = st.sampled_from(["50/10", "40/20", "4/1", "0.5/0.5", "59/1", "10/2"]).map(SplitRule.parse)
moments = st.integers(1_500_000_000, 1_500_020_000)


@st.composite
def tracklets(draw: st.DrawFn) -> list[StoredTracklet]:
    made = []
    for number in range(1, draw(st.integers(0, 25)) + 1):
        enter = draw(moments)
        exit_ = enter + draw(st.integers(1, 90))
        crop = StoredCrop(1, number, 0, draw(st.integers(enter, exit_)))
        rider = draw(st.none() | st.integers(1, 6))
        made.append(StoredTracklet(number, draw(st.integers(1, 3)), enter, exit_, rider, (crop,)))
    return made


@given(rules, moments, st.integers(0, 4000))
def test_every_moment_of_a_passage_is_on_its_side(rule: SplitRule, enter: int, duration: int) -> None:
    side = rule.trains(enter, enter + duration)
    sides = {rule.trains_at(enter + second) for second in range(duration + 1)}
    if side is None:
        assert len(sides) == 2 or duration >= 30, f"{rule}: {duration} s from {enter} crosses nothing"
    else:
        assert sides == {side}, f"{rule}: {duration} s from {enter} is on both sides"


@pytest.mark.parametrize("hour", [0, 7, 23])
def test_of_every_hour_fifty_minutes_train_and_ten_are_held_out(hour: int) -> None:
    rule = SplitRule.parse("50/10")
    start = 1_715_644_800 + hour * 3600  # a full hour
    assert [rule.trains_at(start + 60 * minute) for minute in range(60)] == [True] * 50 + [False] * 10


@given(tracklets(), rules, st.booleans())
def test_the_minutes_of_a_passage_decide_its_part(
    made: list[StoredTracklet], rule: SplitRule, linked: bool
) -> None:
    placed = place(made, rule, linked)
    assert sorted(one.stored.tracklet for one in placed) == [one.tracklet for one in made]
    for one in placed:
        sides = {rule.trains_at(crop.time) for crop in one.stored.crops}
        expected = {
            True: {Part.TRAIN}, False: {Part.VALIDATION, Part.TEST}, None: {Part.LEFT_OUT}
        }[rule.trains(one.stored.enter, one.stored.exit)]  # fmt: skip
        assert one.part in expected, one
        assert one.part is Part.LEFT_OUT or sides == {one.part is Part.TRAIN}, one


@given(tracklets(), rules, st.booleans())
def test_no_identity_is_in_two_parts(made: list[StoredTracklet], rule: SplitRule, linked: bool) -> None:
    parts: dict[int, set[Part]] = {}
    for one in place(made, rule, linked):
        parts.setdefault(one.identity, set()).add(one.part)
    assert all(len(found) == 1 for found in parts.values()), parts


@given(tracklets(), rules)
def test_riders_are_linked_where_held_out_and_nowhere_else(
    made: list[StoredTracklet], rule: SplitRule
) -> None:
    placed = place(made, rule, linked=True)
    held_out = [one for one in placed if one.part in (Part.VALIDATION, Part.TEST)]
    for one in held_out:
        for other in held_out:
            same = one is other or (one.stored.rider is not None and one.stored.rider == other.stored.rider)
            assert (one.identity == other.identity) is same, (one, other)
    train = [one.identity for one in placed if one.part is Part.TRAIN]
    assert len(set(train)) == len(train), f"train identities repeat: {train}"


@given(tracklets(), rules)
def test_without_links_nothing_is_test(made: list[StoredTracklet], rule: SplitRule) -> None:
    placed = place(made, rule, linked=False)
    assert Part.TEST not in {one.part for one in placed}
    assert len({one.identity for one in placed}) == len(placed)


@given(tracklets(), rules, st.booleans(), st.randoms())
def test_the_order_of_the_passages_does_not_matter(
    made: list[StoredTracklet], rule: SplitRule, linked: bool, random: object
) -> None:
    shuffled = list(made)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert place(shuffled, rule, linked) == place(made, rule, linked)


@pytest.mark.parametrize("text", ["50/10", "40/20", "4/1", "0.5/0.5"])
def test_a_split_is_written_as_it_is_read(text: str) -> None:
    assert str(SplitRule.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("50", "is no split"),
        ("", "is no split"),
        ("a/b", "is no split"),
        ("50/0", "is no split"),
        ("-5/10", "is no split"),
        ("nan/10", "is no split"),
        ("inf/1", "is no split"),
        ("50/10/5", "is no split"),
        ("5/2", "does not fill an hour"),
        ("80/40", "does not fill an hour"),
        ("0.3333/0.5", "whole seconds"),
    ],
)
def test_a_wrong_split_is_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        SplitRule.parse(text)
