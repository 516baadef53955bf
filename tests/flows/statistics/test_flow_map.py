"""The flow map is a well-formed picture that shows what the rows say."""

from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest

from flows.statistics import CameraCount, OdCount, RouteCount, TravelTime, to_flow_map
from flows.statistics.rows import AnyRow
from tracking.errors import UsageError

START, END = datetime(2024, 5, 14, 6, tzinfo=UTC), datetime(2024, 5, 14, 7, tzinfo=UTC)
CAMERAS = [("town", "A"), ("town", "B"), ("town", "C & D")]
LOCATIONS = {("town", "A"): (53.22, 6.56), ("town", "B"): (53.22, 6.57), ("town", "C & D"): (53.23, 6.57)}
SVG = "{http://www.w3.org/2000/svg}"


def texts(picture: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(picture).iter(f"{SVG}text")]


@pytest.mark.parametrize(
    ("rows", "shown"),
    [
        (
            [OdCount("town", "A", "B", START, END, 7, 1.0), OdCount("town", "B", "A", START, END, 3, 1.0)],
            ["3", "7"],
        ),
        ([RouteCount("town", "A>B>C & D", START, END, 6, 1.0, 1.0)], ["6", "6"]),
        (
            [CameraCount("town", "A", way, START, END, 4, 1.0) for way in ("left", "right")]
            + [CameraCount("town", "B", "left", START, END, 0, 1.0)],
            ["0", "8"],
        ),
        ([OdCount("town", "A", "B", START, END, None, 0.0)], []),
        ([], []),
    ],
)
def test_numbers_and_cameras_are_in_the_picture(rows: list[AnyRow], shown: list[str]) -> None:
    title, *found = texts(to_flow_map(rows, LOCATIONS, CAMERAS))
    assert title.startswith("town: ")
    assert sorted(found) == sorted(["A", "B", "C & D", *shown])


def test_a_camera_that_saw_nothing_is_not_shown_as_one_without_cyclists() -> None:
    """Missing is not zero."""
    unseen = CameraCount("town", "A", "left", START, END, None, 0.0)
    _, *found = texts(to_flow_map([unseen], LOCATIONS, CAMERAS))
    assert sorted(found) == ["A", "B", "C & D"]


def test_who_crossed_no_line_is_not_in_the_sum_of_a_camera() -> None:
    rows = [
        CameraCount("town", "A", direction, START, END, 4, 1.0) for direction in ("in", "out", "uncrossed")
    ]
    assert "8" in texts(to_flow_map(rows, LOCATIONS, CAMERAS))


def test_a_route_gives_an_arrow_for_each_of_its_links() -> None:
    picture = to_flow_map([RouteCount("town", "A>B>C & D", START, END, 6, 1.0, 1.0)], LOCATIONS, CAMERAS)
    arrows = list(ElementTree.fromstring(picture).iter(f"{SVG}path"))
    assert len(arrows) == 2, picture


def test_north_is_up_and_east_is_right() -> None:
    picture = ElementTree.fromstring(to_flow_map([], LOCATIONS, CAMERAS))
    place = [(float(c.attrib["cx"]), float(c.attrib["cy"])) for c in picture.iter(f"{SVG}circle")]
    assert place[0][0] < place[1][0], "B lies east of A"
    assert place[2][1] < place[1][1], "C & D lies north of B"


def test_cameras_without_locations_stand_apart_on_a_circle() -> None:
    picture = ElementTree.fromstring(to_flow_map([], {}, CAMERAS))
    places = {(c.attrib["cx"], c.attrib["cy"]) for c in picture.iter(f"{SVG}circle")}
    assert len(places) == 3


@pytest.mark.parametrize(
    "rows",
    [
        [OdCount("town", "A", "B", START, END, 7, 1.0), OdCount("city", "A", "B", START, END, 7, 1.0)],
        [TravelTime("town", "A", "B", START, END, 5, 1.0, 2.0, 3.0, 2.0, 1.0)],
    ],
)
def test_what_cannot_be_drawn_is_said(rows: list[AnyRow]) -> None:
    with pytest.raises(UsageError, match="--format svg"):
        to_flow_map(rows, LOCATIONS, CAMERAS)
