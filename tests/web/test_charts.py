"""Pictures hold together whatever the numbers and names are."""

import math
from itertools import combinations, product
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from flows.statistics import Point
from web.charts import (
    Bar,
    Column,
    Flow,
    Place,
    Spread,
    draw_bars,
    draw_heat,
    draw_network,
    draw_ranges,
    draw_rows,
)
from web.charts.network import EDGE, HEIGHT, apart
from web.charts.svg import WIDTH, ticks, time_ticks

few = settings(max_examples=25)
"""A picture of many parts takes a moment."""

names = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=70)
amounts = st.floats(0, 1e7, allow_nan=False)
parts = st.floats(0, 1)


def well_formed(picture: str) -> ElementTree.Element:
    """Read a picture as XML, and see that everything in it has a place."""
    root = ElementTree.fromstring(picture)
    for element in root.iter():
        for key, value in element.attrib.items():
            assert not (key in ("x", "y", "width", "height", "cx", "cy") and not math.isfinite(float(value)))
            assert not (key in ("width", "height") and float(value) < 0)
    return root


@few
@given(st.lists(st.tuples(names, st.lists(amounts, max_size=3), parts), max_size=30), st.booleans())
def test_bars(rows: list[tuple[str, list[float], float]], beside: bool) -> None:
    columns = [Column(name, tuple(values), coverage, name) for name, values, coverage in rows]
    root = well_formed(draw_bars("bars", columns, str, beside))
    gaps = [one for one in root.iter() if one.get("class") == "gap"]
    assert len(gaps) == sum(coverage < 0.995 for _, _, coverage in rows)


@few
@given(st.lists(st.tuples(names, st.none() | amounts, st.booleans()), max_size=30))
def test_ranges(rows: list[tuple[str, float | None, bool]]) -> None:
    spreads = [Spread(name, middle, 0, (middle or 0) * 2, watched, name) for name, middle, watched in rows]
    root = well_formed(draw_ranges("times", spreads, str))
    dots = [one for one in root.iter() if one.get("class") == "dot"]
    assert len(dots) == sum(middle is not None for _, middle, _ in rows)


@few
@given(
    st.lists(st.lists(st.none() | amounts, min_size=5, max_size=5), max_size=6),
    st.lists(names, min_size=5, max_size=5),
)
def test_heat(rows: list[list[float | None]], columns: list[str]) -> None:
    notes = [["note"] * 5 for _ in rows]
    root = well_formed(draw_heat("heat", columns[:1] * len(rows), columns, rows, notes))
    gaps = [one for one in root.iter() if one.get("class") == "gap"]
    assert len(gaps) == sum(value is None for row in rows for value in row)


@few
@given(st.lists(st.tuples(names, amounts, st.none() | amounts), max_size=10))
def test_rows(rows: list[tuple[str, float, float | None]]) -> None:
    bars = [Bar(name, value, str(value), None if high is None else 0.0, high) for name, value, high in rows]
    well_formed(draw_rows("rows", bars))


@few
@given(
    st.dictionaries(names, st.none() | st.tuples(st.floats(-80, 80), st.floats(-180, 180)), max_size=12),
    st.integers(0, 10**6),
)
def test_the_network_shows_every_camera(
    cameras: dict[str, tuple[float, float] | None], cyclists: int
) -> None:
    places = [Place(name, where, "1", 0.5, name, "/camera") for name, where in cameras.items()]
    flows = [Flow(a, b, cyclists, str(cyclists), "note") for a, b in combinations(cameras, 2)]
    root = well_formed(draw_network("map", places, flows))
    circles = [one for one in root.iter() if one.tag.endswith("circle")]
    assert len(circles) == len(cameras)
    for circle in circles:
        assert 0 <= float(circle.attrib["cx"]) <= WIDTH
        assert 0 <= float(circle.attrib["cy"]) <= HEIGHT


def test_a_camera_without_a_place_leaves_the_others_at_theirs() -> None:
    where = {"south": (52.0, 5.0), "lost": None, "north": (52.1, 5.1), "gone": None}
    root = well_formed(draw_network("map", [Place(*one, "1", 0.5, "", "/") for one in where.items()], []))
    at = {}
    for link in root.iter():
        if link.tag.endswith("}a") or link.tag == "a":
            circle = next(one for one in link if one.tag.endswith("circle"))
            name = next(one.text for one in link if (one.get("class") or "").startswith("name"))
            at[name] = (float(circle.attrib["cx"]), float(circle.attrib["cy"]))
    assert at["north"][0] > at["south"][0]
    assert at["north"][1] < at["south"][1]
    assert min(at["lost"][1], at["gone"][1]) > at["south"][1]
    assert at["lost"] != at["gone"]


@few
@given(
    st.lists(st.tuples(st.floats(52, 52.1), st.floats(5, 5.2)), min_size=2, max_size=40), st.integers(1, 60)
)
def test_no_name_covers_another_or_a_camera(where: list[tuple[float, float]], length: int) -> None:
    places = [Place(f"{at}{'w' * length}", one, "12", 1.0, "", "/") for at, one in enumerate(where)]
    root = well_formed(draw_network("map", places, []))
    said = [one for one in root.iter() if (one.get("class") or "").startswith(("name", "total"))]
    circles = [one for one in root.iter() if one.tag.endswith("circle")]
    texts, drawn = [], []
    for one in said:
        x, y, wide = float(one.attrib["x"]), float(one.attrib["y"]), 7 * len(one.text or "")
        left = x - wide * {"start": 0, "middle": 0.5, "end": 1}[one.attrib["class"].split()[1]]
        texts.append((left, y - 11, left + wide, y))
    for circle in circles:
        x, y, r = (float(circle.attrib[key]) for key in ("cx", "cy", "r"))
        drawn.append((x - r + 1, y - r + 1, x + r - 1, y + r - 1))
    for one, other in [*combinations(texts, 2), *product(texts, drawn)]:
        assert one[0] >= other[2] or other[0] >= one[2] or one[1] >= other[3] or other[1] >= one[3]


@few
@given(st.lists(st.tuples(st.floats(84, 816), st.floats(84, 476)), min_size=1, max_size=8))
def test_cameras_that_stand_close_are_pushed_apart(places: list[tuple[float, float]]) -> None:
    points = {str(at): Point(*place) for at, place in enumerate(places)}
    moved = apart(points)
    assert all(EDGE <= one.x <= WIDTH - EDGE and EDGE <= one.y <= HEIGHT - EDGE for one in moved.values())
    for (a, one), (b, other) in combinations(moved.items(), 2):
        # A few have all the room that they want.
        assert math.hypot(one.x - other.x, one.y - other.y) > (100 if len(points) < 4 else 40), (a, b)


@given(st.floats(0, 1e9))
def test_marks_reach_the_highest_value_and_are_few(most: float) -> None:
    for marks in (ticks(most), time_ticks(most)):
        assert marks[0] == 0
        assert marks[-1] >= most * (1 - 1e-9)
        assert 2 <= len(marks) <= 7
        assert marks == sorted(set(marks))
