"""Writes a report as PDF/UA-1 and PDF/A-2a: tagged, a text for every picture, all letters inside."""

import json
import re
from dataclasses import dataclass
from datetime import date, datetime, time
from importlib.resources import files
from typing import Any

import typst

from tracking.errors import FietsflowError
from web.exhibits import Cell, Fact
from web.report.content import Block, Facts, Figure, Grid, Report, Section, Text, Warnings
from web.report.pictures import alone, swatch

_LONGEST_WORD = 18
_PLACEHOLDER = "\N{WHITE SQUARE}"
_COMMON = re.compile(
    r"[^\u0000-\u024f\u0370-\u0373\u0376-\u0377\u037a-\u03ff\u0400-\u045f\u200b\u2013-\u2026\u2190-\u2193\u2212□·]"
)
"""Letters that the fonts which come with typst may lack."""


@dataclass(frozen=True, slots=True)
class Document:
    """A finished PDF.

    Attributes:
        content: Its bytes.
        lacking: Whether letters that no font here has were replaced by □.
    """

    content: bytes
    lacking: bool


def to_pdf(report: Report, written: date) -> Document:
    """Write a report.

    Args:
        report: What it says.
        written: The day that stands on it; the same report of the same day is the same file.

    Raises:
        FietsflowError: typst refuses.
    """
    data = json.dumps(_plain(report), ensure_ascii=False)
    stamp = int(datetime.combine(written, time(12)).timestamp())
    try:
        return Document(_compiled(data, stamp), lacking=False)
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise FietsflowError(f"the report could not be written as PDF: {error}") from error
    try:
        return Document(_compiled(_COMMON.sub(_PLACEHOLDER, data), stamp), lacking=True)
    except typst.TypstError as error:
        raise FietsflowError(f"the report could not be written as PDF: {error}") from error


def _compiled(data: str, stamp: int) -> bytes:
    template = files("web").joinpath("report/report.typ").read_bytes()
    # Accessible, and readable in fifty years.
    found = typst.compile(
        template, format="pdf", sys_inputs={"report": data}, pdf_standards=["a-2a", "ua-1"], timestamp=stamp
    )
    return bytes(found)


def _plain(report: Report) -> dict[str, Any]:
    return {
        "language": report.language,
        "name": f"{report.title}, {report.subtitle}",
        "title": breakable(report.title),
        "subtitle": report.subtitle,
        "about": list(report.about),
        "contents": report.contents,
        "page": report.page,
        "foot": breakable(report.foot),
        "nothing": report.nothing,
        "sections": [_section(one) for one in report.sections],
    }


def _section(one: Section) -> dict[str, Any]:
    blocks = [_block(block) for block in one.blocks]
    return {"title": breakable(one.title), "level": one.level, "blocks": blocks}


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Text(sentences, listed):
            return {"kind": "list" if listed else "text", "sentences": [breakable(one) for one in sentences]}
        case Warnings(sentences):
            return {"kind": "warnings", "sentences": [breakable(one) for one in sentences]}
        case Facts(facts):
            return {"kind": "facts", "facts": [_fact(one) for one in facts]}
        case Figure():
            return _figure(block)
        case Grid():
            return _grid(block)


def _fact(one: Fact) -> list[str]:
    return [breakable(one.label), one.text]


def _figure(one: Figure) -> dict[str, Any]:
    return {
        "kind": "figure",
        "title": breakable(one.title),
        "alt": one.alt,
        "svg": alone(one.picture),
        "legend": [[alone(swatch(kind)), words] for kind, words in one.legend],
        "notes": list(one.notes),
    }


def _grid(one: Grid) -> dict[str, Any]:
    return {
        "kind": "grid",
        "title": breakable(one.title),
        "head": [breakable(name) for name in one.table.head],
        "rows": [[_cell(cell) for cell in row] for row in one.table.rows],
        "notes": list(one.notes),
    }


def _cell(cell: Cell) -> list[str]:
    return [breakable(cell.text), cell.kind]


def breakable(text: str) -> str:
    """Let long words go on in the next line: names of cameras and files have no blanks."""
    return re.sub(rf"\S{{{_LONGEST_WORD},}}", lambda word: _broken(word[0]), text)


def _broken(word: str) -> str:
    parts = re.sub(r"([_/>.:\\-])", "\\1\u200b", word).split("\u200b")
    cut = (re.sub(rf"(.{{{_LONGEST_WORD}}})(?=.)", "\\1\u200b", part) for part in parts)
    return "\u200b".join(cut)
