"""The units of systemd: hardened, and every command is one that the program takes."""

import re
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.deployment.compose import UNITS, unit, words_of_unit
from tests.documentation.test_command_lines import _complaint


def test_there_are_units_for_counting_centre_pages_and_alarms() -> None:
    assert [path.name for path in UNITS] == [
        "fietsflow-alarms.service",
        "fietsflow-centre@.service",
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


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_credential_that_a_unit_names_is_loaded_and_no_other(path: Path) -> None:
    text = path.read_text("utf-8")
    loaded = re.findall(r"^LoadCredential=(\w+):/etc/fietsflow/[\w.]+$", text, re.MULTILINE)
    named = re.findall(r"(?:%d|\$\{CREDENTIALS_DIRECTORY\})/(\w+)", text)
    assert sorted(named) == sorted(loaded)
    assert len(loaded) == text.count("LoadCredential=")


def test_a_centre_speaks_tls_and_its_secrets_are_credentials() -> None:
    [centre] = [path for path in UNITS if path.name == "fietsflow-centre@.service"]
    words = words_of_unit(centre)
    assert "--plain-http" not in words
    for flag in ("--token-file", "--cert", "--key"):
        assert words[words.index(flag) + 1].startswith("${CREDENTIALS_DIRECTORY}/")


@pytest.mark.parametrize("name", ["fietsflow@.service", "fietsflow-centre@.service"])
def test_a_run_is_ended_gently_and_a_wrong_configuration_is_not_tried_for_ever(name: str) -> None:
    service = unit(REPOSITORY / "deploy" / "systemd" / name)["Service"]
    assert service["KillSignal"] == "SIGTERM"
    assert int(service["TimeoutStopSec"]) >= 60
    assert service["Restart"] == "on-failure"
    assert service["RestartPreventExitStatus"] == "2"
