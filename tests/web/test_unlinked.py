"""Riders whom no centre could link stand on the page of data quality; small numbers of them do not."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.web.conftest import Open
from tests.web.reading import rows_of
from web.answers import Policy

DAY = "from=2019-10-02&to=2019-10-03"


def with_unlinkable(street: Path, tmp_path: Path) -> Path:
    """Seven riders of A were told too late, two of B."""
    path = tmp_path / "flows.db"
    with closing(sqlite3.connect(street)) as source, closing(sqlite3.connect(path)) as copy:
        source.backup(copy)
        for camera, riders in (("A", 7), ("B", 2)):
            copy.execute(
                "INSERT INTO unlinkable SELECT sighting_id, 'late' FROM sighting "
                "JOIN camera USING (camera_id) WHERE name = ? ORDER BY sighting_id LIMIT ?",
                (camera, riders),
            )
        copy.commit()
    return path


def test_riders_who_came_too_late_are_told(open_pages: Open, street: Path, tmp_path: Path) -> None:
    path = with_unlinkable(street, tmp_path)
    text = open_pages(path).get(f"/quality?{DAY}").text
    late = "told too late"
    assert rows_of(text, "unlinked") == [["A", late, 7], ["B", late, "fewer than 5"]]
    everything = open_pages(path, policy=Policy(min_count=1)).get(f"/quality?{DAY}").text
    assert rows_of(everything, "unlinked") == [["A", late, 7], ["B", late, 2]]
    before = open_pages(path).get("/quality?from=2019-10-01&to=2019-10-02").text
    assert 'id="unlinked"' not in before


def test_where_no_box_sends_nothing_is_said_of_it(open_pages: Open, street: Path) -> None:
    assert 'id="unlinked"' not in open_pages(street).get(f"/quality?{DAY}").text
