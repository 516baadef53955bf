"""What travel times are learnt from: the matches of a whole site, by the moment of arrival."""

from flows.database import FlowStore, travelled
from flows.values import Travelled
from tests.flows.written import MORNING, Ride, describe, write_run


def test_the_matches_of_all_runs_of_a_site_are_read_by_their_moment(url: str) -> None:
    store = FlowStore.open(url)
    hours = [(MORNING, MORNING + 7200)]
    first = write_run(
        store,
        [Ride((("A", MORNING), ("B", MORNING + 60.25), ("A", MORNING + 100)))],
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
        assert sorted(found, key=lambda one: one.moment) == [
            Travelled(f"{first[:8]}-B-{MORNING + 60.25:.6f}", "A", "B", MORNING + 60.25, 60.25, 0.375),
            Travelled(f"{first[:8]}-A-{MORNING + 100:.6f}", "B", "A", MORNING + 100, 39.75, 0.375),
            Travelled(f"{second[:8]}-B-{MORNING + 3690:.6f}", "A", "B", MORNING + 3690, 90.0, 0.375),
        ]
    some = travelled(store.database, first, MORNING + 60.25, MORNING + 100)
    assert [one.travel_s for one in some] == [60.25], "from a moment until before another"
    store.close()
