"""The API keeps what its own description says, whatever it is asked."""

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import Open
from tests.web.described_attack import LOOK_WELL, attack, schemathesis
from web.access import Door, Scope, Tokens, add_token

DESCRIPTION = "/api/v1/openapi.json"


@pytest.fixture
def headers(tmp_path: Path) -> dict[str, str]:
    """Of somebody who may see all of it."""
    token = add_token(tmp_path / "tokens.json", "keeper", [Scope.STATISTICS, Scope.OPERATION])
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def api(open_pages: Open, street: Path, headers: dict[str, str], tmp_path: Path) -> TestClient:
    door = Door(Tokens(tmp_path / "tokens.json"), loopback=False, a_minute=10**6)
    return open_pages(street, door)


@pytest.mark.parametrize("examples", LOOK_WELL)
def test_whatever_is_asked_is_answered_as_described(
    api: TestClient, headers: dict[str, str], examples: int
) -> None:
    codes = attack(schemathesis.openapi.from_asgi(DESCRIPTION, api.app, headers=headers), headers, examples)
    assert codes.keys() <= {200, 304, 400, 401, 422}
    assert codes.keys() & {400, 401, 422}, "nothing was refused"


@pytest.mark.parametrize("examples", LOOK_WELL)
def test_what_is_there_is_told_as_described(api: TestClient, headers: dict[str, str], examples: int) -> None:
    described = api.get(DESCRIPTION, headers=headers).json()
    for path in described["paths"].values():
        for one in path["get"].get("parameters", []):
            _narrow(one)
    schema = schemathesis.openapi.from_dict(described)
    schema.app = api.app
    codes = attack(schema, headers, examples)
    assert codes[200] > examples


def _narrow(parameter: dict[str, Any]) -> None:
    """Let a parameter name what the database holds."""
    known: dict[str, dict[str, Any]] = {
        "site": {"enum": ["street"]},
        "camera": {"type": "array", "items": {"enum": ["A", "B", "C"]}, "maxItems": 2},
        "origin": {"enum": ["A", "B"]},
        "destination": {"enum": ["A", "C"]},
        "from": {"enum": ["2019-10-02", "2019-10-02T08:00", "2019-10-02T08:15:00+02:00"]},
        "to": {"enum": ["2019-10-03", "2019-10-02T09:00:00Z"]},
        "limit": {"type": "integer", "minimum": 1, "maximum": 20},
        "offset": {"type": "integer", "minimum": 0, "maximum": 20},
    }
    parameter["schema"] = known.get(parameter["name"], parameter["schema"])


def test_the_description_says_what_is_refused_and_what_opens(
    api: TestClient, headers: dict[str, str]
) -> None:
    described = api.get(DESCRIPTION, headers=headers).json()
    for path, told in described["paths"].items():
        assert {"200", "400", "401", "403", "429", "503"} <= told["get"]["responses"].keys(), path
        assert told["get"]["security"] == [{"HTTPBearer": []}], path
        assert api.get(path).status_code == 401


def test_the_description_asks_for_no_token_where_there_is_none(open_pages: Open, street: Path) -> None:
    described = open_pages(street).get(DESCRIPTION).json()
    assert not any("security" in told["get"] for told in described["paths"].values())
