"""Polygons, lines and links that the program puts into a site file which a person wrote and annotated."""

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.configuration import edited_file

Shape = list[list[float]]

NUMBERS = st.integers(0, 100).map(lambda whole: whole / 100)
SHAPES = st.lists(st.lists(NUMBERS, min_size=2, max_size=2), min_size=3, max_size=6)
LINKS = st.lists(
    st.fixed_dictionaries(
        {"from": st.sampled_from("AB"), "to": st.sampled_from("CD"), "distance_m": st.integers(1, 999)}
    ),
    max_size=4,
)
STYLES = st.sampled_from(["flow", "block", "spread"])


def put(file: Path, places: dict[tuple[str | int, ...], object]) -> str:
    with edited_file(file, places):
        pass
    return file.read_text("utf-8")


class Writer:
    """Writes YAML by hand, with a comment of its own wherever one can stand."""

    def __init__(self) -> None:
        self.comments: list[str] = []

    def note(self) -> str:
        self.comments.append(f"# c{len(self.comments)}.")
        return self.comments[-1]

    def shape(self, key: str, shape: Shape, style: str) -> list[str]:
        if style == "flow":
            return [f"{key}: {shape}  {self.note()}"]
        if style == "block":
            rows = [f"  - {point}  {self.note()}" for point in shape]
            return [f"{key}:  {self.note()}", f"  {self.note()}", *rows]
        rows = [f"    {point},  {self.note()}" for point in shape]
        return [f"{key}: [  {self.note()}", *rows, f"  ]  {self.note()}"]

    def links(self, links: list[dict[str, object]], style: str) -> list[str]:
        if style == "flow" or not links:
            told = ", ".join(
                f"{{from: {one['from']}, to: {one['to']}, distance_m: {one['distance_m']}}}" for one in links
            )
            return [f"links: [{told}]  {self.note()}"]
        margin = "  " if style == "block" else ""
        rows = [f"links:  {self.note()}"]
        for one in links:
            rows += [f"{margin}- from: {one['from']}  {self.note()}", f"{margin}  to: {one['to']}"]
            rows += [f"{margin}  distance_m: {one['distance_m']}", f"{margin}  {self.note()}"]
        return rows


@settings(max_examples=40, deadline=None)
@given(
    roi=st.none() | SHAPES,
    new=st.none() | SHAPES,
    style=STYLES,
    links=LINKS,
    new_links=LINKS,
    appended=st.booleans(),
    before_links=st.booleans(),
)
def test_every_comment_survives_and_only_what_was_asked_changes(
    tmp_path_factory: pytest.TempPathFactory,
    roi: Shape | None,
    new: Shape | None,
    style: str,
    links: list[dict[str, object]],
    new_links: list[dict[str, object]],
    appended: bool,
    before_links: bool,
) -> None:
    write = Writer()
    camera = [f"- id: A  {write.note()}", "  source: a.mp4", f"  {write.note()}"]
    camera += [] if roi is None else [f"  {line}" for line in write.shape("roi", roi, style)]
    camera += [f"  {line}" for line in write.shape("other", [[0, 1]], style)]
    lines = [write.note(), f"site: s  {write.note()}"]
    links_lines = write.links(links, style)
    lines += [*(links_lines if before_links else ()), "cameras:", *(f"  {line}" for line in camera)]
    lines += [write.note(), *(() if before_links else links_lines), write.note()]
    file = tmp_path_factory.mktemp("any") / "site.yaml"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    wanted = yaml.safe_load(file.read_text("utf-8"))
    all_links = [*links, *new_links] if appended else new_links
    text = put(file, {("cameras", 0, "roi"): new, ("links",): all_links})
    wanted["cameras"][0]["roi"], wanted["links"] = new, all_links
    assert yaml.safe_load(text) == wanted
    assert sorted(re.findall(r"# c\d+\.", text)) == sorted(write.comments)
    put(file, {("cameras", 0, "roi"): new, ("links",): all_links})
    assert yaml.safe_load(file.read_text("utf-8")) == wanted


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("roi: [[0, 0], [1, 0], [1, 1]]  # path\n", "roi: [[0, 0], [1, 0], [0.5, 0.5]]  # path\n"),
        ("roi:\n- [0, 0]\n- [1, 1] # last\n# end\n", "roi: [[0, 0], [1, 0], [0.5, 0.5]] # last\n# end\n"),
        (
            "roi:  # drawn by Jan\n  # kerb\n  - [0, 1]\nx: 1\n",
            "roi: [[0, 0], [1, 0], [0.5, 0.5]]\n  # drawn by Jan\n  # kerb\nx: 1\n",
        ),
        ("roi: null  # later\n", "roi: [[0, 0], [1, 0], [0.5, 0.5]]  # later\n"),
        ("x: 1\n", "x: 1\nroi: [[0, 0], [1, 0], [0.5, 0.5]]\n"),
    ],
)
def test_a_polygon_stands_on_one_line(tmp_path: Path, before: str, after: str) -> None:
    file = tmp_path / "site.yaml"
    file.write_text(before, encoding="utf-8")
    assert put(file, {("roi",): [[0, 0], [1, 0], [0.5, 0.5]]}) == after


def test_links_have_a_line_each_and_new_ones_come_last(tmp_path: Path) -> None:
    file = tmp_path / "site.yaml"
    file.write_text("site: s\n# links:\n", encoding="utf-8")
    first = {"from": "A", "to": "B", "distance_m": 310}
    second = {"from": "no", "to": "a b", "distance_m": 12.5}
    assert (
        put(file, {("links",): [first]})
        == "site: s\nlinks:\n  - {from: A, to: B, distance_m: 310}\n# links:\n"
    )
    file.write_text("links:\n- {from: A, to: B, distance_m: 310}  # bridge\n# end\n", encoding="utf-8")
    text = put(file, {("links",): [first, second]})
    assert text.splitlines()[1:3] == [
        "- {from: A, to: B, distance_m: 310}  # bridge",
        "- {from: 'no', to: a b, distance_m: 12.5}",
    ]


def test_where_the_block_fails_the_file_stays(tmp_path: Path) -> None:
    file = tmp_path / "site.yaml"
    file.write_text("site: s\n", encoding="utf-8")
    editing = edited_file(file, {("roi",): None})
    assert editing.__enter__().read_text("utf-8") == "site: s\nroi: null\n"
    failure = RuntimeError("in the block")
    assert not editing.__exit__(RuntimeError, failure, None)
    assert [one.name for one in tmp_path.iterdir()] == ["site.yaml"]
    assert file.read_text("utf-8") == "site: s\n"
