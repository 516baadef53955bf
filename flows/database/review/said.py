"""Who said something, when, and whether it was taken back."""

from dataclasses import dataclass

from sqlalchemy import Connection, Table, insert, select

from flows.database.times import to_microseconds, to_seconds
from tracking.errors import UsageError

LONGEST = 400
"""Letters of a role, a reason or a note."""


@dataclass(frozen=True, slots=True)
class Said:
    """Who said something; no name of a person is asked for.

    Attributes:
        made: Wall clock, seconds since the epoch.
        role: Such as ``traffic office``.
    """

    made: float
    role: str

    @property
    def row(self) -> dict[str, object]:
        """The two columns."""
        return {"made": to_microseconds(self.made), "role": said_text(self.role, "role")}


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """That something does not hold any more.

    Attributes:
        said: By whom, when.
        reason: Why.
    """

    said: Said
    reason: str


def said_text(text: str, what: str, *, may_lack: bool = False) -> str:
    """A text that somebody gave, in one line.

    Raises:
        UsageError: It is empty or too long.
    """
    line = " ".join(text.split())
    if len(line) > LONGEST:
        raise UsageError(f"the {what} has {len(line)} letters; write {LONGEST} at most")
    if not line and not may_lack:
        raise UsageError(f"the {what} is missing; write one, such as 'traffic office' or 'roadworks'")
    return line


def withdraw(connection: Connection, table: Table, number: int, withdrawal: Withdrawal) -> None:
    """Say that a row does not hold any more.

    Args:
        connection: In a transaction.
        table: Of the withdrawals.
        number: Of the row.
        withdrawal: Who says so, and why.

    Raises:
        UsageError: It was withdrawn before, or no reason is given.
    """
    (key,) = table.primary_key.columns
    if connection.execute(select(key).where(key == number)).scalar() is not None:
        raise UsageError(f"number {number} was withdrawn before; what is wrong again is said anew")
    row = {key.name: number, **withdrawal.said.row, "reason": said_text(withdrawal.reason, "reason")}
    connection.execute(insert(table).values(row))


def withdrawals(connection: Connection, table: Table) -> dict[int, Withdrawal]:
    """Number of a row → how it was withdrawn."""
    (key,) = table.primary_key.columns
    rows = connection.execute(select(key.label("number"), table.c.made, table.c.role, table.c.reason))
    return {row.number: Withdrawal(Said(to_seconds(row.made), row.role), row.reason) for row in rows}
