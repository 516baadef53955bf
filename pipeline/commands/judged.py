"""What the commands have in common by which people judge the numbers: site, role, opened database, days."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.options import settings_of
from tracking.errors import UsageError

if TYPE_CHECKING:
    from flows.database import Database
    from flows.database.review import Said, Withdrawal
    from flows.statistics import Site

SourceArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="SITE_OR_DATABASE", help="A site file (.yaml), or a database.", show_default=False
    ),
]
"""What is judged."""

SiteOption = Annotated[str | None, typer.Option("--site", help="The site, where the database holds several.")]
"""Which site of a database."""

RoleOption = Annotated[
    str, typer.Option("--role", help="Who says so, such as 'traffic office'; no person's name is needed.")
]
"""In which role somebody judges."""

ReasonOption = Annotated[str | None, typer.Option("--reason", help="Why; kept with it.")]
"""Why something is said."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A site whose numbers somebody judges.

    Attributes:
        database: Open.
        site: As the database knows it.
    """

    database: "Database"
    site: "Site"

    def midnight(self, text: str, option: str) -> float:
        """The beginning of a local day, seconds since the epoch.

        Raises:
            UsageError: It is no date.
        """
        try:
            day = date.fromisoformat(text.strip())
        except ValueError as error:
            raise UsageError(f"{option}: '{text}' is no day; write 2026-05-01") from error
        return datetime(day.year, day.month, day.day, tzinfo=self.site.zone).timestamp()

    def moment(self, text: str, option: str) -> float:
        """A moment, local without a zone, seconds since the epoch.

        Raises:
            UsageError: It is none.
        """
        from flows.statistics import parse_moment

        found = parse_moment(text, option)
        return (found if found.tzinfo is not None else found.replace(tzinfo=self.site.zone)).timestamp()

    def local(self, moment: float) -> str:
        """A moment by the clocks of the site, to the minute."""
        return datetime.fromtimestamp(moment, self.site.zone).strftime("%Y-%m-%d %H:%M")

    def day(self, moment: float) -> str:
        """The local day of a moment."""
        return datetime.fromtimestamp(moment, self.site.zone).date().isoformat()

    def taken_back(self, withdrawal: "Withdrawal | None") -> str:
        """The end of a line on what somebody said: nothing where it holds."""
        if withdrawal is None:
            return ""
        said = withdrawal.said
        return f"; withdrawn {self.local(said.made)} by {said.role}: {withdrawal.reason}"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line names.

    Attributes:
        source: Site file or database.
        database: As for ``--database``.
        site: Name of the site; may be left out where there is one.
    """

    source: str | None
    database: str | None
    site: str | None


@contextmanager
def opened(asked: Asked, *, write: bool) -> Iterator[Judged]:
    """Open the database of a site.

    Args:
        asked: Which.
        write: Whether something is to be kept.

    Raises:
        UsageError: There is no such database or site, or it has to be named.
        DatabaseError: The database fails.
    """
    from flows.database import FlowStore
    from flows.statistics import Query, read_sites

    url, name = _named(asked)
    # A database that is not there is not to be created by a judgement.
    store = FlowStore.open_for_reading(url)
    if write:
        store.close()
        store = FlowStore.open(url)
    try:
        sites = read_sites(store.database, Query(site=asked.site or name))
        if len(sites) != 1:
            known = ", ".join(one.name for one in sites) or "none yet"
            raise UsageError(f"--site: the database holds {known}; name one of them")
        yield Judged(store.database, sites[0])
    finally:
        store.close()


def said_by(role: str) -> "Said":
    """Somebody in a role, now."""
    from flows.database.review import Said

    return Said(time(), role)


def require_reason(reason: str | None, what: str) -> str:
    """The reason for something that is not done without one.

    Raises:
        UsageError: There is none.
    """
    if not (reason or "").strip():
        raise UsageError(f"{what} needs a reason, which is kept with it; add --reason TEXT")
    return str(reason)


def site_file_of(source: str | None) -> Path | None:
    """The site file, where one was named."""
    return Path(source) if source and source.lower().endswith((".yaml", ".yml")) else None


def _named(asked: Asked) -> tuple[str, str | None]:
    file = site_file_of(asked.source)
    database = asked.database or (asked.source if file is None else None)
    settings, name = settings_of(file, {"database": database})
    return settings.database, name
