"""How every table of the command line looks."""

from collections.abc import Iterable

from rich.table import Table
from rich.text import Text


def new_table(words: Iterable[str], numbers: Iterable[str] = (), title: str | None = None) -> Table:
    """An empty table without lines; what is too wide for the terminal goes on in the next line.

    Args:
        words: Headings of the first columns, whose texts begin at the left.
        numbers: Headings of the others, whose numbers end at the right.
        title: Stands above it.
    """
    # Text, not markup: names stand as they are, brackets included.
    heading = None if title is None else Text(title, style="bold")
    table = Table(title=heading, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for word in words:
        table.add_column(word, overflow="fold")
    for number in numbers:
        table.add_column(number, overflow="fold", justify="right")
    return table
