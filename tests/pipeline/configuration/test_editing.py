"""Values that the program puts into a site file, beside what a person wrote there."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.configuration import put_values, yaml_block
from tracking.errors import UsageError

PLAIN = """\
# My street, counted since 2019.
site: street      # as the council spells it
timezone: Europe/Amsterdam
cameras:
  - id: A
    source: a.mp4  # north
"""
HEAD = "site: s\ncameras: [{id: A, source: a.mp4}]\n"


def edited(tmp_path: Path, text: str, **values: bool | float | str) -> str:
    file = tmp_path / "site.yaml"
    file.write_bytes(text.encode("utf-8"))
    put_values(file, {key.replace("__", "."): value for key, value in values.items()})
    return file.read_bytes().decode("utf-8")


def test_a_new_section_goes_to_the_end_and_the_rest_stays_letter_for_letter(tmp_path: Path) -> None:
    text = edited(tmp_path, PLAIN, attention__rate=6.25, attention__parts=True, detector__input_size=416)
    assert text == PLAIN + "attention:\n  rate: 6.25\n  parts: true\ndetector:\n  input_size: 416\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("attention:\n  # slow\n  rate: 5  # was 8\n", "attention:\n  # slow\n  rate: 8  # was 8\n"),
        (
            "attention:\n    quiet_rate: 1  # night\n# end\n",
            "attention:\n    quiet_rate: 1  # night\n    rate: 8\n# end\n",
        ),
        ("attention: {quiet_rate: 1}\n", "attention: {rate: 8, quiet_rate: 1}\n"),
        ("attention: {rate: 5, quiet_rate: 1}  # x\n", "attention: {rate: 8, quiet_rate: 1}  # x\n"),
        ("attention:\n", "attention:\n  rate: 8\n"),
        ("attention:  # none yet\n", "attention:\n  rate: 8  # none yet\n"),
        ("attention:\n  rate:\n", "attention:\n  rate: 8\n"),
        ("attention: {rate: }\n", "attention: {rate: 8 }\n"),
        ("attention: {}\n", "attention: {rate: 8}\n"),
        ("links: []\n...\n", "links: []\nattention:\n  rate: 8\n...\n"),
        ("attention: null\nlinks: []\n", "attention: \n  rate: 8\nlinks: []\n"),
        ("links: []", "links: []\nattention:\n  rate: 8\n"),
        (
            "links:\n  - from: A\n    to: B\n\n# end\n",
            "links:\n  - from: A\n    to: B\nattention:\n  rate: 8\n\n# end\n",
        ),
    ],
)  # fmt: skip
def test_a_value_goes_where_a_person_would_put_it(tmp_path: Path, before: str, after: str) -> None:
    assert edited(tmp_path, HEAD + before, attention__rate=8.0) == HEAD + after


def test_a_camera_that_has_the_key_gets_it_too(tmp_path: Path) -> None:
    first = "site: s\ncameras:\n  - id: A\n    attention: {rate: 5}\n"
    cameras = f"{first}  - id: B\n    attention:\n      parts: false\n"
    text = edited(tmp_path, cameras, attention__rate=8.0)
    assert text == cameras.replace("rate: 5", "rate: 8") + "attention:\n  rate: 8\n"


def test_line_ends_and_a_mark_of_the_coding_stay(tmp_path: Path) -> None:
    text = edited(tmp_path, "\ufeffsite: s\r\nattention:\r\n  rate: 5\r\n", attention__parts=False)
    assert text == "\ufeffsite: s\r\nattention:\r\n  rate: 5\r\n  parts: false\r\n"


def test_a_link_and_the_rights_of_a_file_stay(tmp_path: Path) -> None:
    file, link = tmp_path / "real.yaml", tmp_path / "site.yaml"
    file.write_text(PLAIN, encoding="utf-8")
    file.chmod(0o640)
    link.symlink_to(file)
    put_values(link, {"attention.rate": 8.0})
    assert link.is_symlink()
    assert yaml.safe_load(file.read_text("utf-8"))["attention"] == {"rate": 8}
    assert file.stat().st_mode & 0o777 == 0o640
    assert sorted(one.name for one in tmp_path.iterdir()) == ["real.yaml", "site.yaml"]


@pytest.mark.parametrize(
    "text", ["site: s\nbusy: &busy {rate: 5}\nattention: *busy\n", "site: s\nattention: 5\n"]
)
def test_a_file_that_cannot_be_changed_in_one_place_stays_as_it_is(tmp_path: Path, text: str) -> None:
    file = tmp_path / "site.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="by hand"):
        put_values(file, {"attention.rate": 8.0})
    assert file.read_text("utf-8") == text
    assert [one.name for one in tmp_path.iterdir()] == ["site.yaml"]


SCALARS = st.booleans() | st.integers(-99, 99) | st.sampled_from(["x", "a: b", "# no", "", "'", "true"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60)
@given(
    tree=st.dictionaries(st.sampled_from(["site", "links", "rider"]), VALUES, min_size=1),
    section=st.none() | st.dictionaries(st.sampled_from(["rate", "parts", "other"]), SCALARS, max_size=3),
    flow=st.sampled_from([True, False, None]),
)
def test_whatever_stands_there_the_values_are_read_again(
    tmp_path_factory: pytest.TempPathFactory, tree: dict[str, object], section: object, flow: bool | None
) -> None:
    file = tmp_path_factory.mktemp("any") / "site.yaml"
    tree = {**tree, "attention": section, "last": 1} if section is not None else tree
    file.write_text(yaml.safe_dump(tree, sort_keys=False, default_flow_style=flow), encoding="utf-8")
    values = {"attention.rate": 6.25, "attention.parts": False, "detector.motion.process_height": 180}
    put_values(file, values)
    wanted = dict(tree)
    wanted["attention"] = {**(section if isinstance(section, dict) else {}), "rate": 6.25, "parts": False}
    wanted["detector"] = {"motion": {"process_height": 180}}
    assert yaml.safe_load(file.read_text("utf-8")) == wanted


def test_the_block_says_what_would_be_written() -> None:
    text = yaml_block({"attention.rate": 6.25, "attention.every_frame": False, "detector.input_size": 416})
    assert text == "attention:\n  rate: 6.25\n  every_frame: false\ndetector:\n  input_size: 416\n"
