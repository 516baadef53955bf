from hypothesis import given
from hypothesis import strategies as st

from reid.datasets import DukeName, MarketName, MarsName, PairName

numbers = st.integers(0, 10**7)


@given(st.builds(MarketName, st.integers(-1, 10**6), numbers, numbers, numbers, st.integers(0, 500)))
def test_a_market_name_reads_back_as_it_was_written(name: MarketName) -> None:
    assert MarketName.parse(str(name)) == name, str(name)


def test_the_published_example_is_written_as_published() -> None:
    assert str(MarketName(1, 1, 1, 1051, 0)) == "0001_c1s1_001051_00.jpg"


@given(st.builds(PairName, st.sampled_from(["motorcycle", "cargo_bike", "bus"]), numbers, st.integers(0, 99)))
def test_a_pair_name_reads_back_as_it_was_written(name: PairName) -> None:
    assert PairName.parse(str(name)) == name, str(name)


def test_market_1501_has_a_doubled_suffix_and_junk() -> None:
    assert MarketName.parse("-1_c3s2_088003_07.jpg.jpg") == MarketName(-1, 3, 2, 88003, 7)


@given(st.text(max_size=30))
def test_no_text_makes_the_reading_of_names_fail(text: str) -> None:
    assert MarketName.parse(text) is None or "_c" in text
    assert PairName.parse(text) is None or "_cam" in text


@given(st.builds(DukeName, st.integers(-1, 10**6), numbers, numbers))
def test_a_duke_name_reads_back_as_it_was_written(name: DukeName) -> None:
    assert DukeName.parse(str(name)) == name, str(name)


@given(st.builds(MarsName, st.integers(-1, 9999), st.integers(0, 9), st.integers(0, 9999), numbers))
def test_a_mars_name_reads_back_as_it_was_written(name: MarsName) -> None:
    assert MarsName.parse(str(name)) == name, str(name)


def test_the_published_examples_of_duke_and_mars_are_written_as_published() -> None:
    assert str(DukeName(1, 2, 46182)) == "0001_c2_f0046182.jpg"
    assert str(MarsName(65, 1, 2, 16)) == "0065C1T0002F016.jpg"
    assert MarsName.parse("00-1C1T0001F001.jpg") == MarsName(-1, 1, 1, 1)
