"""Roll-ups are never stale: after any changes, the views show what all passages say."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from flows.database import Account, CountedTime, FlowStore, Unobserved
from flows.database.cameras import remove_camera, rename_camera
from flows.values import Sighting
from tests.flows.database.from_scratch import rows_from_scratch, sorted_rows
from tests.flows.written import MORNING, Ride, describe, journey_of, random_rides, seen, write_run
from tracking.errors import UsageError

DAY = 86_400.0
VIEWS = ("camera_counts", "route_counts", "od_matrix", "travel_times")


def require_agreement(store: FlowStore, after: str) -> int:
    """Compare every view with what is computed from scratch; return the number of rows."""
    with store.database.transaction() as connection:
        expected = rows_from_scratch(connection)
        found = {name: sorted_rows(connection, f"SELECT * FROM {name}") for name in VIEWS}
        left = [
            connection.execute(text(f"SELECT COUNT(*) FROM {table}")).scalar_one()
            for table in ("touched_time", "touched_journeys")
        ]
    for name in VIEWS:
        wrong = sorted(set(found[name]) ^ set(expected[name]), key=str)
        assert not wrong, f"after {after}: {len(wrong)} rows of {name} differ, such as {wrong[:2]}"
        assert len(found[name]) == len(expected[name]), f"after {after}: rows of {name} are doubled"
    require_routes_add_up(store, after)
    assert left == [0, 0], f"after {after}: something touched was not computed"
    return sum(map(len, found.values()))


def require_routes_add_up(store: FlowStore, after: str) -> None:
    """What the statistics read of other days is the sum of what the views read."""
    quarters = text("SELECT route_id, SUM(cyclists) FROM route_count GROUP BY route_id ORDER BY route_id")
    days = text("SELECT route_id, SUM(cyclists) FROM route_day GROUP BY route_id ORDER BY route_id")
    ever = text("SELECT route_id, cyclists FROM route ORDER BY route_id")
    with store.database.transaction() as connection:
        by_quarter, by_day, whole = (
            [tuple(row) for row in connection.execute(one)] for one in (quarters, days, ever)
        )
    assert by_quarter == by_day == whole, f"after {after}"


@dataclass
class Street:
    """Somebody who does to a database whatever may be done to it, at random."""

    store: FlowStore
    dice: random.Random
    cameras: list[str] = field(default_factory=lambda: list("ABCD"))
    runs: int = 0
    done: list[str] = field(default_factory=list)

    def something(self) -> None:
        choices: list[Callable[[], None]] = [
            self.run_of_a_day,
            self.run_of_a_day,
            self.live_run,
            self.read_again,
            self.rename,
            self.remove,
            self.discard,
            self.purge_run,
        ]
        one = self.dice.choice(choices)
        self.done.append(one.__name__)
        one()

    def day(self) -> float:
        """Today, or any day before it."""
        return self.dice.choice((0, 0, -1, 1, -3)) * DAY

    def rides(self, count: int) -> list[Ride]:
        off = self.day()
        found = random_rides(self.dice.randrange(1000), count, 0.9, "".join(self.cameras[:4]))
        return [
            Ride(tuple((camera, round(at + off, 6)) for camera, at in ride.stops), ride.direction)
            for ride in found
        ]

    def watched(self, at: float) -> dict[str, list[tuple[float, float]]]:
        pieces = {}
        for camera in self.cameras:
            begin = at + self.dice.choice((0.0, 100.5, 1800.0))
            pieces[camera] = [(begin, begin + self.dice.choice((900.0, 1234.5, 3000.25)))]
        return pieces

    def description(self, **options: object) -> object:
        self.runs += 1
        return describe(f"run {self.runs}", "".join(self.cameras), **options)

    def run_of_a_day(self) -> None:
        rides = self.rides(12)
        write_run(self.store, rides, self.watched(rides[0].stops[0][1] - 600), self.description())

    def live_run(self) -> None:
        """Little by little: coverage grows, passages come late, a journey is found after others."""
        run_id = self.store.begin_run(self.description(live=True)).run_id
        begin = MORNING + self.day()
        passages: list[Sighting] = []
        for step in range(4):
            for camera in self.cameras:
                new = [seen(run_id, camera, begin + 400 * step + self.dice.random() * 300 + 0.5)]
                new += [replace(one, direction="back") for one in passages[-1:] if one.camera == camera]
                passages += new[:1]
                until = begin + 400 * (step + 1)
                self.store.save_progress(run_id, camera, new, [(begin + 400 * step, until)], str(step))
        ordered = sorted(passages, key=lambda one: one.enter_time)
        journeys = [journey_of(ordered[place : place + 3]) for place in range(0, len(ordered), 3)]
        for some in (journeys[1:], journeys[:1]):
            self.store.save_matching(run_id, begin + 1600, (), some, forget_before=begin)
        self.retract(run_id, ordered)
        self.store.finish_run(run_id)

    def retract(self, run_id: str, ordered: list[Sighting]) -> None:
        gone = self.dice.choice(ordered)
        other = self.dice.choice([one for one in ordered if one.sighting_id != gone.sighting_id])
        carried = replace(other, direction="about", exit_time=other.exit_time + 1)
        begin = ordered[-1].enter_time + self.dice.choice((0, 4000))
        dark = Unobserved(begin, begin + self.dice.choice((10, 3000)), "black")
        account = Account((), (dark,), (carried,), (gone.sighting_id,))
        self.store.save_progress(run_id, other.camera, (), [], "last", account)

    def read_again(self) -> None:
        """What ``--replace`` does to some minutes of some cameras."""
        begin = MORNING + self.day() + self.dice.random() * 1800
        spans = tuple(
            CountedTime(camera, begin, begin + self.dice.choice((60.0, 900.0, 90000.0)))
            for camera in self.dice.sample(self.cameras, 2)
        )
        run_id = self.store.begin_run(self.description(removed=spans)).run_id
        self.store.finish_run(run_id)

    def rename(self) -> None:
        place = self.dice.randrange(len(self.cameras))
        new = self.dice.choice([one for one in "ABCDEFGH" if one not in self.cameras])
        try:
            rename_camera(self.store.database, "street", self.cameras[place], new)
        except UsageError:
            return
        self.cameras[place] = new

    def remove(self) -> None:
        if self.runs:
            try:
                remove_camera(self.store.database, "street", self.dice.choice(self.cameras))
            except UsageError:
                return

    def discard(self) -> None:
        with self.store.database.transaction() as connection:
            found = (
                connection.execute(text("SELECT run_id FROM run ORDER BY started, run_id")).scalars().all()
            )
        if found:
            self.store.discard_run(self.dice.choice(found))

    def purge_run(self) -> None:
        """An owner who takes rows out of the tables, beside the program."""
        with self.store.database.transaction() as connection:
            most = connection.execute(text("SELECT MAX(enter_time) FROM sighting")).scalar()
            gone = {"moment": (most or 0) - 600_000_000}
            connection.execute(text("DELETE FROM sighting WHERE enter_time > :moment"), gone)
            connection.execute(
                text("UPDATE sighting SET enter_time = enter_time - 400000000 WHERE frames = 42")
            )


@pytest.mark.parametrize("seed", range(4))
def test_after_any_changes_the_views_show_what_all_passages_say(store: FlowStore, seed: int) -> None:
    street = Street(store, random.Random(seed))
    rows = 0
    street.run_of_a_day()
    write_run(store, street.rides(8), street.watched(MORNING), describe(cameras="ABCD", site="bridge"))
    for _ in range(7):
        street.something()
        rows += require_agreement(store, ", ".join(street.done))
    assert rows > 0


def test_what_an_owner_changes_is_counted_with_the_next_writing_of_the_program(url: str) -> None:
    store = FlowStore.open(url)
    write_run(store, random_rides(3, 40, 1.5), {one: [(MORNING, MORNING + 9000)] for one in "ABCD"})
    with replace(store.database, rolls_up=False).transaction() as connection:
        connection.execute(text("DELETE FROM sighting WHERE direction = 'left'"))
        connection.execute(text("DELETE FROM journey_stop WHERE stop > 1"))
        begun = "SELECT journey_id FROM journey_stop WHERE stop = 0"
        connection.execute(text(f"DELETE FROM journey WHERE journey_id NOT IN ({begun})"))
    store.purge_expired(MORNING)
    require_agreement(store, "SQL of the owner's own")
    store.close()


def test_another_time_zone_has_other_days(store: FlowStore) -> None:
    watched = {one: [(MORNING, MORNING + 9000)] for one in "ABCD"}
    write_run(store, random_rides(3, 40, 1.5), watched)
    for timezone in ("Asia/Kathmandu", "America/New_York"):
        write_run(store, [], watched, describe(timezone, "ABCD", timezone=timezone))
        with store.database.transaction() as connection:
            (midnight,) = connection.execute(text("SELECT DISTINCT day FROM route_day")).scalars()
            days = connection.execute(text("SELECT SUM(cyclists) FROM route_day")).scalar_one()
            routes = connection.execute(text("SELECT SUM(cyclists) FROM route")).scalar_one()
        local = datetime.fromtimestamp(midnight / 1e6, ZoneInfo(timezone))
        assert (local.hour, local.minute) == (0, 0)
        assert days == routes == 40


def test_footage_that_was_not_watched_makes_the_time_of_a_site_longer(store: FlowStore) -> None:
    run_id = store.begin_run(describe(cameras="AB")).run_id
    store.save_progress(run_id, "A", [seen(run_id, "A", MORNING + 5)], [(MORNING, MORNING + 900)], "1")
    sizes = [require_agreement(store, "coverage")]
    for end in (2000, 8000):
        dark = Account(unobserved=(Unobserved(MORNING + 1000, MORNING + end, "black"),))
        store.save_progress(run_id, "B", [], [], str(end), dark)
        sizes.append(require_agreement(store, f"darkness until {end}"))
    store.finish_run(run_id)
    again = describe("again", "AB", removed=(CountedTime("B", MORNING, MORNING + 9000),))
    store.begin_run(again)
    sizes.append(require_agreement(store, "reading the darkness again"))
    assert sizes[0] < sizes[1] < sizes[2], sizes
    assert sizes[3] == sizes[0], "the time of the darkness is gone"
