"""Models and their cards as a person reads them."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from pipeline.registry.entries import ModelCard
from pipeline.screen import new_table
from tracking.model_card import Measurement

_ONLY_IN_JSON = ("runtime", "url", "sha256", "date", "threshold", "quality")
_ORDER = ("name", "description", "task", "licence", "date", "threshold", "precision", "recall")
_NEVER_SHOWN = ("known_answer",)


def print_rows(rows: Sequence[Mapping[str, object]], title: str) -> None:
    """Print rows of equal keys as a table."""
    keys = list(rows[0]) if rows else ["nothing on this machine"]
    shown = [key for key in keys if key not in _ONLY_IN_JSON]
    table = new_table(shown, title=title)
    table.columns[0].no_wrap = True  # A name is to be copied.
    for row in rows:
        table.add_row(*(_cell(key, row[key]) for key in shown))
    Console().print(table)


def print_card(values: Mapping[str, Any], card: ModelCard) -> None:
    """Print a whole model card: plain facts first, then what was measured, then the limits.

    Args:
        values: Everything in the file, whatever room reads it.
        card: The same, checked.
    """
    console = Console(highlight=False)
    facts = new_table(["fact", "value"])
    facts.show_header, facts.columns[0].style, facts.columns[0].no_wrap = False, "bold", True
    apart = ("quality", "limits", *_NEVER_SHOWN)
    for key in (*_ORDER, *(key for key in values if key not in (*_ORDER, *apart))):
        if values.get(key) not in (None, "", [], {}):
            facts.add_row(key.replace("_", " "), _text(values[key]))
    console.print(facts)
    if card.quality:
        console.print(_measured(card.quality))
    for number, limit in enumerate(card.limits):
        console.print(("Limits:\n" if number == 0 else "") + f"  - {limit}")


def print_headlines(rows: Sequence[Mapping[str, object]]) -> None:
    """Print a sentence for each model that was measured."""
    console = Console(highlight=False)
    for row in rows:
        if row["quality"]:
            console.print(
                f"{row['name']} ({row['date'] or 'no date'}): {row['quality']}; "
                f"threshold {row['threshold']}. More: pipeline models show {row['name']}",
                soft_wrap=True,
            )


def headline(card: ModelCard | None) -> str | None:
    """The two most telling numbers of a card, for a list."""
    return ", ".join(_number(one) for one in card.quality[:2]) or None if card else None


def _measured(quality: Sequence[Measurement]) -> Table:
    table = new_table(["measure", "value", "on", "command"], title="Measured")
    for one in quality:
        spread = "" if one.spread is None else f" ± {one.spread:.3g}"
        table.add_row(one.measure, f"{one.value:.3g}{spread}", one.data, one.command)
    return table


def _number(one: Measurement) -> str:
    return f"{one.measure} {one.value:.3g}"


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_text(inner)}" for key, inner in value.items())
    return ", ".join(map(_text, value)) if isinstance(value, (list, tuple)) else str(value)


def _cell(key: str, value: object) -> str:
    if value is None:
        return "-"
    return f"{value / 1e6:.1f} MB" if key == "size" and isinstance(value, int) else str(value)
