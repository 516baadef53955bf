"""Withholds cells of few cyclists, and what would give such a cell away by subtraction.

A cell of fewer than `min_count` cyclists is left out, whether or not it exists: an absent row says "fewer
than `min_count`". What else is published must not let a reader compute it:

* The share of a route reveals the number of all journeys, and so how many are in withheld cells. It is left
  empty where these are too few to hide in (`hidden_well`).
* Travel times between two cameras hold journeys of many origins and destinations. Journeys of withheld O-D
  cells enter them only where enough of them come together.

This holds for the tables of one interval length and period. Tables of different intervals or overlapping
periods can be subtracted from each other; publish one of them.
"""

from collections.abc import Collection, Mapping
from typing import TypeVar

Cell = TypeVar("Cell")


def published(cells: Mapping[Cell, int], min_count: int) -> dict[Cell, int]:
    """Keep the cells that are large enough."""
    return {cell: count for cell, count in cells.items() if count >= min_count}


def hidden_well(withheld: Collection[int], min_count: int) -> bool:
    """Say whether the sum of withheld cells may become known.

    It may if nothing is withheld, or if at least two cells share a sum of at least `min_count`.

    Args:
        withheld: Cyclists in each withheld cell.
        min_count: Smallest number that may be known.
    """
    return not withheld or (len(withheld) >= 2 and sum(withheld) >= min_count)
