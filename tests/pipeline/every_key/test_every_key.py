"""Changing a key of ``config.yaml`` changes what the program does: no key is read by nobody."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.configuration.defaults import program_file
from tests.pipeline.every_key.bench import Bench
from tests.pipeline.every_key.table import CASES, Case

SEEN: dict[str, list[str]] = {}
"""What was seen before a key was changed, piece by piece; many keys share it."""


def leaves(tree: Mapping[str, Any], above: str = "") -> Iterator[str]:
    """Dotted keys of everything that is a value."""
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{above}{key}.")
        else:
            yield above + key


def test_the_table_has_every_key_once() -> None:
    assert sorted(key for key, _ in CASES) == sorted(leaves(yaml.safe_load(program_file().read_text())))


@pytest.mark.parametrize(("key", "case"), CASES, ids=[key for key, _ in CASES])
def test_another_value_makes_a_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, case: Case
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FIETSFLOW_DATABASE", raising=False)

    def seen(values: Mapping[str, Any]) -> Iterator[str]:
        with pytest.MonkeyPatch.context() as patch:
            bench = Bench(tmp_path, patch)
            bench.edit(values)
            answer = case.observe(bench)
            for piece in answer if isinstance(answer, Iterator) else [answer]:
                yield repr(piece).replace(str(tmp_path), "")

    name = f"{case.observe} {case.beside}"
    if name not in SEEN:
        SEEN[name] = list(seen(case.beside))
    with closing(seen({**case.beside, key: case.value})) as pieces:
        assert any(one != usual for one, usual in zip_longest(pieces, SEEN[name]))
