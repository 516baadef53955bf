"""Reads what is delivered for running it: compose file, units, configuration of Prometheus and Grafana."""

import configparser
import shlex
from pathlib import Path
from typing import Any

import yaml

from tests.conftest import REPOSITORY

COMPOSE = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: one for name, one in SERVICES.items() if "build" in one}
UNITS = sorted((REPOSITORY / "deploy" / "systemd").glob("*.service"))
PLACE = "/opt/fietsflow/bin/"


def words_of_service(name: str) -> list[str]:
    command = SERVICES[name]["command"]
    return shlex.split(command) if isinstance(command, str) else list(command)


def unit(path: Path) -> configparser.ConfigParser:
    """A unit of systemd; keys that stand more than once keep their last value."""
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[method-assign, assignment]
    parser.read(path, encoding="utf-8")
    return parser


def words_of_unit(path: Path) -> list[str]:
    program, *words = shlex.split(unit(path)["Service"]["ExecStart"])
    assert program == f"{PLACE}pipeline"
    return words
