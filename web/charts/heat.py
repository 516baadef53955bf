"""A table of shades: hours by weekdays, cameras by days."""

import math
from collections.abc import Sequence

from markupsafe import Markup

from web.charts.svg import WIDTH, picture, shortened, tag

_ROW, _HEAD, _SIDE = 26, 22, 132


def draw_heat(
    title: str,
    rows: Sequence[str],
    columns: Sequence[str],
    values: Sequence[Sequence[float | None]],
    notes: Sequence[Sequence[str]],
) -> Markup:
    """Draw a shade for each value.

    Args:
        title: What they show.
        rows: Names of the rows.
        columns: Names of the columns.
        values: Row by row; None is hatched: nobody watched.
        notes: What a pointer shows, likewise.
    """
    most = max((value for row in values for value in row if value is not None), default=0) or 1
    step = (WIDTH - _SIDE - 4) / max(len(columns), 1)
    every = math.ceil((8 * max(map(len, columns), default=0) + 10) / step)
    parts = [
        tag(
            "text",
            name,
            x=min(_SIDE + step * (index + 0.5), WIDTH - 4.0 * len(name) - 2),
            y=_HEAD - 7,
            class_="label",
        )
        for index, name in enumerate(columns)
        if index % every == 0
    ]
    for at, name in enumerate(rows):
        y = _HEAD + _ROW * at
        whole = tag("title", name)
        parts.append(tag("text", whole, shortened(name, 17), x=_SIDE - 8, y=y + 17, class_="value"))
        for index, value in enumerate(values[at]):
            shape = tag(
                "rect",
                tag("title", notes[at][index]),
                x=_SIDE + step * index,
                y=y + 1,
                width=max(step - (1.0 if step > 4 else 0.0), 0.5),
                height=_ROW - 2,
                class_="gap" if value is None else "cell",
                # A shade of nothing still shows that somebody looked.
                fill_opacity=None if value is None else f"{0.06 + 0.94 * value / most:.3f}",
            )
            parts.append(shape)
    return picture(_HEAD + _ROW * len(rows) + 4, "chart heat", title, *parts)
