"""A reader of a real server sees what is published; everything else is refused."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError

from flows.database import DatabaseAddress, FlowStore
from flows.database.readers import PUBLISHED, SMALL_CELLS
from flows.database.schema import VERSION_TABLE, metadata
from flows.database.upgrade import upgrade_schema
from flows.database.views import VIEWS
from tests.command_line import pipeline
from tests.flows.written import MORNING, describe, seen

ROLE = 'city "reader"'


@pytest.fixture
def filled(postgresql_url: str) -> Iterator[str]:
    """A database with an embedding that is still needed; its reader is gone afterwards."""
    store = FlowStore.open(postgresql_url)
    run_id = store.begin_run(describe(cameras="A")).run_id
    store.save_progress(run_id, "A", [seen(run_id, "A", MORNING)], [(MORNING, MORNING + 900)], "")
    store.close()
    yield postgresql_url
    owner = create_engine(DatabaseAddress.parse(postgresql_url).url, isolation_level="AUTOCOMMIT")
    with owner.connect() as connection:
        for role in (ROLE, "other"):
            name = connection.dialect.identifier_preparer.quote(role)
            if connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :r"), {"r": role}).scalar():
                connection.exec_driver_sql(f"DROP OWNED BY {name}")
                connection.exec_driver_sql(f"DROP ROLE {name}")
    owner.dispose()


def as_role(url: str, role: str = ROLE) -> Engine:
    return create_engine(make_url(url).set(drivername="postgresql+psycopg", username=role))


def readable(engine: Engine, names: tuple[str, ...]) -> set[str]:
    """What can really be read, asked one by one."""
    return {name for name in names if _refusal(engine, name) is None}


def _refusal(engine: Engine, name: str) -> str | None:
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(f'SELECT * FROM "{name}"').all()
    except ProgrammingError as error:
        return str(error)
    return None


EVERYTHING = (*metadata.tables, *VIEWS, VERSION_TABLE)


def test_a_reader_sees_the_published_views_and_no_embedding(filled: str) -> None:
    answer = pipeline("db", "grant", ROLE, "--database", filled)
    assert (answer.code, "may read camera_counts, and nothing else" in answer.out) == (0, True), answer
    reader = as_role(filled)
    assert readable(reader, EVERYTHING) == set(PUBLISHED)
    with reader.connect() as connection:
        assert connection.exec_driver_sql("SELECT sum(cyclists) FROM camera_counts").scalar() == 1
    for attempt in (
        "CREATE TABLE camera_counts_too (n int)",
        "DELETE FROM sighting",
        "UPDATE site SET name = 'mine'",
        "SELECT embedding FROM gallery",
        "SET ROLE postgres",
    ):
        with reader.connect() as connection, pytest.raises(ProgrammingError, match="denied"):
            connection.exec_driver_sql(attempt)
    reader.dispose()


def test_small_cells_are_for_the_owners_people_and_are_taken_back_by_the_same_call(filled: str) -> None:
    assert pipeline("db", "grant", ROLE, "--small-cells", "--database", filled).code == 0
    reader = as_role(filled)
    assert readable(reader, EVERYTHING) == {*PUBLISHED, *SMALL_CELLS}
    assert pipeline("db", "grant", ROLE, "--database", filled).code == 0
    assert readable(reader, EVERYTHING) == set(PUBLISHED)
    reader.dispose()


def test_an_upgrade_writes_the_views_anew_and_keeps_their_readers(filled: str) -> None:
    assert pipeline("db", "grant", ROLE, "--database", filled).code == 0
    store = FlowStore.open(filled)
    with store.database.transaction() as connection:
        upgrade_schema(connection)
    store.close()
    reader = as_role(filled)
    assert readable(reader, EVERYTHING) == set(PUBLISHED)
    reader.dispose()


@pytest.mark.parametrize("role", ["postgres", "other"])
def test_a_role_that_reads_everything_anyway_is_refused(filled: str, role: str) -> None:
    owner = create_engine(DatabaseAddress.parse(filled).url)
    if role == "other":
        with owner.begin() as connection:
            connection.exec_driver_sql("CREATE ROLE other LOGIN IN ROLE pg_read_all_data")
    owner.dispose()
    answer = pipeline("db", "grant", role, "--database", filled)
    assert (answer.code, "name a" in answer.err) == (2, True), answer


def test_a_file_has_no_roles(sqlite_url: str) -> None:
    FlowStore.open(sqlite_url).close()
    answer = pipeline("db", "grant", "reader", "--database", sqlite_url)
    assert (answer.code, "knows no roles" in answer.err) == (2, True), answer
