"""An experiment's result as text: a Markdown table and the verdicts."""

from collections.abc import Iterable, Sequence

from reid.experiments.measures import PRESENTATIONS
from reid.experiments.results import Cell, ExperimentResult, Row, Verdict

NOTHING = "–"


def headings(result: ExperimentResult) -> tuple[str, ...]:
    """Heads of the columns: each measure, followed by the paper's where it prints one."""
    heads = ["row"]
    for place, measure in enumerate(result.columns):
        heads.append(PRESENTATIONS[measure].title)
        if _in_paper(result, place):
            heads.append("paper")
    return tuple(heads)


def cells(result: ExperimentResult, row: Row) -> tuple[str, ...]:
    """One row of the table, in the order of `headings`."""
    texts = [row.title]
    for place, cell in enumerate(row.cells):
        texts.append(_ours(cell))
        if _in_paper(result, place):
            texts.append(NOTHING if cell.paper is None else PRESENTATIONS[cell.measure].write(cell.paper))
    return tuple(texts)


def markdown(result: ExperimentResult) -> str:
    """Table, circumstances and verdicts as Markdown."""
    heads = headings(result)
    table = [heads, ("---",) + ("---:",) * (len(heads) - 1), *(cells(result, row) for row in result.rows)]
    lines = ["| " + " | ".join(row) + " |" for row in table]
    lines += ["", circumstances(result)]
    lines += [f"* {row.title}: {row.note}" for row in result.rows if row.note]
    if result.verdicts:
        lines += [
            "",
            "| what the paper claims | by | better | worse | spread | |",
            "|---|---|---:|---:|---:|---|",
        ]
        lines += ["| " + " | ".join(_verdict(verdict)) + " |" for verdict in result.verdicts]
    return "\n".join(lines)


def circumstances(result: ExperimentResult) -> str:
    """Data, seeds, start and time in a few sentences."""
    parts = [
        f"Data: {result.data}",
        f"{result.seeds} seeds (mean ± standard deviation)" if result.seeds > 1 else "1 seed",
        result.start,
        f"{result.cpu_s:.0f} s of processor time",
    ]
    return "; ".join(parts) + "." + (f" {result.note}" if result.note else "")


def verdict_lines(verdicts: Iterable[Verdict]) -> Sequence[str]:
    """One line each, for the terminal."""
    lines = []
    for verdict in verdicts:
        text, by, better, worse, spread, outcome = _verdict(verdict)
        lines.append(f"{outcome}: {text} ({by} {better} against {worse}, spread {spread})")
    return lines


def _verdict(verdict: Verdict) -> tuple[str, ...]:
    shown = PRESENTATIONS[verdict.measure]
    numbers = (shown.write(value) for value in (verdict.better, verdict.worse, verdict.spread))
    return verdict.text, shown.title, *numbers, verdict.outcome


def _ours(cell: Cell) -> str:
    if cell.ours is None:
        return NOTHING
    shown = PRESENTATIONS[cell.measure]
    mean = shown.write(cell.ours.mean)
    return f"{mean} ± {shown.write(cell.ours.deviation)}" if cell.ours.runs > 1 else mean


def _in_paper(result: ExperimentResult, place: int) -> bool:
    return any(row.cells[place].paper is not None for row in result.rows)
