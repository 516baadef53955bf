"""A person's answers, on disk before the next question is asked."""

from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from tracking.errors import UsageError
from tracking.files import whole_file
from tracking.settings import Settings


class Verdict(StrEnum):
    """What a person says about a pair."""

    SAME = "same"
    DIFFERENT = "different"


class Answer(Settings):
    """One answer."""

    first: int = Field(ge=1, description="Number of the earlier passage.")
    second: int = Field(ge=1, description="Number of the later passage.")
    verdict: Verdict = Field(description="Same rider or different riders.")


class _Document(Settings):
    format: Literal[1] = 1
    answers: tuple[Answer, ...] = ()


class AnswerBook:
    """The answers in the order in which they were given, mirrored in a file.

    Args:
        path: JSON file; read if it is there.

    Raises:
        UsageError: The file is damaged.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._answers: tuple[Answer, ...] = ()
        if path.is_file():
            try:
                self._answers = _Document.model_validate_json(path.read_bytes()).answers
            except ValidationError as error:
                raise UsageError(
                    f"{path}: is damaged; repair it, or delete it to begin the review anew"
                ) from error

    @property
    def answers(self) -> tuple[Answer, ...]:
        """All answers, the oldest first."""
        return self._answers

    def add(self, answer: Answer) -> None:
        """Keep an answer; it is on disk when this returns."""
        self._replace((*self._answers, answer))

    def undo(self) -> None:
        """Take the last answer back, if there is one."""
        self._replace(self._answers[:-1])

    def _replace(self, answers: tuple[Answer, ...]) -> None:
        """A crash leaves the old answers or the new."""
        with whole_file(self._path, durable=True) as part:
            part.write_text(_Document(answers=answers).model_dump_json(indent=1) + "\n", encoding="utf-8")
        self._answers = answers
