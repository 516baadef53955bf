"""The centre answers whatever is sent to it in the form of a batch."""

from typing import Any

import pytest

from pipeline.edge import Batch
from tests.web.centre.conftest import Listening
from tests.web.described_attack import LOOK_WELL, attack, schemathesis
from web.access import Limits

REFUSED = {str(status): {"description": "refused"} for status in (401, 403, 408, 409, 413, 422, 429, 503)}


def description() -> dict[str, Any]:
    """What boxes know of a centre, as OpenAPI."""
    batch = Batch.model_json_schema(ref_template="#/components/schemas/{model}")
    parts = batch.pop("$defs")
    body = {"required": True, "content": {"application/json": {"schema": batch}}}
    taken = {"200": {"description": "taken", "content": {"application/json": {}}}}
    asked = {"security": [{"token": []}], "requestBody": body, "responses": {**taken, **REFUSED}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "centre", "version": "1"},
        "components": {
            "schemas": parts,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "paths": {"/v1/batches": {"post": asked}},
    }


@pytest.mark.parametrize("examples", LOOK_WELL)
def test_whatever_is_sent_is_answered(
    listening: Listening, examples: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Limits, "admits", lambda *_: True)
    schema = schemathesis.openapi.from_dict(description())
    schema.app = listening.client.app
    codes = attack(schema, {"Authorization": f"Bearer {listening.token}"}, examples)
    assert codes.keys() <= {200, 401, 403, 405, 409, 422}
    assert codes[422]
