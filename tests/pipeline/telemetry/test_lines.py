"""What is said on stderr: the same sentences, as text or as one JSON object a line."""

import json
import logging
import sys
from pathlib import Path

import pytest

from pipeline.telemetry.lines import LogFormat, said_as, tell
from tests.command_line import pipeline


def objects(text: str) -> list[dict[str, str | None]]:
    return [json.loads(line) for line in text.splitlines()]


def test_an_error_is_one_object_with_the_same_sentence(tmp_path: Path) -> None:
    missing = tmp_path / "missing.yaml"
    said = pipeline("validate", missing)
    for place in (("--log-format", "json", "validate", missing), ("validate", missing, "--log-format=json")):
        answer = pipeline(*place)
        [one] = objects(answer.err)
        assert answer.code == said.code == 2
        assert f"error: {one['message']}" == said.err.strip()
        assert (one["level"], one["event"], one["camera"]) == ("error", "error", None)


@pytest.mark.parametrize("arguments", [("--log-format", "xml"), ("--log-format=",), ("--log-format",)])
def test_an_unknown_form_is_refused(arguments: tuple[str, ...]) -> None:
    answer = pipeline("models", "list", *arguments)
    assert answer.code == 2
    assert "give text or json" in answer.err


def test_whoever_speaks_is_heard_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    with said_as(LogFormat.JSON):
        tell("camera A: a file is read", event="follow", prefix="08:00:00 ")
        print("camera B 2: two lines", "and another", sep="\n", file=sys.stderr)
        logging.getLogger("flows.database").warning("the log of %s grows", "x")
        sys.stderr.write("without an end")
    said = objects(capsys.readouterr().err)
    assert [(one["camera"], one["event"], one["level"], one["message"]) for one in said] == [
        ("A", "follow", "info", "camera A: a file is read"),
        ("B 2", "message", "info", "camera B 2: two lines"),
        (None, "message", "info", "and another"),
        (None, "flows.database", "warning", "the log of x grows"),
        (None, "message", "info", "without an end"),
    ]
    assert all(str(one["time"]).endswith("Z") for one in said)


def test_people_read_the_sentence_with_the_time_before_it(capsys: pytest.CaptureFixture[str]) -> None:
    with said_as(LogFormat.TEXT):
        tell("a file is read", prefix="08:00:00 ")
    assert capsys.readouterr().err == "08:00:00 a file is read\n"


@pytest.mark.parametrize("form", list(LogFormat))
def test_no_credentials_are_said(form: LogFormat, capsys: pytest.CaptureFixture[str]) -> None:
    with said_as(form):
        tell("camera A: rtsp://admin:secret@cam/live does not answer")
    said = capsys.readouterr().err
    assert "secret" not in said
    assert "rtsp://cam/live does not answer" in said
