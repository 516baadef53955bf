"""An installation without a package says which one a command needs."""

from importlib.machinery import ModuleSpec

import pytest

from pipeline.commands import absent
from tests.command_line import pipeline


@pytest.fixture
def without_guests(monkeypatch: pytest.MonkeyPatch) -> None:
    def find_spec(name: str) -> ModuleSpec | None:
        raise ModuleNotFoundError(f"No module named {name.partition('.')[0]!r}")

    monkeypatch.setattr(absent, "find_spec", find_spec)


@pytest.mark.usefixtures("without_guests")
@pytest.mark.parametrize(
    ("arguments", "command", "package"),
    [
        (("reid",), "reid", "workshop"),
        (("reid", "--help"), "reid", "workshop"),
        (("reid", "train", "description.yaml", "out", "--set", "training.epochs=5"), "reid", "workshop"),
        (("models", "train", "cyclist_encoder"), "models train", "workshop"),
        (("models", "train", "--help"), "models train", "workshop"),
        (("models", "train-classifier", "--data", "x"), "models train-classifier", "workshop"),
        (("simulate", "sample", "--cameras", "5"), "simulate", "simulation"),
        (("serve", "--port", "8300"), "serve", "web"),
    ],
)
def test_a_command_that_is_left_out_says_what_it_needs(
    arguments: tuple[str, ...], command: str, package: str
) -> None:
    answer = pipeline(*arguments)
    assert answer.code == 2
    assert answer.out == ""
    assert answer.err.startswith(f"error: pipeline {command}: needs the package {package}, which this ")
    assert len(answer.err.splitlines()) == 1


@pytest.mark.usefixtures("without_guests")
def test_a_command_that_is_left_out_names_the_extra_that_brings_it() -> None:
    assert "fietsflow[web]" in pipeline("serve").err
    assert "fietsflow[lab]" in pipeline("reid").err


@pytest.mark.usefixtures("without_guests")
def test_the_help_page_shows_what_can_be_used() -> None:
    page = pipeline("--help").out
    assert " run " in page
    assert " reid " not in page
    assert " simulate " not in page
    assert " train " not in pipeline("models", "--help").out


def test_where_all_is_installed_all_is_shown() -> None:
    page = pipeline("--help").out
    assert " reid " in page
    assert " simulate " in page
    assert " train " in pipeline("models", "--help").out


def test_a_folder_of_the_same_name_is_no_installation() -> None:
    assert absent.is_installed("workshop.commands.reid")
    assert not absent.is_installed("workshop.commands.nothing_like_it")
    assert not absent.is_installed("no_such_package.commands.reid")
