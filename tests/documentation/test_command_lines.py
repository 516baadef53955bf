"""A command line that the documentation shows is one that the program understands."""

import re
from importlib import import_module
from typing import Any

import pytest
import typer

from pipeline.commands.app import COMMAND_MODULES, new_app
from tests.conftest import REPOSITORY
from tests.documentation.pages import Page, alternatives, pages, sources, words_of


def whole_program() -> Any:
    """The command line with every command, as a tree that can be asked."""
    app = new_app()
    for name in COMMAND_MODULES:
        import_module(name).register(app)
    return typer.main.get_command(app)


PROGRAM = whole_program()


@pytest.mark.parametrize("page", pages(), ids=str)
def test_every_command_line_can_be_typed(page: Page) -> None:
    lines = [line for line in page.shell_lines if line.startswith("pipeline ")]
    wrong = [(line, reason) for line in lines for reason in _complaints(line, whole=True)]
    assert wrong == [], f"{page} shows command lines that the program refuses"


@pytest.mark.parametrize("page", pages(), ids=str)
def test_every_command_that_is_mentioned_exists(page: Page) -> None:
    lines = [text for text in page.quoted if text.startswith("pipeline ")]
    wrong = [(line, reason) for line in lines for reason in _complaints(line, whole=False)]
    assert wrong == [], f"{page} mentions what the program does not know"


def test_every_command_line_of_the_makefile_can_be_typed() -> None:
    recipes = (REPOSITORY / "Makefile").read_text("utf-8").splitlines()
    lines = [
        "pipeline" + line.partition("$(BIN)/pipeline")[2] for line in recipes if "$(BIN)/pipeline " in line
    ]
    assert lines, "no command line was found"
    assert [(line, reason) for line in lines for reason in _complaints(line, whole=True)] == []


def test_every_command_that_a_message_or_comment_mentions_exists() -> None:
    mentions = [
        (str(path.relative_to(REPOSITORY)), mention)
        for path in sources()
        for mention in re.findall(r"`(pipeline [^`\n]+)`", path.read_text("utf-8"))
    ]
    assert mentions, "no source was read"
    assert [(at, line, why) for at, line in mentions for why in _complaints(line, whole=False)] == []


def _complaints(line: str, *, whole: bool) -> list[str]:
    """What is wrong with a line; one that only mentions a command may leave out what it needs."""
    reasons = (_complaint(words[1:], whole) for words in alternatives(words_of(line)))
    return [reason for reason in reasons if reason]


def _complaint(words: list[str], whole: bool) -> str | None:
    command, rest = PROGRAM, _without_common_options(words)
    while hasattr(command, "commands"):
        if rest and rest[0].startswith("-"):
            return _unknown_option(command, rest)
        if not rest or rest[0] not in command.commands:
            return None if not rest and not whole else f"{command.name} has no command {rest[:1]}"
        command, rest = command.commands[rest[0]], rest[1:]
    return _refusal(command, rest) if whole else _unknown_option(command, rest)


def _without_common_options(words: list[str]) -> list[str]:
    """What is left of a line without the options of every command, which may stand anywhere."""
    common = {name: not option.is_flag for option in PROGRAM.params for name in option.opts}
    left, waiting = [], iter(words)
    for word in waiting:
        name, sign, _ = word.partition("=")
        if name not in common or name == "--help":
            left.append(word)
        elif common[name] and not sign:
            next(waiting, None)
    return left


def _unknown_option(command: Any, words: list[str]) -> str | None:
    known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    unknown = [
        word for word in words if word.startswith("-") and word.partition("=")[0] not in {*known, "--help"}
    ]
    return f"{command.name} has no option {unknown[0]}" if unknown else None


def _refusal(command: Any, words: list[str]) -> str | None:
    """Read the words as the command would, but open and run nothing."""
    context = command.context_class(command, info_name=command.name)
    try:
        given, left, _ = command.make_parser(context).parse_args(list(words))
    except typer.TyperException as error:
        return error.format_message()
    missing = [p.name for p in command.params if p.required and given.get(p.name) in (None, (), [])]
    if left:
        return f"{command.name} does not take {left}"
    return f"{command.name} needs {missing}" if missing else None
