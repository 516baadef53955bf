"""The loop that sends: patient, paced, and of no harm."""

from itertools import pairwise
from pathlib import Path

import pytest

from pipeline.edge import Batch
from pipeline.edge.client import Answer, Outcome
from pipeline.edge.sender import IDLE_S, LONGEST_PAUSE_S, Sender
from pipeline.telemetry import SavingTrace, SendingTrace, Traces
from tests.flows.written import MORNING
from tests.pipeline.centre.riders import Riding, configured, ridden, without_footage
from tracking.errors import DatabaseError


class Scripted:
    """Answers what it is told to, then that all was received."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.sizes: list[int] = []

    def send(self, batch: Batch) -> Answer:
        self.sizes.append(len(batch.sightings) + len(batch.withdrawn))
        return self.answers.pop(0) if self.answers else Answer(Outcome.RECEIVED, batch.last)


@pytest.fixture
def box(tmp_path: Path) -> Riding:
    riding = Riding("one", "AC", tmp_path, ridden(1))
    while not riding.done:
        riding.count()
    return riding


def test_pauses_grow_while_nobody_answers_and_the_trouble_is_said_once(box: Riding) -> None:
    away = Answer(Outcome.LATER, sentence="the centre cannot be reached: no route")
    sender = box.sender(Scripted(*[away] * 12))
    pauses = [sender.step() for _ in range(12)]
    assert 1.5 <= pauses[0] <= 2
    assert all(later >= earlier for earlier, later in pairwise(pauses[:8]))
    assert pauses[-1] <= LONGEST_PAUSE_S
    assert len(box.said) == 1
    assert "counting goes on" in box.said[0]
    sender.step()
    assert "answers again" in box.said[1]


def test_every_batch_is_told_of_with_what_became_of_it(box: Riding) -> None:
    told, traces = list[SavingTrace | SendingTrace](), Traces()
    traces.listen(told.append)
    away = Answer(Outcome.LATER, sentence="the centre cannot be reached: no route")
    sender = Sender(box.outbox, Scripted(away), box.said.append, traces=traces)
    sender.step()
    sender.step()

    first, second = told
    assert isinstance(first, SendingTrace)
    assert isinstance(second, SendingTrace)
    assert (first.outcome, second.outcome) == ("later", "received")
    assert first.sightings == second.sightings == sender.sent.sightings > 0
    assert first.start <= first.end <= second.start <= second.end


def test_a_centre_that_has_no_time_says_when_to_come_again(box: Riding) -> None:
    sender = box.sender(Scripted(Answer(Outcome.LATER, sentence="busy", wait_s=60.0)))
    assert 45 <= sender.step() <= 60


def test_a_centre_cannot_silence_a_box_for_ever(box: Riding) -> None:
    sender = box.sender(Scripted(Answer(Outcome.LATER, sentence="busy", wait_s=1e9)))
    assert sender.step() <= LONGEST_PAUSE_S


def test_batches_that_are_too_large_are_halved_until_they_fit(box: Riding) -> None:
    line = Scripted(*[Answer(Outcome.TOO_LARGE)] * 6)
    sender = box.sender(line)
    for _ in range(40):
        sender.step()
    assert line.sizes[6] <= 300 // 2**6
    assert sender.sent.left == 0


def test_nothing_is_dropped_when_it_is_refused(box: Riding) -> None:
    line = Scripted(*[Answer(Outcome.REFUSED, sentence="the centre refuses: no")] * 3)
    sender = box.sender(line)
    before = box.outbox.pending().last
    for _ in range(3):
        sender.step()
    assert box.outbox.pending().last == before
    assert box.outbox.pending().after == 0


def test_a_database_that_fails_does_not_end_the_sending(box: Riding, monkeypatch: pytest.MonkeyPatch) -> None:
    sender = box.sender(Scripted())

    def fail(_: object) -> object:
        raise DatabaseError("database flows.db is locked")

    with monkeypatch.context() as patched:
        patched.setattr(box.outbox, "pending", fail)
        assert sender.step() > 0
    assert "is locked" in box.said[0]
    sender.step()
    assert sender.sent.sightings > 0


def test_an_empty_outbox_is_looked_at_now_and_then(box: Riding) -> None:
    line = Scripted()
    sender = box.sender(line)
    sender.step()
    count = len(line.sizes)
    assert [sender.step(), sender.step()] == [IDLE_S, IDLE_S]
    assert len(line.sizes) == count


def test_months_without_network_are_few_notes(box: Riding) -> None:
    """Progress that is told every few seconds leaves one note; a passage that changes, too."""
    store = box.store
    box.sender(Scripted()).step()
    run_id = store.begin_run(without_footage(configured("x"), "month")).run_id
    start = MORNING + 7200
    for number in range(12):
        store.save_progress(run_id, "A", [], [(start + number, start + number + 1)], str(number))
    assert box.outbox.pending().left == 0
    pending = box.outbox.pending()
    assert (len(pending.watched), len(pending.progress)) == (1, 1)
    (told,) = pending.watched
    assert told.observed == ((told.start, told.end),)
