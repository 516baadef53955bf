"""Each mistake in a site file is one sentence with file, line, key, what is wrong and what is right."""

from pathlib import Path

import pytest

from tests.pipeline.configuration.sites import MINIMAL, complaint

SQUARE = "[[0, 0], [1, 0], [1, 1], [0, 1]]"
CASES = {
    "unknown key": (
        "site: test",
        "sight: test\nsite: test",
        "site.yaml, line 1: sight: there is no such key",
    ),
    "near key": (
        "    source:",
        "    sorce: a\n    source:",
        "cameras[0].sorce: there is no such key; did you mean 'source'?",
    ),
    "near section": (
        "links:",
        "tracking: {}\nlinks:",
        "tracking: there is no such key; did you mean 'tracker'?",
    ),
    "deep key": (
        "links:",
        "detector: {motion: {histry: 3}}\nlinks:",
        "detector.motion.histry: there is no such key",
    ),
    "no site": ("site: test\n", "", "site.yaml: site: is missing; it tells: name of the site"),
    "no source": ("    source: a.mp4\n", "", "site.yaml, line 4: cameras[0].source: is missing"),
    "no cameras": (
        MINIMAL[MINIMAL.index("cameras") :],
        "cameras: []\n",
        "line 3: cameras: needs at least 1 item, not []",
    ),
    "cameras no list": (
        MINIMAL[MINIMAL.index("cameras") :],
        "cameras: 5\n",
        "cameras: must be a list, not 5",
    ),
    "camera no group": (
        MINIMAL[MINIMAL.index("  - id") :],
        "  - A\n",
        "cameras[0]: must be a group of keys and values, not 'A'",
    ),
    "section no group": (
        "links:",
        "tracker: fast\nlinks:",
        "line 8: tracker: must be a group of keys and values, not 'fast'",
    ),
    "text for number": (
        "links:",
        "tracker: {min_score: high}\nlinks:",
        "tracker.min_score: must be a number, not 'high'",
    ),
    "fraction for count": (
        "links:",
        "tracker: {literal_track_limit: 2.5}\nlinks:",
        "tracker.literal_track_limit: must be a whole number, not 2.5",
    ),
    "frames of a track": (
        "links:",
        "tracker: {min_boxes: 4}\nlinks:",
        "tracker.min_boxes: is gone, a number of frames is another time at each rate; say in seconds "
        "'tracker.min_pickup_s'",
    ),
    "frames of a passage": (
        "links:",
        "rider: {judge: {min_boxes: 5}}\nlinks:",
        "rider.judge.min_boxes: is gone, a number of frames is another time at each rate; say in seconds "
        "'rider.judge.min_seen_s'",
    ),
    "list for text": ("site: test", "site: [a]", "line 1: site: must be text"),
    "too large": ("links:", "tracker: {min_score: 3}\nlinks:", "tracker.min_score: must be at most 1, not 3"),
    "negative": ("links:", "runtime: {max_fps: -1}\nlinks:", "runtime.max_fps: must be above 0, not -1"),
    "infinite": (
        "links:",
        "runtime: {max_fps: .inf}\nlinks:",
        "runtime.max_fps: must be a finite number, not inf",
    ),
    "bad choice": (
        "links:",
        "matching: {method: gredy}\nlinks:",
        "matching.method: must be one of path_cover, greedy, threshold, not 'gredy'; did you mean 'greedy'?",
    ),
    "union": (
        "links:",
        "detector: {input_size: big}\nlinks:",
        "detector.input_size: must be a whole number or a list, not 'big'",
    ),
    "between keys": (
        "links:",
        "tracker: {min_score: 0.2, extend_score: 0.5}\nlinks:",
        "tracker: extend_score 0.5 must not be above min_score 0.2",
    ),
    "wrong zone": (
        "Europe/Amsterdam",
        "Europe/Amsterdan",
        "line 2: timezone: there is no time zone 'Europe/Amsterdan'; did you mean 'Europe/Amsterdam'?",
    ),
    "zone no text": ("Europe/Amsterdam", "1", "timezone: must be text"),
    "zone a folder": ("Europe/Amsterdam", "Europe", "timezone: there is no time zone 'Europe'"),
    "double id": (
        "id: B",
        "id: A",
        "line 7: cameras[1].id: 'A' is already the id of cameras[0]; give every camera its own",
    ),
    "id like a route": ("id: B", "id: A>B", "cameras[1].id: 'A>B' is no usable camera id"),
    "id is a truth value": ("id: B", "id: true", "cameras[1].id: must be text (in quotes"),
    "unknown camera": ("to: B", "to: C", "line 9: links[0].to: there is no camera 'C'; the site has A, B"),
    "link to itself": (
        "to: B",
        "to: A",
        "links[0]: a link joins two different cameras, but both ends are 'A'",
    ),
    "double link": (
        "  - {from",
        "  - {from: A, to: B, distance_m: 5}\n  - {from",
        "line 10: links[1]: A to B is already links[0]",
    ),
    "link without window": (", distance_m: 310", "", "links[0]: a link needs either distance_m, or both"),
    "turned window": (
        "distance_m: 310",
        "min_travel_s: 60, max_travel_s: 20",
        "links[0]: min_travel_s (60) must not be above max_travel_s (20)",
    ),
    "two points": (
        "    source:",
        "    roi: [[0, 0], [1, 1]]\n    source:",
        "line 5: cameras[0].roi: a polygon needs at least 3",
    ),
    "self-crossing": (
        "    source:",
        "    roi: [[0, 0], [1, 1], [1, 0], [0, 1]]\n    source:",
        "cameras[0].roi: the polygon crosses",
    ),
    "outside": (
        "    source:",
        "    roi: [[0, 0], [1.2, 0], [1, 1]]\n    source:",
        "cameras[0].roi: point 2 (1.2, 0) lies outside the frame",
    ),
    "mixed units": (
        "    source:",
        "    roi: [[0.5, 0.5], [640, 0], [640, 480]]\n    source:",
        "cameras[0].roi: ",
    ),
    "point of one": (
        "    source:",
        "    roi: [[0], [1, 0], [1, 1]]\n    source:",
        "cameras[0].roi: point 1 must be two numbers [x, y]",
    ),
    "roi a word": ("    source:", "    roi: left\n    source:", "cameras[0].roi: must be a list, not 'left'"),
    "exclude": (
        "    source:",
        f"    exclude: [{SQUARE}, [[0, 0], [1, 0]]]\n    source:",
        "cameras[0].exclude[1]: a polygon needs",
    ),
    "line of a point": (
        "    source:",
        "    counting_line: {points: [[0, 0], [0, 0]]}\n    source:",
        "cameras[0].counting_line.points: the two points",
    ),
    "latitude": (
        "    source:",
        "    location: [153.2, 6.5]\n    source:",
        "cameras[0].location: the latitude 153.2 is not between -90 and 90",
    ),
    "location of one": (
        "    source:",
        "    location: [53.2]\n    source:",
        "cameras[0].location: [53.2] is no location; give [latitude, longitude]",
    ),
    "start": (
        "2020-02-20T13:11:00",
        "yesterday",
        "line 6: cameras[0].start: 'yesterday' is no date and time; give one like 2019-10-02T08:00:00",
    ),
    "start a number": ("2020-02-20T13:11:00", "20200220", "cameras[0].start: 20200220 is no date and time"),
    "pattern": (
        "%Y-%m-%d_%H-%M-%S",
        "%H-%M",
        "line 7: cameras[1].time_pattern: the pattern needs a year, a month and a day",
    ),
    "weights": (
        "links:",
        "detector: {weights: w.onnx}\nlinks:",
        "line 8: detector.weights: there is no file w.onnx; give one that exists",
    ),
    "database": (
        "links:",
        "database: mysql://x/y\nlinks:",
        "line 8: database: 'mysql' with these options is not supported",
    ),
    "camera section": (
        "    source:",
        "    tracker: {expiry_s: 0}\n    source:",
        "line 5: cameras[0].tracker.expiry_s: must be above 0, not 0",
    ),
    "double key": (
        "site: test",
        "site: test\nsite: again",
        "site.yaml, line 2: site: the key is given twice, also in line 1; keep one",
    ),
    "tab": (
        "  - id: A",
        "\t- id: A",
        "site.yaml, line 4, column 1: this is no YAML: a tab cannot indent; use spaces",
    ),
    "open bracket": ("id: A", "id: [A", "this is no YAML: "),
    "no such day": (
        "2020-02-20T13:11:00",
        "2020-02-31T13:11:00",
        "cameras[0].start: '2020-02-31T13:11:00' is no date and time",
    ),
    "alias in itself": (
        "links:",
        "tracker: &a {x: *a}\nlinks:",
        "line 8, column 10: this is no YAML: an alias contains itself",
    ),
    "unknown alias": (
        "site: test",
        "site: *nobody",
        "line 1, column 7: this is no YAML: found undefined alias",
    ),
    "two documents": ("links:", "---\nlinks:", "this is no YAML"),
    "only text": (MINIMAL, "hello", "site.yaml, line 1: a site file holds keys and values"),
    "only comments": (
        MINIMAL,
        "# nothing\n",
        "site.yaml: the file is empty; a site file holds keys and values",
    ),
}


@pytest.mark.parametrize(("old", "new", "sentence"), CASES.values(), ids=CASES.keys())
def test_one_mistake_is_one_sentence(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    assert old in MINIMAL
    said = complaint(tmp_path, MINIMAL.replace(old, new, 1))
    assert sentence in said
    assert len(said.splitlines()) == 1, said
    assert said.startswith("site.yaml"), said
    for jargon in ("validat", "Input should", "pydantic", "Value error", "type="):
        assert jargon not in said, said


def test_all_mistakes_of_a_file_are_listed(tmp_path: Path) -> None:
    text = MINIMAL.replace("Europe/Amsterdam", "Mars/Base").replace("a.mp4\n", "a.mp4\n    fps: 0\n")
    said = complaint(tmp_path, text).splitlines()
    assert [line.split(": ")[1] for line in said] == ["timezone", "cameras[0].fps"], said


def test_a_mistake_in_a_section_is_not_repeated_for_every_camera(tmp_path: Path) -> None:
    assert len(complaint(tmp_path, MINIMAL + "tracker: {min_score: 2}\n").splitlines()) == 1
