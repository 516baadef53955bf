"""`pipeline tune` as a user meets it."""

import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.cameras import detectors
from tests.command_line import pipeline, street, write_video
from tests.pipeline.colour_detector import ColourDetector
from tests.pipeline.tuning.conftest import GREEN, LEAST_SIDE, RED, RIDERS, SITE, AnySizeDetector
from tracking.arrays import Image
from tracking.values import Detections


def tuned(site: Path, *options: object) -> dict[str, Any]:
    answer = pipeline("tune", site, "--format", "json", *options)
    assert answer.code == 0, answer.err
    values: dict[str, Any] = json.loads(answer.out)
    return values


def names_in(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def steady(values: dict[str, Any]) -> dict[str, Any]:
    """All but what the machine has a say in."""
    trials = [{k: v for k, v in one.items() if k != "processor_s_per_minute"} for one in values["trials"]]
    return {**values, "trials": trials}


def test_the_table_tells_what_was_tried_and_the_site_file_stays(site: Path) -> None:
    before = names_in(site.parent)
    answer = pipeline("tune", site)
    assert answer.code == 0, answer.err
    assert "camera A: a.mp4, 2024-05-14 08:00:00–08:00:24" in answer.out
    assert "every frame" in answer.out
    assert "3 of 3 riders counted: with 95 % confidence it loses less than 63.2%" in answer.out
    assert "note: sizes are not tried" in answer.out
    block = yaml.safe_load(answer.out.partition("--write:\n")[2])
    assert block["attention"]["rate"] < 10
    assert "detector" not in block
    assert site.read_text("utf-8") == SITE
    assert names_in(site.parent) == before, "nothing may be left over, least of all pictures"


def test_the_chosen_keys_are_written_beside_the_comments_and_count(site: Path) -> None:
    values = tuned(site, "--write", "--json", site.parent / "tuning.json")
    assert values["written"]
    assert json.loads((site.parent / "tuning.json").read_text("utf-8")) == values
    text = site.read_text("utf-8")
    assert text.startswith(SITE)
    shown = yaml.safe_load(pipeline("validate", site).out)
    for key, value in values["chosen"].items():
        section, name = key.split(".")
        assert shown[section][name] == value


def test_the_smallest_size_is_chosen_that_still_sees_riders(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(detectors, "build_detector", AnySizeDetector)
    site.write_text(SITE + "detector: {input_size: 320}  # too small\n", encoding="utf-8")
    values = tuned(site, "--write")
    reference, *others = values["trials"]
    assert (reference["way"], reference["riders"]) == ("every frame, 640 px", len(RIDERS))
    chosen = next(one for one in others if one["chosen"])
    assert values["chosen"]["detector.input_size"] == 416 >= LEAST_SIDE
    assert values["chosen"]["attention.parts"]
    assert chosen["full_looks_per_s"] < chosen["looks_per_s"] / 2 < reference["looks_per_s"] / 2
    small = [one for one in others if one["settings"]["detector.input_size"] == 320]
    assert small
    assert not any(one["agrees"] for one in small)
    assert yaml.safe_load(site.read_text("utf-8"))["detector"] == {"input_size": 416}
    again = tuned(site)
    assert again["chosen"] == values["chosen"], "what was tuned before changes nothing"
    assert steady(again)["trials"][0] == steady(values)["trials"][0]


def test_busy_minutes_are_taken_of_long_footage_and_riders_are_linked(site: Path) -> None:
    """Riders of the last third only, at both cameras."""
    for name, later in (("a", 0), ("b", 50)):
        write_video(site.parent / f"{name}.mp4", street(600, ((410 + later, RED), (470 + later, GREEN))))
    camera = "  - {id: B, source: b.mp4, start: 2024-05-14T08:00:00}\n"
    site.write_text(SITE + camera + "links: [{from: A, to: B, min_travel_s: 2, max_travel_s: 9}]\n", "utf-8")
    values = tuned(site, "--minutes", 0.5)
    assert values["minutes"] == 1.0, "half a minute was asked for, and both cameras have the same"
    assert {piece["camera"] for piece in values["pieces"]} == {"A", "B"}
    assert all(piece["end"] > "2024-05-14T08:00:45" for piece in values["pieces"])
    assert values["trials"][0]["links"] >= 1
    assert next(one for one in values["trials"] if one["chosen"])["links_f1"] == 1.0


def test_a_detector_that_remembers_is_given_fewer_frames(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Remembering(ColourDetector):
        stateful = True

    monkeypatch.setattr(detectors, "build_detector", lambda settings: Remembering())
    values = tuned(site, "--write")
    assert values["chosen"] == {"runtime.max_fps": values["trials"][-1]["settings"]["runtime.max_fps"]}
    assert yaml.safe_load(site.read_text("utf-8"))["runtime"]["max_fps"] < 10


def test_nothing_is_written_where_nothing_agrees(site: Path) -> None:
    """Movement that the gate cannot see."""
    settings = ("--set", "attention.least_change=250", "--set", "attention.quiet_rate=0.2")
    answer = pipeline("tune", site, "--write", *settings)
    assert answer.code == 1
    assert "differs" in answer.out
    assert answer.err.splitlines()[-1].startswith("error: no cheaper way of looking counts the same riders")
    assert site.read_text("utf-8") == SITE


def test_a_street_without_riders_says_nothing(site: Path) -> None:
    write_video(site.parent / "a.mp4", street(240))
    answer = pipeline("tune", site, "--write")
    assert answer.code == 1
    assert "error: nobody was counted in these minutes" in answer.err
    assert site.read_text("utf-8") == SITE


def test_a_camera_that_cannot_be_read_is_named_and_the_others_go_on(site: Path) -> None:
    (site.parent / "b.mp4").write_bytes(b"no video")
    site.write_text(SITE + "  - {id: B, source: b.mp4, start: 2024-05-14T08:00:00}\n", encoding="utf-8")
    answer = pipeline("tune", site)
    assert answer.code == 3
    assert "camera B: not tried: " in answer.out
    assert "chosen: " in answer.out


@pytest.mark.parametrize(
    ("file", "code", "sentence"),
    [
        (None, 2, "a.mp4"),
        (100, 2, "its cameras have 10 s of footage in all, and tuning needs at least 22 s"),
        (0, 1, "b.mp4"),
    ],
)
def test_footage_that_is_not_enough_is_named(site: Path, file: int | None, code: int, sentence: str) -> None:
    (site.parent / "a.mp4").unlink()
    if file:
        write_video(site.parent / "a.mp4", street(file, ((20, RED),)))
    elif file == 0:
        (site.parent / "b.mp4").write_bytes(b"no video")
        site.write_text(SITE.replace("a.mp4", "b.mp4"), encoding="utf-8")
    answer = pipeline("tune", site)
    assert answer.code == code, answer.err
    assert sentence in answer.err
    assert answer.err.startswith("error: ")


def test_a_site_file_that_cannot_be_changed_loses_no_result(site: Path) -> None:
    text = SITE.replace("cameras:", "attention: &kept {rate: 6.25}\ncameras:")
    text = text.replace("start: 2024", "attention: *kept, start: 2024")
    site.write_text(text, encoding="utf-8")
    answer = pipeline("tune", site, "--write")
    assert answer.code == 2
    assert "chosen: " in answer.out
    assert answer.err.splitlines()[-1].startswith(
        f"error: {site}: is written so that values cannot be put in"
    )
    assert site.read_text("utf-8") == text


def test_ctrl_c_leaves_nothing_behind(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes while the detector looks at one camera, and another goes on."""
    calls = iter(range(1_000_000))

    class Interrupted(ColourDetector):
        def detect(self, images: Sequence[Image]) -> list[Detections]:
            if next(calls) == 2:
                raise KeyboardInterrupt
            return super().detect(images)

    monkeypatch.setattr(detectors, "build_detector", lambda settings: Interrupted())
    write_video(site.parent / "b.mp4", street(240, ((60, RED),)))
    text = SITE + "  - {id: B, source: b.mp4, start: 2024-05-14T08:00:00}\n"
    site.write_text(text, encoding="utf-8")
    before = names_in(site.parent)
    answer = pipeline("tune", site, "--write", "--json", site.parent / "tuning.json")
    assert answer.code == 130
    assert "error: stopped before the end; nothing was written" in answer.err
    assert names_in(site.parent) == before
    assert site.read_text("utf-8") == text
    assert not [one.name for one in threading.enumerate() if one.name.startswith("decode")]
