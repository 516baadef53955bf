"""The schema of an empty database: migrated once by each process of tests, said again from memory after that.

Nearly every test begins with an empty database, and Alembic takes four times as long to find out what to say
to it as the database takes to do it.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, event

from flows.database import upgrade

_IS_EMPTY = {
    "sqlite": "SELECT NOT EXISTS (SELECT 1 FROM sqlite_master)",
    "postgresql": (
        "SELECT NOT EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = current_schema()::regnamespace)"
    ),
}
_READING = ("SELECT", "PRAGMA main.", "PRAGMA temp.")
"""How statements begin that change nothing: what follows from their answers is among the others."""


class SchemaOnce:
    """Stands for `upgrade_schema`: an empty database gets what an earlier one got, statement by statement.

    Any other database is really upgraded.

    Args:
        really: The program's own way.
    """

    def __init__(self, really: Callable[[Connection], None]) -> None:
        self.really = really
        self._said: dict[str, list[tuple[str, Any]]] = {}

    def __call__(self, connection: Connection) -> None:
        upgrade.hold_writer_lock(connection)
        kind = connection.dialect.name
        if not connection.exec_driver_sql(_IS_EMPTY[kind]).scalar_one():
            self.really(connection)
        elif kind in self._said:
            for statement, parameters in self._said[kind]:
                connection.exec_driver_sql(statement, parameters or None).close()
        else:
            self._said[kind] = self._heard(connection)

    def _heard(self, connection: Connection) -> list[tuple[str, Any]]:
        """Really migrate, and remember what was written."""
        said: list[tuple[str, Any]] = []

        def hear(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
            if not statement.lstrip().startswith(_READING):
                said.append((statement, parameters))

        event.listen(connection, "before_cursor_execute", hear)
        try:
            self.really(connection)
        finally:
            event.remove(connection, "before_cursor_execute", hear)
        return said


@pytest.fixture(scope="session", autouse=True)
def schema_once() -> Iterator[SchemaOnce]:
    """Let the stores of all tests begin with the schema that the first of them migrated to."""
    once = SchemaOnce(upgrade.upgrade_schema)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(upgrade, "upgrade_schema", once)
        yield once


@pytest.fixture
def every_migration(schema_once: SchemaOnce) -> Iterator[None]:
    """Really migrate every database, for tests of the migrations themselves."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(upgrade, "upgrade_schema", schema_once.really)
        yield
