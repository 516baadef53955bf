"""The account at the end of a run, read by people and by programs."""

import io
import json
from dataclasses import replace

import pytest
from rich.console import Console

from pipeline.telemetry import CameraSummary, RunSummary, Stage, print_summary

SECONDS = dict.fromkeys(Stage, 0.0) | {Stage.DECODE: 2.0, Stage.DETECT: 12.0, Stage.EMBED: 3.0}
SUMMARY = RunSummary(
    site="market",
    database="sqlite:///flows.db",
    detector="cyclist_detector",
    encoder="cyclist_encoder",
    wall_s=20.0,
    stage_s=SECONDS,
    cameras=(
        CameraSummary(
            "A",
            300,
            10,
            31.4,
            7,
            ("a.mp4: 3 frames could not be decoded",),
            2,
            30,
            1,
            looks=80,
            stretches_ahead=3,
            looks_ahead=50,
            looks_twice=4,
        ),
        CameraSummary("B", 100, 0, 10.0, 2, (), unread=True),
    ),
    journeys=8,
    linked_journeys=1,
    notes=("camera C is gone",),
)


def printed(summary: RunSummary) -> list[str]:
    """The lines of the account on a wide screen."""
    screen = io.StringIO()
    print_summary(summary, Console(file=screen, width=160, color_system=None))
    return [" ".join(line.replace("│", " ").split()) for line in screen.getvalue().splitlines()]


def test_rates_are_over_all_cameras() -> None:
    assert (SUMMARY.frames_read, SUMMARY.frames_per_s) == (400, 20.0)
    assert SUMMARY.ms_per_frame(Stage.DETECT) == 30.0


def test_a_run_that_read_nothing_has_no_rates() -> None:
    empty = replace(SUMMARY, cameras=(), wall_s=0.0)
    assert (empty.frames_per_s, empty.ms_per_frame(Stage.DETECT)) == (0.0, 0.0)
    assert printed(empty)


def test_json_carries_every_number() -> None:
    values = json.loads(SUMMARY.to_json())
    assert values == {
        "site": "market",
        "database": "sqlite:///flows.db",
        "detector": "cyclist_detector",
        "encoder": "cyclist_encoder",
        "wall_s": 20.0,
        "stage_s": {stage.value: seconds for stage, seconds in SECONDS.items()},
        "cameras": [
            {
                "camera": "A", "frames_read": 300, "frames_skipped": 10, "observed_s": 31.4, "cyclists": 7,
                "problems": ["a.mp4: 3 frames could not be decoded"], "files_added": 2, "files_known": 30,
                "files_left_out": 1, "unread": False, "looks": 80, "stretches_ahead": 3, "looks_ahead": 50,
                "looks_twice": 4,
            },
            {
                "camera": "B", "frames_read": 100, "frames_skipped": 0, "observed_s": 10.0, "cyclists": 2,
                "problems": [], "files_added": 0, "files_known": 0, "files_left_out": 0, "unread": True,
                "looks": 0, "stretches_ahead": 0, "looks_ahead": 0, "looks_twice": 0,
            },
        ],
        "journeys": 8,
        "linked_journeys": 1,
        "already_done": False,
        "publication_changed": False,
        "unlinkable": 0,
        "notes": ["camera C is gone"],
        "frames_read": 400,
        "frames_per_s": 20.0,
        "stage_ms_per_frame": {stage.value: 1000 * seconds / 400 for stage, seconds in SECONDS.items()},
    }  # fmt: skip


def test_people_read_where_the_time_went_and_what_was_counted() -> None:
    lines = printed(SUMMARY)
    title = "400 frames in 20.0 s (20.0 frames/s), detector cyclist_detector, encoder cyclist_encoder"
    assert " ".join(lines[:3]).startswith(title)
    assert "detect 12.00 30.0 60%" in lines
    assert "market: cyclists per camera" in lines
    assert "A 2 30 1 300 80 10 31 s 7" in lines
    told = "50 of 80 looks were made ahead by other workers, in 3 stretches; 4 were made twice"
    assert [line for line in lines if "ahead" in line] == [f"camera A: {told}"]
    assert "camera C is gone" in lines
    assert "B 0 0 0 100 0 0 10 s 2" in lines
    assert "8 journeys, 1 of them seen by two cameras or more → sqlite:///flows.db" in lines
    assert lines[-1] == "camera A: a.mp4: 3 frames could not be decoded"


@pytest.mark.parametrize("cameras", [SUMMARY.cameras, ()])
def test_a_run_with_nothing_to_do_says_so_instead_of_telling_times(
    cameras: tuple[CameraSummary, ...],
) -> None:
    lines = printed(replace(SUMMARY, already_done=True, cameras=cameras))
    told = "market: sqlite:///flows.db already holds this footage; nothing to do."
    assert lines[0] == told
    assert not [line for line in lines if "frames/s" in line]
    assert "8 journeys, 1 of them seen by two cameras or more → sqlite:///flows.db" in lines


def test_a_site_that_is_published_in_another_way_from_now_on_is_told() -> None:
    first, second, *_ = printed(replace(SUMMARY, already_done=True, publication_changed=True))
    assert first.startswith("market: sqlite:///flows.db publishes this site from now on as statistics.")
    assert second.endswith("; nothing else to do.")


@pytest.mark.parametrize("already_done", [True, False])
def test_names_in_brackets_are_printed_and_not_taken_for_styles(already_done: bool) -> None:
    camera = CameraSummary("A [x]", 1, 0, 0.1, 0, ("cam[1].mp4: cannot be opened as video",))
    lines = printed(
        replace(
            SUMMARY, site="lane [red]", database="sqlite:///[b].db", detector="own [v2]", cameras=(camera,),
            already_done=already_done, publication_changed=True,
        )
    )  # fmt: skip
    text = " ".join(lines)
    assert "lane [red]: cyclists per camera" in text
    assert "A [x] 0 0 0 1 0 0 0 s 0" in text
    assert "→ sqlite:///[b].db" in text
    assert "lane [red]: sqlite:///[b].db publishes" in text
    assert ("lane [red]: sqlite:///[b].db already" if already_done else "detector own [v2]") in text
    assert lines[-1] == "camera A [x]: cam[1].mp4: cannot be opened as video"
