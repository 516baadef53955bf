"""``config.yaml`` is complete, commented and equal to the built-in defaults."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from pipeline.configuration import Defaults, defaults, load_configuration
from pipeline.configuration.template import render_defaults
from tests.pipeline.configuration.sites import write_site
from tracking.errors import UsageError

TEXT = defaults.program_file().read_text("utf-8")


def test_the_file_holds_exactly_the_defaults() -> None:
    assert yaml.safe_load(TEXT) == Defaults().model_dump(mode="json", by_alias=True)
    assert defaults.edited_values(yaml.safe_load(TEXT)) == {}


def test_every_key_has_a_comment_above_it() -> None:
    lines = TEXT.splitlines()
    bare = [
        line
        for before, line in pairwise(lines)
        if re.match(r" *\w+:", line) and not re.match(r" *# \S", before)
    ]
    assert bare == []


def test_the_file_is_what_the_settings_say() -> None:
    assert render_defaults() == TEXT, "run python -m pipeline.configuration.template"


def test_a_wrong_edit_is_one_sentence_with_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edited = tmp_path / "config.yaml"
    edited.write_text(TEXT.replace("expiry_s: 1.5", "expiry_s: -1"))
    monkeypatch.setenv(defaults.CONFIG_VARIABLE, str(edited))
    line = edited.read_text().splitlines().index("  expiry_s: -1") + 1
    with pytest.raises(UsageError) as raised:
        load_configuration(write_site(tmp_path))
    assert str(raised.value) == f"{edited}, line {line}: tracker.expiry_s: must be above 0, not -1"
