"""What travel times are learnt from: the matches of a whole site, by the moment of arrival."""

from flows.database import FlowStore, travelled
from flows.values import Travelled
from tests.flows.written import MORNING, Ride, describe, write_run


def test_the_matches_of_all_runs_of_a_site_are_read_by_their_moment(url: str) -> None:
    store = FlowStore.open(url)
    hours = [(MORNING, MORNING + 7200)]
    first = write_run(
        store,
        [
            Ride(
                (("A", MORNING), ("B", MORNING + 60.25), ("A", MORNING + 100)),
                headings=("right", "away", "left"),
            )
        ],
        {"A": hours, "B": hours},
    )
    later = describe("another day", "AB")
    second = write_run(
        store, [Ride((("A", MORNING + 3600), ("B", MORNING + 3690)))], {"A": hours, "B": hours}, later
    )
    elsewhere = describe("elsewhere", "AB", site="other street")
    write_run(store, [Ride((("A", MORNING + 10), ("B", MORNING + 99)))], {"A": hours, "B": hours}, elsewhere)
    for run_id in (first, second):
        found = travelled(store.database, run_id, MORNING, MORNING + 7200)
        expected = [
            Travelled(
                f"{run_id[:8]}-{end}-{MORNING + at:.6f}", start, end, MORNING + at, ridden_s, 0.375, *ways
            )
            for run_id, start, end, at, ridden_s, ways in (
                (first, "A", "B", 60.25, 60.25, ("right", "away")),
                (first, "B", "A", 100.0, 39.75, ("away", "left")),
                (second, "A", "B", 3690.0, 90.0, ("left", "left")),
            )
        ]
        assert sorted(found, key=lambda one: one.moment) == expected
    some = travelled(store.database, first, MORNING + 60.25, MORNING + 100)
    assert [one.travel_s for one in some] == [60.25], "from a moment until before another"
    store.close()
