"""Notes that outlive a run, and know the nearest of each sighting whatever comes first."""

from contextlib import suppress
from itertools import permutations
from pathlib import Path

import pytest

from pipeline.reasons.notebook import Nearest, Notebook, Rank, is_notebook
from tracking.errors import UsageError

NEAREST = (
    Nearest(Rank.UNUSUAL_TIME, 0.9, "r", 0.6, False, "C"),
    Nearest(Rank.CANDIDATE, 0.7, "p", 0.0, True, "B"),
    Nearest(Rank.TOO_UNLIKE, 0.8, "q", 0.0, True, "B"),
    Nearest(Rank.TOO_UNLIKE, 0.8, "z", 0.0, True, "D"),
)


@pytest.mark.parametrize("first", range(len(NEAREST)))
def test_the_nearest_stays_whatever_comes_first(tmp_path: Path, first: int) -> None:
    """Whom only a travel time lost goes before another candidate, that before an unlike one; then names."""
    some = NEAREST[first:]
    with Notebook.beside(tmp_path / "why.csv") as notebook:
        for number, order in enumerate(permutations(some)):
            for one in order:
                notebook.note_nearest([(f"sighting {number}", one)])
            assert notebook.nearest(f"sighting {number}") == some[0]
        assert notebook.nearest("another") is None


def test_what_was_noted_is_there_after_an_error_and_gone_after_the_end(tmp_path: Path) -> None:
    path, part = tmp_path / "why.csv", tmp_path / ".why.csv.part"
    texts = {"camera": "A", "reason": "brief"}
    with suppress(ZeroDivisionError), Notebook.beside(path) as notebook:
        notebook.begin("run")
        notebook.add("run", "one", 1.0, texts)
        raise ZeroDivisionError
    assert is_notebook(part)
    with Notebook.beside(path) as notebook:
        notebook.add("run", "one", 1.0, texts)
        assert list(notebook.lines()) == [texts]
        notebook.keep([])
        assert list(notebook.lines()) == []
    assert not part.exists()


def test_damaged_notes_are_begun_anew(tmp_path: Path) -> None:
    (tmp_path / ".why.csv.part").write_bytes(b"no database at all, but long enough to look like one" * 40)
    with Notebook.beside(tmp_path / "why.csv") as notebook:
        assert notebook.runs() == []


def test_two_commands_cannot_write_one_file(tmp_path: Path) -> None:
    path = tmp_path / "why.csv"
    with (
        Notebook.beside(path),
        pytest.raises(UsageError, match=r"--explain: .*why\.csv cannot be written: database is locked"),
        Notebook.beside(path),
    ):
        pass
