"""Reads a report as a program can: its tables by their names, its pictures with their texts."""

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from tests.command_line import pipeline
from tests.web.reading import Row

MONTH = ("2026-10-01", "2026-11-01")
"""The month of the town in `tests.web.conftest`, whose eight days lie in it."""


@dataclass
class ReadReport:
    """What stands in a report."""

    language: str = ""
    tables: dict[str, list[Row]] = field(default_factory=dict)
    alts: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)
    text: str = ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.read = ReadReport()
        self.table, self.said = "", ""
        self.value: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.read.tags.add(tag)
        self.read.addresses += [told[key] or "" for key in ("href", "src", "action") if key in told]
        if tag == "html":
            self.read.language = told.get("lang") or ""
        elif tag == "div" and (told.get("id") or "").startswith("table-"):
            self.table = (told.get("id") or "").removeprefix("table-")
            self.read.tables[self.table] = []
        elif tag == "svg" and told.get("role") == "img":
            self.read.alts.append(told.get("aria-label") or "")
        elif tag == "tr":
            self.read.tables[self.table].append([])
        elif tag in ("td", "th", "h1", "h2", "h3"):
            self.said, self.value = "", None
        elif tag == "data":
            self.value = told.get("value")

    def handle_data(self, data: str) -> None:
        self.said += data
        self.read.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            number = float(self.value) if self.value is not None else self.said.strip()
            self.read.tables[self.table][-1].append(number)
        elif tag in ("h1", "h2", "h3"):
            self.read.headings.append(self.said.strip())


def read_report(html: str) -> ReadReport:
    """Read a report; the heads of its tables are left out."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    for name, rows in reader.read.tables.items():
        reader.read.tables[name] = rows[1:]
    return reader.read


def written(database: Path, file: Path, *more: object) -> ReadReport:
    """Have a report of October 2026 written, and read it."""
    answer = pipeline("report", database, "--month", "2026-10", "-o", file, *more)
    assert answer.code == 0, answer.err
    return read_report(file.read_text(encoding="utf-8"))


def stats(database: Path, table: str, interval: str, *more: object) -> list[dict[str, Any]]:
    """What the command line says of the same month."""
    period = ("--from", MONTH[0], "--to", MONTH[1], "--format", "json")
    answer = pipeline("stats", table, "--database", database, "--interval", interval, *period, *more)
    assert answer.code == 0, answer.err
    rows: list[dict[str, Any]] = json.loads(answer.out)
    return rows


def evaluation(file: Path, site: str, cameras: dict[str, tuple[int, int, int]]) -> Path:
    """Write what `pipeline evaluate --json` writes: truth, counted and right passages of each camera."""
    rows = [
        {"camera": name, "truth": truth, "counted": counted, "matched": matched, "geh": 1.5}
        for name, (truth, counted, matched) in cameras.items()
    ]
    routes = [{"route": "station>museum-bridge>market", "correct": 80, "claimed": 84, "truth": 90}]
    text = json.dumps({"site": site, "period_s": 7200.0, "cameras": rows, "routes": routes})
    file.write_text(text, encoding="utf-8")
    return file
