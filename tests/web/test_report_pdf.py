"""The PDF of a report: accessible by its own word and by what is in it, whatever the names are."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("typst", reason="a PDF needs the extra web (pip install 'fietsflow[web]')")
pytest.importorskip("pypdf", reason="a PDF is read by the package pypdf (make test)")

import pypdf

from flows.database import CameraDescription, FlowStore
from tests.command_line import pipeline
from tests.flows.written import MORNING, Ride, describe, rides_of, write_run
from web.report.compose import compose
from web.report.content import Report
from web.report.making import Order, look_at
from web.report.pdf import breakable, to_pdf
from web.report.period import read_span

WRITTEN = date(2026, 11, 28)
LONG = "Groningen_Hereweg_at_the_Emmaviaduct_northbound_pole_17_lens_2"


def content(database: Path, month: str = "2026-10", language: str = "en") -> Report:
    store = FlowStore.open_for_reading(str(database))
    span = read_span(month, None, None)
    look = look_at(store.database, Order(str(database), None, None), span, language, None)
    report = compose(look, WRITTEN)
    store.close()
    return report


@pytest.fixture(scope="module")
def dutch(town: Path) -> Report:
    """The town's October in Dutch, with one camera of its six, and without their tables."""
    whole = content(town, language="nl")
    others = {f"camera-{number}" for number in range(1, 6)} | {"tables"}
    return replace(whole, sections=tuple(one for one in whole.sections if one.key not in others))


@pytest.fixture(scope="module")
def opened(dutch: Report, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The Dutch report of the town, opened."""
    file = tmp_path_factory.mktemp("pdf") / "october.pdf"
    file.write_bytes(to_pdf(dutch, WRITTEN).content)
    return pypdf.PdfReader(file)


def elements(node: Any) -> Iterator[Any]:
    """The tree of tags, from its root."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for one in node:
            yield from elements(one)
    elif isinstance(node, dict):
        yield node
        if "/K" in node:
            yield from elements(node["/K"])


def test_it_says_what_it_is(opened: Any) -> None:
    root = opened.trailer["/Root"]
    assert root["/Lang"] == "nl"
    assert root["/MarkInfo"]["/Marked"]
    assert opened.metadata.creation_date.date() == WRITTEN
    assert opened.metadata.title == "Fietsers in sample-town, oktober 2026"
    told = root["/Metadata"].get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in told
    assert "<pdfaid:part>2</pdfaid:part>" in told


def test_every_picture_has_its_text(opened: Any, dutch: Report) -> None:
    tags = [*elements(opened.trailer["/Root"]["/StructTreeRoot"])]
    alts = [str(tag["/Alt"]) for tag in tags if tag.get("/S") == "/Figure"]
    assert alts == [figure.alt for figure in dutch.figures]
    heads = [tag for tag in tags if tag.get("/S") == "/TH"]
    assert len(heads) >= sum(len(grid.table.head) for grid in dutch.grids if grid.table.rows)


def test_the_numbers_of_the_content_stand_on_its_pages(opened: Any, dutch: Report) -> None:
    text = " ".join(page.extract_text() for page in opened.pages)
    assert f"{len(opened.pages)} van {len(opened.pages)}" in text
    cells = [cell.text for grid in dutch.grids for row in grid.table.rows for cell in row if cell.value]
    assert len(cells) > 150
    assert not [one for one in cells if one not in text]
    for section in dutch.sections:
        assert section.title in text


def test_the_same_report_of_the_same_day_is_the_same_file(dutch: Report) -> None:
    few = replace(dutch, sections=dutch.sections[:2])
    assert to_pdf(few, WRITTEN).content == to_pdf(few, WRITTEN).content


def test_names_of_any_length_and_letters_are_written(tmp_path: Path) -> None:
    odd = "日本橋 & <b> #strong[x] $y$ \\ @z"
    names = {"A": LONG, "B": odd}
    store = FlowStore.open(str(tmp_path / "odd.db"))
    described = replace(
        describe(site="site_" * 30), cameras=tuple(CameraDescription(name) for name in names.values())
    )
    rides = [Ride(tuple((names[at], moment) for at, moment in ride.stops)) for ride in rides_of({"A>B": 12})]
    write_run(store, rides, {name: [(MORNING, MORNING + 7200)] for name in names.values()}, described)
    store.close()
    answer = pipeline("report", tmp_path / "odd.db", "--month", "2019-10", "-o", tmp_path / "odd.pdf")
    assert answer.code == 0, answer.err
    pages = pypdf.PdfReader(tmp_path / "odd.pdf").pages
    text = "".join(pages[at].extract_text() for at in range(3)).replace("\u200b", "").replace("\n", "")
    assert LONG in text
    assert "& <b> #strong[x] $y$ \\ @z" in text
    # A machine without such letters says so; one that has them writes them.
    assert ("日本橋" in text) != ("□" in answer.err)


def test_nothing_to_tell_is_a_report_too(tmp_path: Path, town: Path) -> None:
    answer = pipeline("report", town, "--month", "2026-01", "-o", tmp_path / "empty.pdf")
    assert answer.code == 0
    assert len(pypdf.PdfReader(tmp_path / "empty.pdf").pages) == 2


@pytest.mark.parametrize("text", ["station → museum-bridge", "a short name", "Mon 5 Oct 2026"])
def test_words_that_fit_are_left_alone(text: str) -> None:
    assert breakable(text) == text


def test_a_long_word_may_go_on_in_the_next_line() -> None:
    broken = breakable(LONG + "x" * 60)
    assert broken.replace("\u200b", "") == LONG + "x" * 60
    assert max(map(len, broken.split("\u200b"))) <= 18
