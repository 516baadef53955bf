"""A camera that got another name in site file and database is the same camera for the next run."""

import sqlite3
from pathlib import Path

from tests.command_line import pipeline, street, write_video
from tests.pipeline.runner.nights import COVERAGE, SIGHTINGS, first_night, put, rows, run, same_as_clean

RED, BLUE = (30, 30, 220), (220, 60, 30)
SITE = """
site: test
timezone: Europe/Amsterdam
detector: {name: motion}
encoder: {name: colour_stripes}
cameras:
  - {id: A, source: a.mp4, start: 2024-05-14T08:00:00}
"""


def test_the_next_run_counts_nothing_twice(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mp4", street(160, ((20, RED), (90, BLUE))))
    site, database = tmp_path / "site.yaml", tmp_path / "flows.db"
    run = ("run", "--cameras", site, "--database", database)
    site.write_text(SITE)
    assert pipeline(*run).code == 0
    renamed = pipeline(
        "db", "rename-camera", "test", "A", "bakery", "--cameras", site, "--database", database
    )
    assert renamed.code == 0, renamed.err
    site.write_text(SITE.replace("id: A", "id: bakery"))
    again = pipeline(*run)
    assert again.code == 0, again.err
    assert counted(database) == [("bakery", 2)]
    removed = pipeline("db", "remove-camera", "test", "bakery", "--yes", "--database", database)
    assert removed.code == 0, removed.err
    assert counted(database) == []
    assert pipeline(*run).code == 0
    assert counted(database) == [("bakery", 2)], "a removed camera's footage was not read again"


def test_a_rider_in_view_when_the_name_changed_is_one_and_stays_in_his_journey(folder: Path) -> None:
    first_night(folder, "*080000*")
    site = folder / "site.yaml"
    assert pipeline("db", "rename-camera", "test", "A", "bakery", "--cameras", site).code == 0
    site.write_text(site.read_text().replace("id: A", "id: bakery").replace("from: A", "from: bakery"))
    put(folder, "*080010*")

    summary = run(folder)

    assert not any("other settings" in note for note in summary.notes), summary.notes
    riders = [row[1:] for row in rows(folder, SIGHTINGS) if row[0] == "bakery"]
    assert len(riders) == 3
    same_as_clean(folder, SIGHTINGS, COVERAGE)


def counted(database: Path) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(database)
    try:
        return connection.execute(
            "select camera, sum(cyclists) from camera_counts group by camera order by 1"
        ).fetchall()
    finally:
        connection.close()
