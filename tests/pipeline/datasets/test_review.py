"""A review without a browser: answers, undo, restart, and the linked set."""

import json
from pathlib import Path

import cv2
import pytest

from pipeline.datasets.review import ReviewSession, Verdict, open_session
from reid.datasets import Part, read_part
from tests.command_line import pipeline
from tests.pipeline.datasets.conftest import CitySet
from tracking.errors import UsageError


def colour_of(out: Path, number: int, session: ReviewSession) -> int:
    """Which channel dominates a passage's pictures: 0 blue, 1 green, 2 red."""
    passage = session.passage(number)
    picture = cv2.imread(str(out / passage.path(passage.stored.crops[len(passage.stored.crops) // 2])))
    height, width = picture.shape[:2]
    middle = picture[height // 3 : -height // 3, width // 3 : -width // 3]
    return int(middle.reshape(-1, 3).mean(axis=0).argmax())


def judge(session: ReviewSession) -> int:
    """Answer every question by colour; how many there were."""
    asked = 0
    while question := session.standing().proposal:
        colours = {colour_of(session.dataset.path, n, session) for n in (question.first, question.second)}
        assert session.answer(question.key, Verdict.SAME if len(colours) == 1 else Verdict.DIFFERENT)
        asked += 1
    return asked


def test_a_review_writes_the_linked_test_set(unreviewed: Path) -> None:
    session = open_session(unreviewed)
    asked = judge(session)
    assert session.standing().same == 2, f"red and green are at both cameras; {asked} questions"
    session.write()

    test, validation = read_part(unreviewed, Part.TEST), read_part(unreviewed, Part.VALIDATION)
    assert test.counts.linked == 1
    assert validation.counts.linked == 1
    assert test.counts.identities + validation.counts.identities == 3
    test.require_links()
    manifest = json.loads((unreviewed / "manifest.json").read_text())
    assert (manifest["links"], manifest["proposals_unanswered"]) == ("review", 0)


def test_answers_survive_a_restart(unreviewed: Path) -> None:
    first = open_session(unreviewed)
    question = first.standing().proposal
    first.answer(question.key, Verdict.SAME)
    left = first.standing()

    second = open_session(unreviewed)

    assert second.standing() == left
    assert second.standing().proposal.key != question.key


def test_an_answer_is_on_disk_before_the_next_question(unreviewed: Path) -> None:
    session = open_session(unreviewed)
    question = session.standing().proposal
    session.answer(question.key, Verdict.DIFFERENT)
    saved = json.loads((unreviewed / "review.json").read_text())["answers"]
    assert saved == [{"first": question.first, "second": question.second, "verdict": "different"}]
    assert not list(unreviewed.glob("*.part"))


def test_undo_takes_back_one_answer_at_a_time(unreviewed: Path) -> None:
    session = open_session(unreviewed)
    before = session.standing()
    assert not session.undo()
    judge(session)
    count = session.standing().same + session.standing().different
    for _ in range(count):
        assert session.undo()
    assert session.standing() == before
    assert not session.undo()


def test_an_answer_to_another_question_is_refused(unreviewed: Path) -> None:
    session = open_session(unreviewed)
    question = session.standing().proposal
    assert session.answer(question.key, Verdict.SAME)
    assert not session.answer(question.key, Verdict.DIFFERENT), "a double press"
    assert session.standing().different == 0


def test_a_review_can_be_changed_after_it_was_written(unreviewed: Path) -> None:
    session = open_session(unreviewed)
    judge(session)
    session.write()
    assert open_session(unreviewed).standing().written

    again = open_session(unreviewed)
    while again.standing().same:
        again.undo()
    assert not again.standing().written
    again.write()
    with pytest.raises(UsageError, match="no identity was seen by two cameras"):
        read_part(unreviewed, Part.TEST).require_links()
    assert json.loads((unreviewed / "manifest.json").read_text())["proposals_unanswered"] > 0


def test_a_new_split_asks_for_the_review_to_be_written_again(unreviewed: Path) -> None:
    session = open_session(unreviewed)
    judge(session)
    session.write()
    assert pipeline("dataset", "split", unreviewed, "--split", "50/10").code == 0
    assert not any((unreviewed / Part.TEST).iterdir())

    again = open_session(unreviewed)
    assert again.standing().proposal is None, "all answers are still there"
    again.write()
    assert read_part(unreviewed, Part.TEST).counts.linked == 1


def test_a_damaged_answer_file_is_one_sentence(unreviewed: Path) -> None:
    (unreviewed / "review.json").write_text('{"answers": [{"first": 0}]}')
    answer = pipeline("dataset", "review", unreviewed, "--port", 0)
    assert answer.code == 2
    assert "review.json: is damaged" in answer.err


def test_a_set_linked_by_its_truth_needs_no_review(city_set: CitySet) -> None:
    answer = pipeline("dataset", "review", city_set.out, "--port", 0)
    assert answer.code == 2
    assert "the truth has linked its riders already" in answer.err


def test_nothing_held_out_is_nothing_to_review(unreviewed: Path) -> None:
    pipeline("dataset", "split", unreviewed, "--split", "59/1")
    answer = pipeline("dataset", "review", unreviewed, "--port", 0)
    assert answer.code == 2
    assert "no passage is held out" in answer.err


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--encoder", "nonsense"), "'nonsense' is no model"),
        (("--host", "203.0.113.7"), "give a free port"),
        (("--port", "99999"), "port"),
    ],
)
def test_wrong_wishes_are_one_sentence(unreviewed: Path, options: tuple[str, ...], sentence: str) -> None:
    answer = pipeline("dataset", "review", unreviewed, *options)
    assert answer.code == 2, answer
    assert sentence in answer.err
