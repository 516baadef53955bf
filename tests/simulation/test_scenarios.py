import pytest
import typer
from typer.testing import CliRunner

from simulation import command as simulate
from simulation import load_scenario, scenario_names
from tracking.errors import FietsflowError, UsageError

PROMISED = {
    "calm", "rush_hour", "groups", "look_alikes", "night", "rain", "occlusion", "clock_offset", "gaps",
    "one_camera_riders", "city_day", "mixed_vehicles",
}  # fmt: skip


def test_promised_scenarios_exist() -> None:
    assert set(scenario_names()) == PROMISED


@pytest.mark.parametrize("name", sorted(PROMISED))
def test_scenario_loads_and_says_what_it_is(name: str) -> None:
    scenario = load_scenario(name)
    assert scenario.name == name
    assert scenario.description.endswith(".")


def test_unknown_scenario_is_one_sentence_with_the_names() -> None:
    with pytest.raises(UsageError, match=r"no scenario 'rush'.*calm.*rush_hour"):
        load_scenario("rush")


def command() -> typer.Typer:
    app = typer.Typer()
    simulate.register(app)
    app.callback()(lambda: None)
    return app


@pytest.mark.parametrize("size", ["640", "640x", "wide", "641x360", "32x32", "640x360x3"])
def test_wrong_size_is_a_usage_error(tmp_path, size: str) -> None:
    result = CliRunner().invoke(command(), ["simulate", str(tmp_path), "--size", size])
    assert isinstance(result.exception, UsageError)
    assert "--size" in str(result.exception)


def test_command_writes_videos_truth_and_site_file(tmp_path) -> None:
    arguments = "--cameras 2 --minutes 0.05 --size 96x64 --fps 5 --workers 1 --riders-per-hour 900"
    result = CliRunner().invoke(command(), ["simulate", str(tmp_path / "out"), *arguments.split()])
    assert result.exit_code == 0, result.output
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"camera_A.mp4", "camera_B.mp4", "site.yaml", "truth"}


def test_folder_that_cannot_be_written_is_one_sentence(tmp_path) -> None:
    (tmp_path / "file").write_text("in the way")
    result = CliRunner().invoke(command(), ["simulate", str(tmp_path / "file"), "--minutes", "0.05"])
    assert isinstance(result.exception, FietsflowError), result.exception
    assert "cannot be written" in str(result.exception)
