"""What people ask first was asked before."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event
from starlette.testclient import TestClient

from flows.database import FlowStore
from web.access import Door
from web.ahead import ReadingAhead
from web.answers import Answers, Policy
from web.application import create_app
from web.pages import PAGES
from web.view import whole_days


def test_the_usual_pages_ask_the_database_for_nothing_any_more(town: Path) -> None:
    store = FlowStore.open_for_reading(str(town))
    answers = Answers(store.database, Policy())
    asked: list[str] = []
    with ReadingAhead(answers) as ahead:
        ahead.wait()
    (site,) = answers.sites()
    whole = whole_days(site, answers.observed()[site.name])
    end = whole.end
    day, weeks = (f"?from={max(whole.first, end - timedelta(days=days))}&to={end}" for days in (1, 28))
    engine = store.database.engine
    event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    pages = TestClient(create_app(answers, Door(a_minute=1000)), base_url="http://127.0.0.1")
    # How cameras are this minute is asked anew each minute.
    for name in PAGES.keys() - {"live"}:
        for period in ("", day, weeks):
            assert pages.get(f"/{name}{period}").status_code == 200
    assert [one for one in asked if not one.startswith("PRAGMA")] == []
    assert (
        pages.get(f"/network?from={end - timedelta(days=9)}&to={end - timedelta(days=5)}").status_code == 200
    )
    assert asked
    store.close()


def test_it_stops_where_it_is_not_waited_for(town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = FlowStore.open_for_reading(str(town))
    opened: list[object] = []
    ahead = ReadingAhead(Answers(store.database, Policy()))

    def page(view: object) -> None:
        opened.append(view)
        ahead.stop()

    monkeypatch.setattr("web.ahead.PAGES", {"first": page, "second": page})
    with ahead:
        ahead.wait()
    store.close()
    assert len(opened) == 1


def test_a_database_that_cannot_be_read_stops_it_with_a_sentence(
    town: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = FlowStore.open_for_reading(str(town))
    answers = Answers(store.database, Policy(site="nowhere"))
    with ReadingAhead(answers) as ahead:
        ahead.wait()
    store.close()
    assert "pages are not read ahead: " in caplog.text
