"""Long files do not come last."""

from types import SimpleNamespace
from typing import Any

from tests.conftest import REPOSITORY
from tests.longest_first import LONGEST, pytest_collection_modifyitems


def test_long_files_come_first_and_all_others_as_they_came() -> None:
    second, first = LONGEST[1], LONGEST[0]
    names = ["tests/a.py::b", f"{second}::one", "tests/a.py::a", f"{first}::two[x::y]", f"{first}::one"]
    items: list[Any] = [SimpleNamespace(nodeid=name) for name in names]
    pytest_collection_modifyitems(items)
    order = [item.nodeid for item in items]
    assert order == [names[3], names[4], names[1], names[0], names[2]]


def test_every_file_that_is_named_is_there() -> None:
    assert [name for name in LONGEST if not (REPOSITORY / name).is_file()] == []


def test_make_test_keeps_the_order() -> None:
    makefile = (REPOSITORY / "Makefile").read_text("utf-8")
    assert "--dist loadfile --no-loadscope-reorder" in makefile
