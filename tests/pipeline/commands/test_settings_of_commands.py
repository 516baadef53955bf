"""Every command takes a setting from command line, else site file, else config.yaml, else the program."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from flows.database import FlowStore, Publication
from tests.command_line import Answer, pipeline
from tests.flows.accuracy.rides import Stop, write_truth
from tests.flows.written import MORNING, describe, rides_of, write_run
from tests.pipeline.configuration.sites import MINIMAL, write_site

HOUR = {camera: [(MORNING, MORNING + 3600)] for camera in "ABC"}
COMMANDS = (
    *(("stats", name) for name in ("counts", "routes", "od", "travel-times")),
    ("db", "info"),
    ("db", "purge"),
    ("evaluate", "--truth", "truth"),
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in, and nothing in the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FIETSFLOW_DATABASE", raising=False)
    monkeypatch.delenv("FIETSFLOW_CONFIG", raising=False)
    return tmp_path


def configured(folder: Path, **values: object) -> Path:
    """A file of defaults that holds just what differs."""
    path = folder / "mine.yaml"
    path.write_text(yaml.safe_dump(values), "utf-8")
    return path


def fill(
    path: str, publication: Publication | None = None, site: str = "test", *, routes: dict[str, int]
) -> None:
    store = FlowStore.open(path)
    write_run(store, rides_of(routes), HOUR, describe(site=site, publication=publication))
    store.close()


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_the_database_is_found_the_same_way_by_every_command(
    here: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    write_truth(here / "truth", [[Stop("A", MORNING, 3.5)]])
    site = write_site(here, MINIMAL + "database: of_the_site.db\n")
    config = configured(here, database="sqlite:///configured.db")

    def missing(*options: object) -> str:
        answer = pipeline(*command, *options)
        assert answer.code == 2, answer
        return answer.err.partition(" does not exist")[0].split("/")[-1].split()[-1]

    assert missing() == "flows.db"
    assert missing("--config", config) == "configured.db"
    assert missing("--config", config, "-c", write_site(here, name="silent.yaml")) == "configured.db"
    assert missing("--config", config, "-c", site) == "of_the_site.db"
    assert missing("--config", config, "-c", site, "--database", "typed.db") == "typed.db"
    monkeypatch.setenv("FIETSFLOW_CONFIG", str(config))
    assert missing() == "configured.db"
    monkeypatch.setenv("FIETSFLOW_DATABASE", "exported.db")
    assert missing("-c", site) == "exported.db"
    assert missing("-c", site, "--database", "typed.db") == "typed.db"
    assert not list(here.glob("*.db"))


def test_upgrade_and_validate_mean_the_same_database(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = configured(here, database="sqlite:///configured.db")
    assert pipeline("db", "upgrade", "--config", config).code == 0
    assert [path.name for path in here.glob("*.db")] == ["configured.db"]
    site = write_site(here)
    for options, expected in (
        (("--config", config), "sqlite:///configured.db"),
        (("--config", config, "--database", "sqlite:////typed.db"), "sqlite:////typed.db"),
    ):
        assert yaml.safe_load(pipeline("validate", site, *options).out)["database"] == expected
    monkeypatch.setenv("FIETSFLOW_DATABASE", "sqlite:////exported.db")
    assert yaml.safe_load(pipeline("validate", site).out)["database"] == "sqlite:////exported.db"


def cells(*options: object) -> list[int]:
    answer = pipeline("stats", "od", "--format", "json", *options)
    assert answer.code == 0, answer.err
    return sorted(row["cyclists"] for row in json.loads(answer.out))


def test_a_site_that_asks_for_fifty_publishes_no_cell_of_49_with_and_without_its_file(here: Path) -> None:
    wanted = Publication(50, "total", frozenset({"min_count"}))
    fill("flows.db", wanted, routes={"A>B": 49, "A>C": 50})
    fill("older.db", routes={"A>B": 49, "A>C": 50})
    site = write_site(here, MINIMAL + "statistics: {min_count: 50, interval: total}\n")
    assert cells() == cells("-c", site) == [50]
    assert cells("--database", "older.db", "-c", site) == [50], "what the file says counts for itself"
    assert cells("--database", "older.db", "--interval", "total") == [49, 50]


@pytest.mark.parametrize(
    ("edited", "options", "expected"),
    [
        ({}, (), [50]),
        ({"min_count": 5}, (), [50]),
        ({"min_count": 4}, (), [49, 50]),
        ({"min_count": 51}, (), []),
        ({"min_count": 51}, ("--min-count", 49), [49, 50]),
    ],
)
def test_an_edited_value_wins_over_the_stored_one_and_a_default_does_not(
    here: Path, edited: dict[str, int], options: tuple[object, ...], expected: list[int]
) -> None:
    fill("flows.db", Publication(50, "total", frozenset({"min_count"})), routes={"A>B": 49, "A>C": 50})
    config = configured(here, statistics={"interval": "15min", **edited})
    assert cells("--config", config, *options) == expected


@pytest.mark.parametrize(
    ("layer", "seconds"),
    [
        (lambda here: (), 900),
        (lambda here: ("--config", configured(here, statistics={"interval": "1h"})), 3600),
        (lambda here: ("-c", write_site(here, MINIMAL + "statistics: {interval: 1d}\n")), 86400),
        (lambda here: ("--interval", "1h"), 3600),
    ],
)
def test_the_interval_is_read_from_every_layer(
    here: Path, layer: Callable[[Path], tuple[object, ...]], seconds: int
) -> None:
    fill("flows.db", routes={"A>B": 6})
    answer = pipeline("stats", "counts", "--format", "json", *layer(here))
    row = json.loads(answer.out)[0]
    day = int(row["interval_end"][8:10]) - int(row["interval_start"][8:10])
    hours, minutes = (
        int(row["interval_end"][at : at + 2]) - int(row["interval_start"][at : at + 2]) for at in (11, 14)
    )
    assert day * 86400 + hours * 3600 + minutes * 60 == seconds


def test_a_site_file_speaks_for_its_own_site_alone(here: Path) -> None:
    fill("flows.db", Publication(50, "total", frozenset({"min_count"})), "careful", routes={"A>B": 49})
    fill("flows.db", site="test", routes={"A>B": 7})
    assert cells("-c", write_site(here, MINIMAL + "statistics: {min_count: 2}\n")) == [7]
    answer = pipeline("stats", "od", "--site", "careful")
    assert "fewer than 50 cyclists are withheld" in answer.err
    both = pipeline("stats", "od")
    assert "fewer than 50 (careful) or 5 (test) cyclists are withheld" in both.err


def test_other_defaults_are_named_anywhere_on_the_line_and_forgotten_afterwards(here: Path) -> None:
    config = configured(here, database="sqlite:///configured.db")

    def told(answer: Answer) -> str:
        return answer.err

    behind = pipeline("db", "info", "--config", config)
    for answer in (pipeline("--config", config, "db", "info"), pipeline("db", f"--config={config}", "info")):
        assert answer == behind
    assert "configured.db" in told(behind)
    assert "flows.db" in told(pipeline("db", "info"))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("db", "info", "--config"), "--config: name a file of defaults behind it"),
        (("db", "info", "--config", "none.yaml"), "there is no file of defaults none.yaml; give the path"),
        (
            ("db", "info", "--config", "wrong.yaml"),
            "wrong.yaml, line 1: statistic: there is no such key; did",
        ),
        (("stats", "od", "-c", "none.yaml"), "there is no site file none.yaml"),
        (("stats", "od", "--database", "ftp://x"), "command line: database: 'ftp' with these options is not"),
    ],
)
def test_what_cannot_be_used_is_one_sentence(here: Path, arguments: tuple[str, ...], sentence: str) -> None:
    (here / "wrong.yaml").write_text("statistic: {min_count: 50}\n")
    answer = pipeline(*arguments)
    assert (answer.code, answer.err.count("\n")) == (2, 1), answer
    assert answer.err.startswith(f"error: {sentence}")


def test_a_threshold_of_the_encoder_leads_to_that_of_the_matching(here: Path) -> None:
    answer = pipeline("validate", write_site(here, MINIMAL + "encoder: {threshold: 0.5}\n"))
    assert answer.code == 2
    assert "encoder.threshold: there is no such key; did you mean 'matching.threshold'?" in answer.err
