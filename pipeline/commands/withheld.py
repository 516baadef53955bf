"""What a command says where small cells are withheld."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from flows.statistics import Query, Site


def tell_withheld(query: "Query", sites: "Sequence[Site]") -> None:
    """Say that something is withheld, and when what was asked should not be published beside another period.

    Args:
        query: What was asked.
        sites: The sites of the answer.
    """
    from flows.statistics import on_quarters

    typer.echo(
        f"cells of fewer than {_limits(sites)} cyclists are withheld, and what would give them away; "
        "--min-count 1 shows all",
        err=True,
    )
    if not all(on_quarters(query, site.zone) for site in sites):
        typer.echo(
            "the period is cut within a quarter of an hour: do not publish it beside another period, a "
            "subtraction could give a small cell away",
            err=True,
        )


def _limits(sites: "Sequence[Site]") -> str:
    """The smallest number that is shown, by site where they differ: ``5 (north) or 50 (south)``."""
    numbers = {site.min_count for site in sites}
    if len(numbers) == 1:
        return str(*numbers)
    return " or ".join(f"{site.min_count} ({site.name})" for site in sites)
