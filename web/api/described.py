"""What the API's own description says of answers: their columns, forms and refusals."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Any, TypeAlias, get_type_hints

from pydantic import BaseModel, WithJsonSchema, create_model

MEDIA: Mapping[str, str] = MappingProxyType(
    {
        "json": "application/json",
        "csv": "text/csv; charset=utf-8",
        "geojson": "application/geo+json",
        "parquet": "application/vnd.apache.parquet",
    }
)
"""Form of an answer → its media type."""

Described: TypeAlias = dict[int | str, dict[str, Any]]
"""HTTP status → what OpenAPI says of it."""

Moment = Annotated[
    str, WithJsonSchema({"type": "string", "description": "UTC", "examples": ["2026-05-01 06:00:00Z"]})
]
"""A moment as the SQL views write it; the formats of JSON Schema know no blank in one."""


class Refusal(BaseModel):
    """Why there is no answer."""

    error: str


REFUSALS: Mapping[int | str, dict[str, Any]] = MappingProxyType(
    {
        400: {"model": Refusal, "description": "A parameter is wrong; the sentence says which."},
        401: {"model": Refusal, "description": "A token is needed."},
        403: {"model": Refusal, "description": "The token does not open this."},
        429: {"model": Refusal, "description": "Too many requests; come again after Retry-After seconds."},
        503: {"model": Refusal, "description": "The database cannot be read just now."},
    }
)
"""What every address may answer instead."""


def described(kind: type[Any]) -> Described:
    """Describe a table of rows of a kind, in every form.

    Args:
        kind: Dataclass; its fields are the columns.
    """
    types = get_type_hints(kind)
    columns: dict[str, Any] = {
        one.name: (Moment if types[one.name] is datetime else types[one.name], ...) for one in fields(kind)
    }
    row = create_model(kind.__name__, __doc__=kind.__doc__, **columns)
    return {200: {**described_as(*MEDIA)[200], "model": list[row]}}  # type: ignore[valid-type]


def described_as(*forms: str) -> Described:
    """Describe an answer by the forms that it has."""
    return {200: {"content": {MEDIA[form].partition(";")[0]: {} for form in forms}}}
