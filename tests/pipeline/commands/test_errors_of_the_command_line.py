"""Every failure leaves a sentence and the documented exit code, and a traceback only on request."""

import pytest
import typer

from pipeline.commands.app import execute, new_app
from tracking.errors import DatabaseError, UsageError


def app_that(failure: BaseException | None) -> typer.Typer:
    app = new_app()

    @app.command("work")
    def work(times: int = 1) -> None:
        if failure:
            raise failure

    @app.command("other")
    def other() -> None: ...

    return app


@pytest.mark.parametrize(
    ("failure", "code", "said"),
    [
        (None, 0, ""),
        (UsageError("site.yaml: links: wrong"), 2, "error: site.yaml: links: wrong\n"),
        (UsageError("one\ntwo"), 2, "error: one\nerror: two\n"),
        (DatabaseError("flows.db is damaged"), 1, "error: flows.db is damaged\n"),
        (OSError(28, "No space left on device", "out.db"), 1, "error: out.db: No space left on device\n"),
        (KeyboardInterrupt(), 130, "stopped; run the same command again to go on where it left off\n"),
        (typer.Abort(), 130, "stopped; run the same command again to go on where it left off\n"),
        (typer.Exit(3), 3, ""),
    ],
)
def test_a_failure_is_a_sentence_and_an_exit_code(
    failure: BaseException | None, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(app_that(failure), ["work"]) == code
    assert capsys.readouterr().err.lstrip() == said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["wrok"], "No such command 'wrok'"),
        (["work", "--tims", "3"], "No such option: --tims"),
        (["work", "--times", "many"], "Invalid value for '--times'"),
        (["work", "extra"], "unexpected extra argument"),
    ],
)
def test_wrong_usage_exits_with_2_and_points_at_the_help(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(app_that(None), arguments) == 2
    error = capsys.readouterr().err
    assert said in error, error
    assert "--help`)" in error, error
    assert error.startswith("error: ")


def test_called_without_a_command_it_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(app_that(None), []) == 2
    captured = capsys.readouterr()
    assert "Usage" in captured.out + captured.err
    assert "error" not in captured.err


@pytest.mark.parametrize("arguments", [["--debug", "work"], ["work", "--debug"]])
def test_a_traceback_comes_only_on_request(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    app = app_that(UsageError("wrong"))
    assert execute(app, arguments) == 2
    assert "Traceback" in capsys.readouterr().err
    assert execute(app, ["work"]) == 2
    assert "Traceback" not in capsys.readouterr().err
