"""A text that was parsed before is not parsed again, and whoever reads it gets a document of his own."""

from pathlib import Path

import pytest

from pipeline.configuration.document import read_document
from tracking.errors import UsageError

TEXT = "usual: &usual {speed: 1, way: [1, 2]}\nown:\n  <<: *usual\n  speed: 2\n"


def test_what_is_changed_in_one_document_is_not_changed_in_the_next(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(TEXT)
    first = read_document(path)
    first.content["own"]["way"].append(3)
    first.lines.clear()
    second = read_document(path)
    assert second.content == {"usual": {"speed": 1, "way": [1, 2]}, "own": {"speed": 2, "way": [1, 2]}}
    assert (second.lines[("own", "speed")], second.lines[("usual", "speed")]) == (4, 1)


def test_a_file_that_changed_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    for number in range(3):
        path.write_text(f"site: {number}")
        assert read_document(path).content == {"site": number}
    path.write_text("site: [")
    for _ in range(2):
        with pytest.raises(UsageError, match=r"a\.yaml, line 1, column 8: this is no YAML"):
            read_document(path)


def test_a_text_is_named_by_the_file_in_which_it_stands(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text("site: 1\nsite: 2\n")
        with pytest.raises(UsageError, match=rf"{name}, line 2: site: the key is given twice"):
            read_document(tmp_path / name)
