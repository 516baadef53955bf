"""Riders are cut into groups as one would do it by hand, day by day, hour by hour, quarter by quarter."""

from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from flows.database import FlowStore
from flows.statistics import Interval, Query, route_counts
from flows.statistics.cutting import cut
from tests.flows.written import MORNING, Ride, describe, write_run

LEVELS = (16, 4, 1)


def by_hand(times: list[int], least: int, levels: tuple[int, ...] = LEVELS) -> list[list[int]]:
    """Groups of moments: each list is one."""
    if not levels:
        return [times]
    parts = [
        [one for one in times if one // levels[0] == at] for at in sorted({one // levels[0] for one in times})
    ]
    large = [part for part in parts if len(part) >= least]
    joined: list[list[int]] = []
    rest: list[int] = []
    for part in parts:
        if len(part) < least:
            rest = rest + part
            if len(rest) >= least:
                joined.append(rest)
                rest = []
    if rest:
        target = joined or large
        smallest = max(at for at, part in enumerate(target) if len(part) == min(map(len, target)))
        joined.append(target.pop(smallest) + rest)
    return joined + [finer for part in large for finer in by_hand(part, least, levels[1:])]


@given(
    st.lists(st.tuples(st.integers(0, 255), st.integers(0, 1)), min_size=1, max_size=80),
    st.integers(2, 6),
    st.booleans(),
)
def test_groups_are_those_made_by_hand(riders: list[tuple[int, int]], least: int, counted: bool) -> None:
    kinds = [kind for _, kind in riders]
    ordered = sorted((kind, time) for time, kind in riders if kinds.count(kind) >= least)
    if counted:
        rows = [(*one, ordered.count(one)) for one in sorted(set(ordered))]
    else:
        rows = [(*one, 1) for one in ordered]
    kind, time, count = np.array(rows, np.int64).reshape(-1, 3).T
    groups = cut(kind, [time // level for level in LEVELS], count, least)
    found: dict[int, list[tuple[int, int]]] = {}
    for group, row in zip(groups.tolist(), rows, strict=True):
        found.setdefault(group, []).extend([row[:2]] * row[2])
    expected = [
        [(of, one) for one in sorted(group)]
        for of in sorted({one for one, _ in ordered})
        for group in by_hand([one for kind_, one in ordered if kind_ == of], least)
    ]
    assert sorted(sorted(group) for group in found.values()) == sorted(expected)


def test_few_riders_of_other_days_go_to_the_smallest_large_day_and_to_no_other(
    sqlite_store: FlowStore,
) -> None:
    """The day before the asked ones is the smallest large day by one rider, and takes two small days."""
    rides = [
        Ride((("A", MORNING + 86_400 * day + 10 * rider), ("B", MORNING + 86_400 * day + 10 * rider + 60)))
        for day, riders in enumerate((1, 5, 6, 1))
        for rider in range(riders)
    ]
    whole = {one: [(MORNING, MORNING + 4 * 86_400)] for one in "AB"}
    write_run(sqlite_store, rides, whole, describe(cameras="AB"))
    begin = datetime.fromtimestamp(MORNING, UTC).replace(hour=0) + timedelta(days=2)
    begin -= timedelta(hours=2)  # Midnight in Amsterdam.
    rows = route_counts(sqlite_store.database, Query(Interval.DAY, begin, begin + timedelta(days=2))).rows
    assert [row.cyclists for row in rows] == [6]
