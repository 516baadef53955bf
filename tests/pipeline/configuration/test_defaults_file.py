"""``config.yaml`` is complete, commented and equal to the built-in defaults."""

import re
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from pipeline.configuration import Defaults, defaults, load_configuration, load_defaults
from pipeline.configuration.template import render_defaults
from tests.pipeline.configuration.sites import write_site
from tracking.errors import UsageError

ROOT = Path(__file__).parents[3]
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


def test_a_checkout_has_one_file_at_its_root() -> None:
    assert defaults.program_file() == ROOT / "config.yaml"
    assert not (ROOT / "config.yaml").is_symlink()


def test_an_installed_program_reads_the_copy_that_the_wheel_brought(tmp_path: Path) -> None:
    package = tmp_path / "pipeline" / "configuration"
    package.mkdir(parents=True)
    (tmp_path / "config.yaml").write_text("of somebody else")
    assert defaults.program_file(package) == tmp_path / "config.yaml"
    (package / "config.yaml").write_text(TEXT)
    assert defaults.program_file(package) == package / "config.yaml"


def test_the_wheel_carries_the_defaults_and_every_package() -> None:
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    place = Path(defaults.__file__).parent.relative_to(ROOT) / "config.yaml"
    assert wheel["force-include"] == {"config.yaml": place.as_posix()}
    others = {"tests", "benchmarks", "docs"}
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - others
    assert set(wheel["packages"]) == packages


def test_a_file_that_is_named_counts_instead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.yaml").write_text("statistics: {min_count: 50}\n")
    monkeypatch.setenv(defaults.CONFIG_VARIABLE, str(tmp_path / "mine.yaml"))
    assert load_configuration(write_site(tmp_path)).statistics.min_count == 50
    with defaults.named_config(tmp_path / "none.yaml"), pytest.raises(UsageError, match="there is no file"):
        load_defaults()
    assert load_defaults().statistics.min_count == 50
    monkeypatch.delenv(defaults.CONFIG_VARIABLE)
    assert load_defaults() == Defaults()
