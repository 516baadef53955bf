"""The compose file: hardened, pinned, without a secret in it, and every command is one that runs."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from flows.database import FlowStore
from pipeline.monitor import served
from pipeline.telemetry import StageClock
from tests.command_line import pipeline, street, write_video
from tests.conftest import REPOSITORY
from tests.deployment.compose import COMPOSE, OURS, SERVICES, words_of_service
from tests.documentation.pages import Page
from tests.documentation.test_command_lines import _complaint
from tests.pipeline.test_run import RED, SITE

ALL = sorted(SERVICES)
MEASURED = {
    row[0].strip("`") for table in Page(REPOSITORY / "docs" / "operations.md").tables for row in table
}


def test_what_is_asked_for_is_there() -> None:
    asked = {"database", "worker", "worker-gpu", "web", "centre", "prometheus", "grafana"}
    assert asked <= set(SERVICES)


@pytest.mark.parametrize("name", ALL)
def test_a_service_can_do_no_more_than_it_needs(name: str) -> None:
    one = SERVICES[name]
    assert one["read_only"] is True
    assert one["cap_drop"] == ["ALL"]
    assert one["security_opt"] == ["no-new-privileges:true"]
    user, _, _ = str(one["user"]).partition(":")
    assert user.isdigit()
    assert int(user) > 0, "runs as root"
    assert "privileged" not in one
    assert one.get("network_mode") is None
    assert one.get("pid") is None


@pytest.mark.parametrize("name", ALL)
def test_an_image_is_pinned_and_its_health_is_looked_at(name: str) -> None:
    one = SERVICES[name]
    assert re.fullmatch(r"[\w./-]+:v?\d+\.\d+(\.\d+)?(-gpu)?", one["image"]), one["image"]
    health = one["healthcheck"]
    assert health.get("disable") is True or health["test"][0] == "CMD"
    assert (health.get("disable") is True) == (one.get("profiles") == ["tools"])


def test_the_base_image_is_pinned() -> None:
    text = (REPOSITORY / "Dockerfile").read_text("utf-8")
    assert re.search(r"^FROM python:\d+\.\d+\.\d+-slim-\w+$", text, re.MULTILINE)
    assert re.search(r"^USER cyclist$", text, re.MULTILINE)
    assert "--uid 1000" in text


@pytest.mark.parametrize("name", ALL)
def test_what_a_service_names_is_declared(name: str) -> None:
    one = SERVICES[name]
    assert set(one.get("secrets", [])) <= set(COMPOSE["secrets"])
    assert set(one["networks"]) <= set(COMPOSE["networks"])
    assert set(one.get("depends_on", [])) <= set(SERVICES)
    for volume in one.get("volumes", []):
        source, place, *mode = volume.split(":")
        if source.startswith("./"):
            assert mode == ["ro"], f"{volume}: the host is written to"
            assert source == "./site" or (REPOSITORY / source).is_dir(), f"{source} is not delivered"
        else:
            assert source in COMPOSE["volumes"], place


def test_no_secret_stands_in_the_file() -> None:
    for secret in COMPOSE["secrets"].values():
        assert set(secret) == {"file"}
        assert secret["file"].startswith("./secrets/")
    assert "/secrets/" in (REPOSITORY / ".gitignore").read_text("utf-8").splitlines()
    assert "secrets" in (REPOSITORY / ".dockerignore").read_text("utf-8").splitlines()
    for name, one in SERVICES.items():
        for key, value in one.get("environment", {}).items():
            if re.search(r"PASSWORD|SECRET|TOKEN|KEY|FIETSFLOW_DATABASE", key):
                assert str(value).lstrip("@").startswith("/run/secrets/"), f"{name}: {key}"


def test_only_this_machine_reaches_what_is_open() -> None:
    ports = {name: one["ports"] for name, one in SERVICES.items() if "ports" in one}
    # Boxes reach their centre from elsewhere: over TLS, with a token.
    assert ports.pop("centre") == ["8400:8400"]
    assert {"--cert", "--key", "--token-file"} <= set(words_of_service("centre"))
    assert "--plain-http" not in words_of_service("centre")
    assert sorted(ports.values()) == [["127.0.0.1:3000:3000"], ["127.0.0.1:8300:8300"]]
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert SERVICES["database"]["networks"] == ["inside"]


def test_a_centre_is_a_profile_of_its_own() -> None:
    """A city of one box needs none, and beside a worker it would find the site taken."""
    assert SERVICES["centre"]["profiles"] == ["centre"]


def test_the_gpu_is_a_profile_of_its_own() -> None:
    assert (SERVICES["worker"]["profiles"], SERVICES["worker-gpu"]["profiles"]) == (["cpu"], ["gpu"])
    assert "--device cuda" in SERVICES["worker-gpu"]["command"]
    assert "ARG ONNXRUNTIME=" in (REPOSITORY / "Dockerfile").read_text("utf-8")


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_command_is_one_that_the_program_takes(name: str) -> None:
    words = words_of_service(name)
    assert _complaint(words, whole=True) is None
    assert pipeline(words[0], "--help").code == 0


def test_the_commands_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker's, but for the end of the footage; and the alarms, from an address in a file."""
    write_video(tmp_path / "a.mp4", street(20, ((0, RED),)))
    write_video(tmp_path / "b.mp4", street(20))
    (tmp_path / "site.yaml").write_text(SITE)
    (tmp_path / "address").write_text(f"sqlite:///{tmp_path / 'flows.db'}\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FIETSFLOW_DATABASE", f"@{tmp_path / 'address'}")
    words = [word.replace("0.0.0.0:9464", "127.0.0.1:0") for word in words_of_service("worker")]
    ran = pipeline(*(word for word in words if word != "--follow"))
    assert ran.code == 0, ran.err
    assert [json.loads(line)["level"] for line in ran.err.splitlines() if "error" in line] == []
    alarms = pipeline(*words_of_service("pipeline"))
    assert (alarms.code, alarms.err) == (0, "")


def test_the_health_check_of_the_worker_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [flag, script] = SERVICES["worker"]["healthcheck"]["test"][2:]
    assert flag == "-c"
    FlowStore.open(str(tmp_path / "flows.db")).close()
    with served("127.0.0.1:0", StageClock(), str(tmp_path / "flows.db")) as url:
        assert url is not None
        here = script.replace("http://127.0.0.1:9464", url)
        assert here != script
        exec(compile(here, "healthcheck", "exec"), {})
    with pytest.raises(OSError, match="refused"):
        exec(compile(here, "healthcheck", "exec"), {})


def test_prometheus_asks_the_worker_where_it_answers() -> None:
    folder = REPOSITORY / "deploy" / "prometheus"
    asked = yaml.safe_load((folder / "prometheus.yml").read_text("utf-8"))
    targets = [
        t for job in asked["scrape_configs"] for static in job["static_configs"] for t in static["targets"]
    ]
    assert targets == ["worker:9464"]
    for name in ("worker", "worker-gpu"):
        assert "0.0.0.0:9464" in words_of_service(name)
        assert SERVICES[name]["networks"]["inside"]["aliases"] == ["worker"]
    assert [(folder / Path(file).name).is_file() for file in asked["rule_files"]] == [True]


def expressions() -> list[str]:
    rules = yaml.safe_load((REPOSITORY / "deploy" / "prometheus" / "alarms.yml").read_text("utf-8"))
    board: dict[str, Any] = json.loads(
        (REPOSITORY / "deploy" / "grafana" / "dashboards" / "fietsflow.json").read_text("utf-8")
    )
    found = [rule["expr"] for group in rules["groups"] for rule in group["rules"]]
    return found + [target["expr"] for panel in board["panels"] for target in panel["targets"]]


@pytest.mark.parametrize("expression", expressions())
def test_dashboard_and_rules_ask_for_metrics_that_are_served(expression: str) -> None:
    for name in re.findall(r"fietsflow_\w+", expression):
        assert name.removesuffix("_bucket") in MEASURED, name
