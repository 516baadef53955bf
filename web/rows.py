"""Rows of a table as HTML: a matrix of many cameras has tens of thousands of fields."""

from markupsafe import Markup, escape

from web.exhibits import Cell, Table


def rows_html(table: Table) -> Markup:
    """Write the rows of a table; the first field of each is its head."""
    return Markup("\n".join(f"<tr>{_row(row)}</tr>" for row in table.rows))


def _row(cells: tuple[Cell, ...]) -> str:
    head, *fields = cells
    return f'<th scope="row"{_attributes(head)}>{_inner(head)}</th>' + "".join(
        f"<td{_attributes(cell)}>{_inner(cell)}</td>" for cell in fields
    )


def _attributes(cell: Cell) -> str:
    kind = f' class="{escape(cell.kind)}"' if cell.kind else ""
    return kind if cell.note is None else f'{kind} title="{escape(cell.note)}"'


def _inner(cell: Cell) -> str:
    """The text, in a link where it leads somewhere, with the number itself for programs."""
    text = str(escape(cell.text))
    if cell.link is not None:
        text = f'<a href="{escape(cell.link)}">{text}</a>'
    return text if cell.value is None else f'<data value="{cell.value}">{text}</data>'
