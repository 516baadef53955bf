"""The units of systemd: hardened, and every command is one that the program takes."""

from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.deployment.compose import UNITS, unit, words_of_unit
from tests.documentation.test_command_lines import _complaint


def test_there_are_units_for_counting_pages_and_alarms() -> None:
    assert [path.name for path in UNITS] == [
        "fietsflow-alarms.service",
        "fietsflow-web.service",
        "fietsflow@.service",
    ]


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_command_is_one_that_the_program_takes(path: Path) -> None:
    assert _complaint(words_of_unit(path), whole=True) is None


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_can_do_no_more_than_it_needs(path: Path) -> None:
    service = unit(path)["Service"]
    assert service["DynamicUser"] == "yes"
    assert service["NoNewPrivileges"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
    assert "LoadCredential" in service
    assert service["Environment"] == "FIETSFLOW_DATABASE=@%d/database", (
        "the password would be in the process list"
    )


def test_a_run_is_ended_gently_and_a_wrong_configuration_is_not_tried_for_ever() -> None:
    service = unit(REPOSITORY / "deploy" / "systemd" / "fietsflow@.service")["Service"]
    assert service["KillSignal"] == "SIGTERM"
    assert int(service["TimeoutStopSec"]) >= 60
    assert service["Restart"] == "on-failure"
    assert service["RestartPreventExitStatus"] == "2"
