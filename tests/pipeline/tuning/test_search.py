"""The walk to the cheapest way of looking that agrees."""

from collections.abc import Iterable, Sequence

from hypothesis import given
from hypothesis import strategies as st

from pipeline.tuning.search import cheapest, search
from pipeline.tuning.trial import Trial
from pipeline.tuning.ways import Way

RATES = (5.0, 6.25, 8.0, 12.5)
SIZES = (0.5, 0.65, 0.8, 1.0)
EVERYTHING = 40.0


class Grid:
    """Ways by rate and size alone."""

    reference = Way("every frame", {"every": True})
    rates: Sequence[float] = RATES
    sizes: Sequence[float] = SIZES
    replayable = True
    remarks: Sequence[str] = ()

    def at(self, rate: float, size: float) -> Way:
        return Way(f"{rate} {size}", {"rate": rate, "size": size}, rate, size)

    def beside(self) -> Iterable[Way]:
        return ()

    def refined(self, way: Way) -> Iterable[Way]:
        return ()

    def instead(self, rates: Sequence[float]) -> Iterable[Way]:
        yield Way("small", {"every": True, "size": 0.8}, None, 0.8)


def trial(way: Way, agrees: bool) -> Trial:
    area = EVERYTHING if way.rate is None else way.rate**2 / 5
    return Trial(way, area, area, area, (), 0, None, agrees)


@given(st.lists(st.integers(0, len(RATES)), min_size=len(SIZES), max_size=len(SIZES)))
def test_it_finds_the_cheapest_in_few_tries(needed: list[int]) -> None:
    """For each size the least rate that agrees, no larger for larger sizes."""
    needed.sort(reverse=True)
    grid, tried = Grid(), [trial(Grid.reference, True)]

    def agrees(way: Way) -> bool:
        return way.rate is not None and RATES.index(way.rate) >= needed[SIZES.index(way.size)]

    def attempt(way: Way) -> Trial:
        tried.append(trial(way, agrees(way)))
        return tried[-1]

    search(grid, RATES, attempt)
    every = [trial(grid.at(rate, size), True) for rate in RATES for size in SIZES]
    agreeing = [one.work for one in every if agrees(one.way)]
    found = cheapest(tried)
    assert (found.work if found else None) == min(agreeing, default=None)
    assert len(tried) <= len(RATES) + len(SIZES) + 1


def test_where_fewer_looks_do_not_agree_smaller_ones_may() -> None:
    tried = [trial(Grid.reference, True)]

    def attempt(way: Way) -> Trial:
        tried.append(trial(way, way.rate is None))
        return tried[-1]

    search(Grid(), RATES, attempt)
    found = cheapest(tried)
    assert found is not None
    assert found.way.name == "small"
