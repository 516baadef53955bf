"""Sending as a process of its own, beside a run or alone."""

from pathlib import Path
from threading import Event

import pytest

from flows.database import site_lock
from pipeline.edge import Sending, SinkAddress, send_database
from tests.pipeline.centre.riders import Riding, ridden


@pytest.fixture
def box(tmp_path: Path) -> Riding:
    box = Riding("one", "A", tmp_path, ridden(1))
    box.count()
    return box


def nowhere(folder: Path) -> Sending:
    """A centre that does not answer."""
    (folder / "token").write_text("t", encoding="utf-8")
    return Sending(SinkAddress.parse("http://127.0.0.1:9"), folder / "token", 0.0)


def waiting(box: Riding) -> int:
    return sum(one.embedding is not None for one in box.outbox.pending().sightings)


def test_embeddings_that_nobody_would_delete_are_deleted_at_the_end(box: Riding, tmp_path: Path) -> None:
    assert waiting(box) > 0
    left = len(box.outbox.pending().sightings)
    send_database(str(box.database), None, nowhere(tmp_path), Event(), once=True)
    assert (waiting(box), len(box.outbox.pending().sightings)) == (0, left)


def test_those_of_a_run_that_goes_on_are_left_to_it(box: Riding, tmp_path: Path) -> None:
    before = waiting(box)
    with site_lock(box.store.database, "street"):
        send_database(str(box.database), None, nowhere(tmp_path), Event(), once=True)
    assert waiting(box) == before > 0
