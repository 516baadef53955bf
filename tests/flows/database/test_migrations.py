"""Migrations: from nothing to the schema of the program, once."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, insert, inspect, select, text

import flows.database
from flows.database import DatabaseAddress, FlowStore, Publication, find_revision
from flows.database.connection import Database
from flows.database.schema import REVISIONS, VERSION_TABLE, camera, coverage, metadata, run, sighting, site
from flows.database.times import to_microseconds
from flows.database.upgrade import upgrade_schema
from flows.database.views import VIEWS
from flows.statistics import Interval, Query, camera_counts, read_sites
from tests.flows.written import MORNING, describe
from tracking.errors import DatabaseError, UsageError

pytestmark = pytest.mark.usefixtures("every_migration")
OPEN = "import sys; from flows.database import FlowStore; FlowStore.open(sys.argv[1]).close()"


def test_the_program_knows_exactly_the_migrations_it_brings() -> None:
    folder = Path(flows.database.__file__).parent / "migrations"
    found = [script.revision for script in ScriptDirectory(str(folder)).walk_revisions()]
    assert tuple(reversed(found)) == REVISIONS


def test_migrations_lead_to_the_tables_of_the_program(store: FlowStore) -> None:
    with store.database.transaction() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, metadata) == []
        names = set(inspect(connection).get_table_names())
        views = set(inspect(connection).get_view_names())
    assert names == set(metadata.tables) | {VERSION_TABLE}
    assert views == set(VIEWS)


def test_a_fresh_database_is_at_the_newest_revision(url: str) -> None:
    address = DatabaseAddress.parse(url)
    assert find_revision(address) is None
    FlowStore.open(url).close()
    assert find_revision(address) == REVISIONS[-1]


def test_upgrading_again_keeps_everything(url: str) -> None:
    FlowStore.open(url).close()
    database = Database.connect(DatabaseAddress.parse(url), "rw")
    for _ in range(2):
        with database.transaction() as connection:
            upgrade_schema(connection)
    with database.transaction() as connection:
        assert set(inspect(connection).get_view_names()) == set(VIEWS)
    database.close()


def test_a_failed_upgrade_leaves_nothing_behind(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.database.upgrade.view_definition", lambda name, dialect: "SELECT FROM WHERE")
    with pytest.raises(DatabaseError, match="reports an error"):
        FlowStore.open(url)
    assert find_revision(DatabaseAddress.parse(url)) is None


def test_programs_that_start_together_create_one_schema(url: str) -> None:
    started = [
        subprocess.Popen([sys.executable, "-c", OPEN, url], stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    complaints = [process.communicate(timeout=120)[1] for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], complaints
    FlowStore.open_for_reading(url).close()


def write_as_the_first_version_did(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database of revision 0001 with one site, one run and one cyclist."""
    upgrade = command.upgrade
    monkeypatch.setattr("flows.database.upgrade.command.upgrade", lambda config, _: upgrade(config, "0001"))
    monkeypatch.setattr("flows.database.upgrade.write_what_follows", lambda connection: None)
    database = Database.connect(DatabaseAddress.parse(url), "rwc")
    start, end = to_microseconds(MORNING), to_microseconds(MORNING + 900)
    with database.transaction() as connection:
        upgrade_schema(connection)
        rows = (
            (site, {"site_id": 1, "name": "street", "timezone": "Europe/Amsterdam"}),
            (camera, {"camera_id": 1, "site_id": 1, "name": "A"}),
            (
                run,
                {
                    **{"run_id": "r", "site_id": 1, "fingerprint": "f", "state": "finished", "live": False},
                    **{"gallery_ttl": 1, "started": start},
                },
            ),
            (coverage, {"run_id": "r", "camera_id": 1, "start_time": start, "end_time": end}),
            (
                sighting,
                {
                    **{"sighting_id": "s", "run_id": "r", "camera_id": 1, "direction": "left", "frames": 9},
                    **{"enter_time": start, "exit_time": start + 1, "stationary_s": 0.0, "quality": 1.0},
                    "model_id": "m",
                },
            ),
        )
        for table, values in rows:
            connection.execute(insert(table).values(values))
    database.close()
    monkeypatch.undo()


def test_a_database_of_the_first_version_keeps_its_rows_and_learns_to_publish(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_as_the_first_version_did(url, monkeypatch)
    assert find_revision(DatabaseAddress.parse(url)) == "0001"
    with pytest.raises(UsageError, match="of an older version; first run: pipeline db upgrade"):
        FlowStore.open_for_reading(url)
    store = FlowStore.open(url)
    with store.database.transaction() as connection:
        (found,) = connection.execute(select(site)).all()
    assert tuple(found) == (1, "street", "Europe/Amsterdam", None, None)
    assert [row.cyclists for row in camera_counts(store.database, Query()).rows] == [1]
    (before,) = read_sites(store.database)
    assert (before.min_count, before.interval) == (5, Interval.QUARTER)
    wanted = Publication(50, "1h", frozenset({"min_count", "interval"}))
    store.begin_run(describe(cameras="A", publication=wanted))
    (after,) = read_sites(store.database)
    assert (after.min_count, after.interval) == (50, Interval.HOUR)
    store.close()


def test_of_journeys_that_share_a_sighting_the_longest_is_kept(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_as_the_first_version_did(url, monkeypatch)
    database = Database.connect(DatabaseAddress.parse(url), "rw")
    with database.transaction() as connection:
        known = connection.execute(text("SELECT * FROM sighting")).mappings().one()
        other = dict(known) | {"sighting_id": "other"}
        names = ", ".join(other)
        values = ", ".join(f":{name}" for name in other)
        connection.execute(text(f"INSERT INTO sighting ({names}) VALUES ({values})"), other)
        for journey, stops in (("a", [known["sighting_id"]]), ("b", [known["sighting_id"], "other"])):
            run_id = known["run_id"]
            connection.execute(text("INSERT INTO journey VALUES (:j, :r)"), {"j": journey, "r": run_id})
            for stop, one in enumerate(stops):
                row = {"j": journey, "n": stop, "s": one}
                connection.execute(text("INSERT INTO journey_stop VALUES (:j, :n, :s)"), row)
    database.close()
    monkeypatch.undo()

    store = FlowStore.open(url)
    with store.database.transaction() as connection:
        assert connection.execute(text("SELECT journey_id FROM journey")).scalars().all() == ["b"]
        assert connection.execute(text("SELECT count(*) FROM journey_stop")).scalar() == 2
    store.close()


@pytest.mark.parametrize("revision", REVISIONS[:-1])
def test_a_database_of_every_earlier_revision_becomes_that_of_the_program(
    url: str, revision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_as_the_first_version_did(url, monkeypatch)
    upgrade = command.upgrade
    with monkeypatch.context() as patch:
        patch.setattr("flows.database.upgrade.command.upgrade", lambda config, _: upgrade(config, revision))
        patch.setattr("flows.database.upgrade.write_what_follows", lambda connection: None)
        database = Database.connect(DatabaseAddress.parse(url), "rw")
        with database.transaction() as connection:
            upgrade_schema(connection)
        database.close()
    assert find_revision(DatabaseAddress.parse(url)) == revision

    store = FlowStore.open(url)
    with store.database.transaction() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, metadata) == []
        assert set(inspect(connection).get_view_names()) == set(VIEWS)
        kept = {table.name: connection.scalar(select(func.count()).select_from(table)) for table in KEPT}
    assert kept == dict.fromkeys(kept, 1)
    assert [row.cyclists for row in camera_counts(store.database, Query()).rows] == [1]
    store.close()


KEPT = (site, camera, run, coverage, sighting)
