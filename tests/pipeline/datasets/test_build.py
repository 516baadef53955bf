"""``pipeline dataset build`` from video files to pictures of riders."""

import csv
import hashlib
import json
import re
from collections import defaultdict
from pathlib import Path

import cv2
import pytest

from anonymize import AnonymizeSettings, audit_folder
from anonymize.audit import DETAIL_LIMIT, detail_ratio
from pipeline.datasets import DatasetFolder
from reid.datasets import MarketName, Part, SplitRule, read_part
from tests.command_line import pipeline
from tests.pipeline.datasets.conftest import CitySet


def hashes(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(f.relative_to(folder)): hashlib.sha256(f.read_bytes()).hexdigest() for f in files}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_footage_gives_one_identity_for_each_passage(built: Path) -> None:
    found = read_part(built, Part.VALIDATION)
    assert found.counts.identities == 5, found.counts
    assert {camera: len(found.from_camera(camera).identities) for camera in (1, 2)} == {1: 3, 2: 2}
    assert found.counts.linked == 0, "nobody has linked them"
    assert {len(found.with_identities([who])) for who in found.identities} <= set(range(2, 7))
    assert not list((built / Part.TEST).iterdir())


def test_pictures_are_named_as_in_market_1501(built: Path) -> None:
    pictures = [path.name for part in Part for path in (built / part).iterdir()]
    assert len(pictures) > 10
    assert all(str(MarketName.parse(name)) == name for name in pictures), pictures


def test_the_frame_in_the_name_fits_the_time_of_the_picture(built: Path) -> None:
    for crop in read_part(built, Part.VALIDATION).from_camera(1).crops:
        name = MarketName.parse(crop.path.name)
        second = crop.time - 1_715_669_400  # 2024-05-14T06:50:00Z
        assert second == name.frame // 10, crop


def test_every_picture_passes_the_audit(built: Path, city_set: CitySet) -> None:
    for folder in (built, city_set.out):
        report = audit_folder(folder, AnonymizeSettings())
        assert report.images > 10
        assert report.clean, report.findings


def test_the_audit_would_notice_the_untouched_pixels(city_set: CitySet) -> None:
    """The same cut-outs, found again in the film: most are too sharp for the audit."""
    film = cv2.VideoCapture(str(city_set.city / "camera_A.mp4"))
    frames = []
    while (read := film.read())[0]:
        frames.append(read[1])
    crops = read_part(city_set.out, "validation").from_camera(1).crops[:20]
    sharp = 0
    for crop in crops:
        frame, written = frames[MarketName.parse(crop.path.name).frame], cv2.imread(str(crop.path))
        place = cv2.matchTemplate(frame, written, cv2.TM_SQDIFF_NORMED)
        difference, _, (left, top), _ = cv2.minMaxLoc(place)
        assert difference < 0.1, f"{crop.path.name} is not in its frame ({difference:.3f})"
        height, width = written.shape[:2]
        original = frame[top : top + height, left : left + width]
        sharp += detail_ratio(original, AnonymizeSettings()) > DETAIL_LIMIT
    assert sharp > 0.7 * len(crops), f"the audit finds {sharp} of {len(crops)} untouched pictures"


def test_pictures_keep_their_size(city_set: CitySet) -> None:
    heights = {cv2.imread(str(crop.path)).shape[0] for crop in read_part(city_set.out, "train").crops}
    assert len(heights) > 3, heights


def test_truth_links_the_held_out_riders_over_the_cameras(city_set: CitySet) -> None:
    tables = {int(row["tracklet"]): row for row in rows(city_set.out / "tracklets.csv")}
    riders: dict[str, set[str]] = defaultdict(set)
    for row in tables.values():
        if row["part"] in ("test", "validation"):
            riders[row["rider"]].add(row["identity"])
    assert riders
    assert all(len(identities) == 1 for identities in riders.values()), riders
    linked = {part: read_part(city_set.out, part).counts.linked for part in ("test", "validation")}
    assert linked["test"] >= 1, linked
    assert not {row["rider"] for row in tables.values() if row["part"] == "test"} & {
        row["rider"] for row in tables.values() if row["part"] == "validation"
    }


def test_truth_numbers_training_by_tracklet(city_set: CitySet) -> None:
    train = [row for row in rows(city_set.out / "tracklets.csv") if row["part"] == "train"]
    assert len(train) > 2
    assert len({row["identity"] for row in train}) == len(train)


def test_truth_passages_are_those_of_the_truth(city_set: CitySet) -> None:
    """Each passage of the set lies within one of the same rider in passages.csv, at the same camera."""
    manifest = DatasetFolder.open(city_set.out).manifest
    expected = [
        (row["rider"], row["camera"], float(row["enter_epoch_s"]), float(row["exit_epoch_s"]))
        for row in rows(city_set.city / "truth" / "passages.csv")
    ]
    for one in DatasetFolder.open(city_set.out).placed:
        camera = manifest.camera(one.stored.camera).id
        fitting = [
            passage for passage in expected
            if passage[:2] == (str(one.stored.rider), camera)
            and abs(passage[2] - one.stored.enter) < 1.5 and abs(passage[3] - one.stored.exit) < 1.5
        ]  # fmt: skip
        assert len(fitting) == 1, (one, fitting)


def test_every_picture_lies_in_the_part_of_its_moment(city_set: CitySet) -> None:
    rule = SplitRule.parse("0.3/2.7")
    for part, trains in (("train", True), ("validation", False), ("test", False)):
        sides = {rule.trains_at(crop.time) for crop in read_part(city_set.out, part).crops}
        assert sides == {trains}, part
    assert any(row["part"] == "left_out" for row in rows(city_set.out / "tracklets.csv"))


def test_the_same_footage_gives_the_same_bytes(built: Path, footage: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    answer = pipeline("dataset", "build", footage / "site.yaml", again, "--crops-per-tracklet", 6)
    assert answer.code == 0, answer.err
    assert hashes(again) == hashes(built)


def test_the_manifest_says_how_the_set_was_made(built: Path) -> None:
    manifest = json.loads((built / "manifest.json").read_text())
    assert manifest["site"] == "test street"
    assert manifest["first_hour"] == "2024-05-14T06Z"
    assert [camera["id"] for camera in manifest["cameras"]] == ["North gate", "B"]
    assert [camera["anonymize"]["largest_rider"] for camera in manifest["cameras"]] == [0.4, 0.3]
    assert manifest["windows"] == [{"from_camera": 1, "to_camera": 2, "earliest_s": 5.0, "latest_s": 40.0}]
    counted = {(row["part"], row["camera"]): row["crops"] for row in manifest["counts"]}
    for (part, camera), crops in counted.items():
        assert len(list((built / part).glob(f"*_c{camera}s*"))) == crops
    assert manifest["parameters"]["detector"]["name"] == "motion"


def test_the_manifest_tells_no_place_and_no_minute(built: Path, footage: Path) -> None:
    text = (built / "manifest.json").read_text()
    assert str(footage) not in text
    assert "53.2" not in text
    assert not re.search(r"T\d\d:\d\d", text), "a time finer than an hour"


def test_blurring_at_the_source_builds_too(footage: Path, tmp_path: Path) -> None:
    out = tmp_path / "set"
    answer = pipeline("dataset", "build", footage / "site.yaml", out, "--set", "anonymize.when=source")
    assert answer.code == 0, answer.err
    assert read_part(out, Part.VALIDATION).counts.identities == 5
    assert audit_folder(out).clean


def test_a_folder_with_something_in_it_is_left_alone(footage: Path, tmp_path: Path) -> None:
    (tmp_path / "keep.txt").write_text("mine")
    answer = pipeline("dataset", "build", footage / "site.yaml", tmp_path)
    assert answer.code == 2
    assert "is not empty; name a new folder" in answer.err
    assert [path.name for path in tmp_path.iterdir()] == ["keep.txt"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--split", "5/2"), "does not fill an hour"),
        (("--truth", "nowhere"), "holds no boxes_North gate.txt"),
        (("--crops-per-tracklet", "0"), "crops-per-tracklet"),
        (("--set", "detector.name=nonsense"), "nonsense"),
    ],
)
def test_wrong_wishes_are_one_sentence_and_leave_nothing(
    footage: Path, tmp_path: Path, options: tuple[str, ...], sentence: str
) -> None:
    out = tmp_path / "set"
    answer = pipeline("dataset", "build", footage / "site.yaml", out, *options)
    assert answer.code == 2, answer
    assert sentence in answer.err
    assert not out.exists()


def test_a_damaged_truth_is_one_sentence(footage: Path, tmp_path: Path) -> None:
    for camera in ("North gate", "B"):
        (tmp_path / f"boxes_{camera}.txt").write_text("1,2,three\n")
    answer = pipeline("dataset", "build", footage / "site.yaml", tmp_path / "set", "--truth", tmp_path)
    assert answer.code == 2
    assert "is not in MOT format" in answer.err


def test_footage_that_is_not_there_leaves_no_half_set(footage: Path, tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text((footage / "site.yaml").read_text())
    answer = pipeline("dataset", "build", tmp_path / "site.yaml", tmp_path / "set")
    assert answer.code != 0
    assert not (tmp_path / "set").exists()


def test_broken_footage_is_said_and_kept_in_the_manifest(footage: Path, tmp_path: Path) -> None:
    whole = (footage / "a.mp4").read_bytes()
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips" / "1.mp4").write_bytes(whole)
    (tmp_path / "clips" / "2.mp4").write_bytes(b"no video")
    (tmp_path / "site.yaml").write_text(
        "site: s\ntimezone: UTC\ndetector: {name: motion}\n"
        "cameras:\n  - {id: A, source: clips, start: 2024-05-14T08:50:00}\n"
    )
    answer = pipeline("dataset", "build", tmp_path / "site.yaml", tmp_path / "set")
    assert answer.code == 0, answer.err
    assert "camera A: 2.mp4" in answer.err
    [camera] = DatasetFolder.open(tmp_path / "set").manifest.cameras
    assert camera.sources == ("1.mp4", "2.mp4")
    assert len(camera.problems) == 1


def test_two_files_of_a_camera_are_two_sequences(footage: Path, tmp_path: Path) -> None:
    (tmp_path / "clips").mkdir()
    for name, source in (("1.mp4", "b.mp4"), ("2.mp4", "a.mp4")):
        (tmp_path / "clips" / name).write_bytes((footage / source).read_bytes())
    (tmp_path / "site.yaml").write_text(
        "site: s\ntimezone: UTC\ndetector: {name: motion}\n"
        "cameras:\n  - {id: A, source: clips, start: 2024-05-14T08:50:00}\n"
    )
    answer = pipeline("dataset", "build", tmp_path / "site.yaml", tmp_path / "set")
    assert answer.code == 0, answer.err
    names = [MarketName.parse(crop.path.name) for crop in read_part(tmp_path / "set", "validation").crops]
    assert {name.sequence for name in names} == {1, 2}
    # The longer file has 200 frames; counted on, the second would end at nearly 400.
    assert max(name.frame for name in names) < 200, "frames count anew in every file"
