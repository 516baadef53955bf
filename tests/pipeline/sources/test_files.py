"""From what a site file names to single sources."""

import os
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.files import find_sources, natural_key
from tracking.addresses import HIDDEN, without_credentials
from tracking.errors import UsageError


def touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")


def names(*locations: Path | str) -> list[str]:
    return [source.name for source in find_sources([str(location) for location in locations], "site: source")]


def test_a_folder_gives_its_videos_in_natural_order(tmp_path: Path) -> None:
    touch(tmp_path, "cam10.mp4", "cam2.MP4", "cam1.mkv", ".hidden.mp4", "notes.txt", "thumbnail.jpg")
    assert names(tmp_path) == ["cam1.mkv", "cam2.MP4", "cam10.mp4"]


def test_a_glob_reaches_into_folders_and_skips_them_as_files(tmp_path: Path) -> None:
    touch(tmp_path, "a/1.mp4", "a/2.mp4", "b/3.mp4")
    (tmp_path / "folder.mp4").mkdir()
    assert names(tmp_path / "**/*.mp4") == ["1.mp4", "2.mp4", "3.mp4"]


def test_a_file_whose_name_looks_like_a_glob_is_a_file(tmp_path: Path) -> None:
    touch(tmp_path, "cam[1].mp4", "cam1.mp4")
    assert names(tmp_path / "cam[1].mp4") == ["cam[1].mp4"]


@pytest.mark.parametrize("folder", ["[2024] street", "a*b", "what?/[x]"])
def test_folders_are_meant_as_they_are_written(tmp_path: Path, folder: str) -> None:
    touch(tmp_path / folder, "footage/A_2.mp4", "footage/A_1.mp4", "footage/deep/A_3.mp4")
    assert names(tmp_path / folder / "footage/A_*.mp4") == ["A_1.mp4", "A_2.mp4"]
    assert names(tmp_path / folder / "**/*.mp4") == ["A_1.mp4", "A_2.mp4", "A_3.mp4"]
    with pytest.raises(UsageError, match="no file matches"):
        names(tmp_path / folder / "B_*.mp4")


def test_a_name_that_is_no_utf_8_becomes_text(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"stra\xdfe.mp4")).write_bytes(b"x")
    (source,) = find_sources([str(tmp_path)], "site: source")
    assert source.name == r"stra\xdfe.mp4"
    assert source.path.read_bytes() == b"x"


def test_a_list_keeps_its_order_and_names_no_file_twice(tmp_path: Path) -> None:
    touch(tmp_path, "a.mp4", "b.mp4")
    assert names(tmp_path / "b.mp4", tmp_path / "*.mp4") == ["b.mp4", "a.mp4"]


def test_files_of_one_name_are_told_apart_by_their_folder(tmp_path: Path) -> None:
    touch(tmp_path, "monday/08.mp4", "tuesday/08.mp4", "tuesday/09.mp4")
    assert names(tmp_path / "*/*.mp4") == ["monday/08.mp4", "tuesday/08.mp4", "09.mp4"]


@pytest.mark.parametrize("location", ["pictures", "pictures/*.jpg"])
def test_pictures_of_a_folder_are_one_source(tmp_path: Path, location: str) -> None:
    touch(tmp_path, "pictures/f10.jpg", "pictures/f9.jpg", "pictures/f1.jpg")
    (source,) = find_sources([str(tmp_path / location)], "site: source")
    assert source.name == "pictures"
    assert [image.name for image in source.images] == ["f1.jpg", "f9.jpg", "f10.jpg"]


@pytest.mark.parametrize(
    ("location", "complaint"),
    [
        ("missing.mp4", "there is no file or folder"),
        ("*.mp4", "no file matches"),
        ("empty", "holds no video and no picture"),
        ("rtsp://user:secret@camera/1", "rtsp://camera/1 is live"),
        ("0", "0 is live"),
        ("/dev/video0", "/dev/video0 is live"),
    ],
)
def test_footage_that_is_not_there_is_one_sentence(tmp_path: Path, location: str, complaint: str) -> None:
    (tmp_path / "empty").mkdir()
    live = "://" in location or location.isdigit() or location.startswith("/")
    with pytest.raises(UsageError) as raised:
        names(location if live else tmp_path / location)
    message = str(raised.value)
    assert message.startswith("site: source: "), message
    assert complaint in message, message
    assert "secret" not in message, message


@given(st.lists(st.integers(0, 10**6), min_size=2, unique=True))
def test_numbers_in_names_sort_as_numbers(numbers: list[int]) -> None:
    spelled = [f"cam{n}_a.mp4" for n in numbers]
    assert sorted(spelled, key=natural_key) == [f"cam{n}_a.mp4" for n in sorted(numbers)]


def test_credentials_leave_a_url() -> None:
    assert without_credentials("rtsp://a:b@host:554/x@y") == "rtsp://host:554/x@y"
    assert without_credentials("rtsp://a:b@c@host/x") == "rtsp://host/x"
    assert without_credentials("http://host/video?user=a&pwd=b") == "http://host/video"
    assert without_credentials("footage/a@b?.mp4") == "footage/a@b?.mp4"


@pytest.mark.parametrize(
    "location",
    [
        "rtsp://user:pa/secret@camera/1",
        "rtsp://user:pa?secret@camera/1",
        "rtsp://user:pa#secret@camera/1",
        "rtsp://us@er:secret@camera:554/1",
        "rtsp://user:secret@[2001:db8::7]:554/1",
        "rtsp://camera:554/user=admin_password=secret_channel=1_stream=0.sdp",
        "rtsp://camera/1;password=secret",
        "http://camera/1?user=admin&pwd=secret",
        "rtsp://:secret@camera/1",
        "rtsp://secret@camera/1",
    ],
)
def test_no_address_shows_its_secret(location: str) -> None:
    shown = without_credentials(location)
    assert "secret" not in shown
    assert "camera" in shown or "2001:db8::7" in shown or HIDDEN in shown


@given(
    st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S"]), max_size=12),
    st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S"]), min_size=3, max_size=20),
    st.sampled_from(["camera", "10.0.0.7:554", "[2001:db8::7]:8554", "a.b-c.nl"]),
    st.sampled_from(["", "/", "/stream/1", "/1?transport=tcp"]),
)
def test_no_user_and_password_are_left_of_any_address(user: str, word: str, host: str, path: str) -> None:
    secret = f"Z{word}Z"
    shown = without_credentials(f"rtsp://{user}:{secret}@{host}{path}")
    assert secret not in shown
    escaped = quote(secret, safe="")
    assert without_credentials(f"rtsp://{quote(user, safe='')}:{escaped}@{host}/1") == f"rtsp://{host}/1"
