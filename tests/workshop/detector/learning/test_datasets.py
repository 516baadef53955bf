"""Reading labelled folders."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from tracking.errors import UsageError
from workshop.detector.learning.datasets import DatasetSettings, read_folder
from workshop.detector.learning.samples import Label


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "set"
    (folder / "images").mkdir(parents=True)
    (folder / "labels").mkdir()
    for stem in ("01.5_a", "01.6_b", "02_c"):
        cv2.imwrite(str(folder / "images" / f"{stem}.jpg"), np.full((100, 200, 3), 90, np.uint8))
    (folder / "classes.txt").write_text("bike\nman\ncar", encoding="utf-8")
    (folder / "labels" / "01.5_a.txt").write_text("0 0.5 0.5 0.1 0.4\n2 0.2 0.5 0.1 0.2\n", encoding="utf-8")
    (folder / "labels" / "01.6_b.txt").write_text("1 0.25 0.5 0.5 1.0\n", encoding="utf-8")
    (folder / "partly.txt").write_text("01.6_b\n", encoding="utf-8")
    return tmp_path


def settings(**changes: object) -> DatasetSettings:
    return DatasetSettings.model_validate({"folder": "set", "classes": {"bike": "cyclist"}, **changes})


def test_boxes_are_in_pixels_and_unnamed_classes_are_left_out(data: Path) -> None:
    first = read_folder(settings(), data)[0]
    np.testing.assert_allclose(first.boxes, [[90, 30, 110, 70]], atol=1e-3)
    assert first.labels.tolist() == [Label.CYCLIST]


def test_an_image_without_a_file_of_labels_is_empty(data: Path) -> None:
    assert len(read_folder(settings(), data)[2].labels) == 0


def test_rows_cut_off_above_move_the_boxes(data: Path) -> None:
    first = read_folder(settings(top_px=40), data)[0]
    assert first.image.shape == (60, 200, 3)
    np.testing.assert_allclose(first.boxes, [[90, 0, 110, 30]], atol=1e-3)


def test_absence_means_nothing_where_labels_are_incomplete(data: Path) -> None:
    images = read_folder(settings(incomplete="partly.txt", pedestrians_complete=0.5), data)
    assert [image.background.tolist() for image in images] == [[1, 0.5], [0, 0.5], [1, 0.5]]


def test_held_back_images_are_kept_apart_and_left_out_ones_are_nowhere(data: Path) -> None:
    chosen = settings(held_back=("01.5", "01.6"), left_out=("01.6",))
    assert [image.name for image in read_folder(chosen, data)] == ["set/02_c"]
    assert [image.name for image in read_folder(chosen, data, held_back=True)] == ["set/01.5_a"]


def test_a_folder_of_pictures_alone_is_enough_for_empty_streets(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    cv2.imwrite(str(tmp_path / "empty" / "a.png"), np.zeros((20, 30, 3), np.uint8))
    assert len(read_folder(DatasetSettings(folder="empty"), tmp_path)) == 1


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda folder: (folder / "classes.txt").unlink(), "classes.txt: missing"),
        (lambda folder: (folder / "classes.txt").write_text("car\nman"), "has no class 'bike'"),
        (lambda folder: (folder / "labels" / "02_c.txt").write_text("0 0.5"), "02_c.txt: line 1"),
        (
            lambda folder: (folder / "images" / "02_c.jpg").write_bytes(b"no"),
            "02_c.jpg: not a readable image",
        ),
        (lambda folder: (folder / "partly.txt").unlink(), "partly.txt: no such file"),
    ],
)
def test_what_is_wrong_with_a_folder_is_said(data: Path, spoil: object, message: str) -> None:
    spoil(data / "set")  # type: ignore[operator]
    with pytest.raises(UsageError, match=message):
        read_folder(settings(incomplete="partly.txt"), data)


def test_a_folder_without_images_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no images there"):
        read_folder(settings(), tmp_path)


def test_boxes_of_pascal_voc_are_read_by_the_names_of_their_classes(data: Path) -> None:
    (data / "set" / "annotations").mkdir()
    box = "<bndbox><xmin>10</xmin><ymin>20</ymin><xmax>40</xmax><ymax>80</ymax></bndbox>"
    objects = "".join(
        f"<object><name>{name}</name>{box}</object>" for name in ("cyclist with bicycle", "tram")
    )
    (data / "set" / "annotations" / "01.5_a.xml").write_text(f"<annotation>{objects}</annotation>")
    first, second, _ = read_folder(settings(classes={"cyclist with bicycle": "cyclist"}), data)
    assert first.boxes.tolist() == [[10, 20, 40, 80]]
    assert first.labels.tolist() == [Label.CYCLIST]
    assert not len(second.labels)


@pytest.mark.parametrize("text", ["no xml", "<a><object><name>bike</name></object></a>"])
def test_what_is_no_pascal_voc_is_told(text: str, data: Path) -> None:
    (data / "set" / "annotations").mkdir()
    (data / "set" / "annotations" / "01.5_a.xml").write_text(text)
    with pytest.raises(UsageError, match=r"01\.5_a\.xml: not Pascal VOC"):
        read_folder(settings(), data)
