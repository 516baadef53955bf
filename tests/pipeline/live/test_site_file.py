"""A site file that was written is read once, and not while somebody still writes it."""

from pathlib import Path

from pipeline.runner.live.site_file import SiteFile


def test_a_file_is_read_again_when_it_rests_and_once(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_text("a")
    file = SiteFile(path)
    assert not file.has_changed()
    path.write_text("half of i")
    assert not file.has_changed(), "it may be half of it"
    path.write_text("half of it and the rest")
    assert not file.has_changed()
    assert file.has_changed()
    assert not file.has_changed()


def test_a_file_that_is_away_for_a_moment_is_no_change_before_it_is_back(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_text("a")
    file = SiteFile(path)
    path.rename(tmp_path / "old")
    assert [file.has_changed() for _ in range(3)] == [False] * 3
    path.write_text("another one")
    assert [file.has_changed() for _ in range(3)] == [False, True, False]


def test_what_was_read_already_is_known(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_text("a")
    file = SiteFile(path)
    path.write_text("bb")
    file.forget()
    assert not any(file.has_changed() for _ in range(3))
