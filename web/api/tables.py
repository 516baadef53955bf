"""The addresses of the API."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from io import BytesIO
from types import MappingProxyType
from typing import Annotated, Any, TypeAlias
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request, Response
from fastapi import Query as Parameter

from flows.statistics import (
    CameraCount,
    CorrectedCameraCount,
    Interval,
    OdCount,
    Query,
    RouteCount,
    Site,
    TravelTime,
    figures_of,
    to_csv,
    to_geojson,
    to_json,
    write_parquet,
)
from web.answers import Answers
from web.api.asked import Asked, read_question
from web.api.described import MEDIA, REFUSALS, described, described_as
from web.api.known import refuse_unknown
from web.api.plain import (
    coverage_rows,
    outage_rows,
    plain_csv,
    plain_json,
    plain_parquet,
    site_rows,
    sites_geojson,
)
from web.replies import reply

LONGEST_PAGE = 100_000
USUAL_PAGE = 10_000

API: Mapping[str, str] = MappingProxyType(
    {
        "/api/v1/sites": "sites, cameras, time zone, what is withheld (json, csv, geojson, parquet)",
        "/api/v1/camera_counts": "cyclists by camera, direction, interval (json, csv, geojson, parquet)",
        "/api/v1/corrected_counts": "the same, corrected by hand counts (json, csv, geojson, parquet)",
        "/api/v1/route_counts": "journeys by route (json, csv, geojson, parquet)",
        "/api/v1/od_matrix": "journeys by first and last camera (json, csv, geojson, parquet)",
        "/api/v1/travel_times": "travel times between two cameras (json, csv, geojson, parquet)",
        "/api/v1/coverage": "observed part of each interval (json, csv, parquet)",
        "/api/v1/outages": "when a camera did not watch, and why (json, csv, parquet)",
    }
)
"""Address → what it holds."""


class Form(StrEnum):
    """How rows are written."""

    JSON = "json"
    CSV = "csv"
    GEOJSON = "geojson"
    PARQUET = "parquet"


class PlainForm(StrEnum):
    """How rows without a place are written."""

    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"


SiteName = Annotated[str | None, Parameter(description="Only this site.")]
From = Annotated[str | None, Parameter(alias="from", description="First moment; without zone local time.")]
To = Annotated[str | None, Parameter(alias="to", description="End of the period, not included.")]
Length = Annotated[Interval | None, Parameter(description="No shorter than the site publishes.")]
Cameras = Annotated[list[str], Parameter(description="Only rows with this camera; may be repeated.")]
Limit = Annotated[int, Parameter(ge=1, le=LONGEST_PAGE, description="Rows of a page.")]
Offset = Annotated[int, Parameter(ge=0, le=10**9, description="Rows to leave out at the beginning.")]


def _page(limit: Limit = USUAL_PAGE, offset: Offset = 0) -> tuple[int, int]:
    """First row, and how many."""
    return offset, limit


Page = Annotated[tuple[int, int], Depends(_page)]
Written = Annotated[Form, Parameter(alias="format")]
PlainWritten = Annotated[PlainForm, Parameter(alias="format")]
Question: TypeAlias = Callable[..., Asked]


def api_router(answers: Answers) -> APIRouter:
    """The tables of a database.

    Args:
        answers: The database.
    """
    router = APIRouter(
        prefix="/api/v1",
        tags=["statistics"],
        dependencies=[Depends(refuse_unknown)],
        responses=dict(REFUSALS),
    )
    tables: tuple[tuple[str, Callable[[Query], Sequence[Any]], type[Any]], ...] = (
        ("camera_counts", answers.counts, CameraCount),
        ("corrected_counts", answers.corrected_counts, CorrectedCameraCount),
        ("route_counts", answers.routes, RouteCount),
        ("od_matrix", answers.od, OdCount),
    )
    question = _questions(answers)
    for name, ask, kind in tables:
        router.get(f"/{name}", name=name, responses=described(kind))(_table(question, ask, kind))
    _add_travel_times(router, question, answers)
    _add_plain(router, question, answers)
    return router


def _questions(answers: Answers) -> Question:
    """Reads the parameters that all tables share."""

    def question(
        site: SiteName = None,
        start: From = None,
        end: To = None,
        interval: Length = None,
        camera: Cameras = [],  # noqa: B006 - FastAPI makes a list of its own for each request
    ) -> Asked:
        return read_question(answers, site, start, end, interval, camera)

    return question


def _table(
    question: Question, ask: Callable[[Query], Sequence[Any]], kind: type[Any]
) -> Callable[..., Response]:
    def table(
        request: Request,
        asked: Annotated[Asked, Depends(question)],
        page: Page,
        form: Written = Form.JSON,
    ) -> Response:
        return _written(request, ask(asked.query), kind, asked.sites, form, page)

    return table


def _add_travel_times(router: APIRouter, question: Question, answers: Answers) -> None:
    @router.get("/travel_times", responses=described(TravelTime))
    def travel_times(
        request: Request,
        asked: Annotated[Asked, Depends(question)],
        page: Page,
        origin: Annotated[str | None, Parameter(description="Only from this camera.")] = None,
        destination: Annotated[str | None, Parameter(description="Only to this camera.")] = None,
        form: Written = Form.JSON,
    ) -> Response:
        rows = [
            row
            for row in answers.travel_times(asked.query)
            if origin in (None, row.origin) and destination in (None, row.destination)
        ]
        return _written(request, rows, TravelTime, asked.sites, form, page)


def _add_plain(router: APIRouter, question: Question, answers: Answers) -> None:
    @router.get("/sites", responses=described_as(*Form))
    def sites(request: Request, form: Written = Form.JSON) -> Response:
        found = answers.sites()
        if form is Form.GEOJSON:
            return reply(request, sites_geojson(found), MEDIA[form])
        return _plain(request, site_rows(found), PlainForm(form), (0, LONGEST_PAGE))

    def _ask(
        rows: Callable[[Asked], list[dict[str, Any]]],
    ) -> Callable[..., Response]:
        def table(
            request: Request,
            asked: Annotated[Asked, Depends(question)],
            page: Page,
            form: PlainWritten = PlainForm.JSON,
        ) -> Response:
            return _plain(request, rows(asked), form, page)

        return table

    def coverage(asked: Asked) -> list[dict[str, Any]]:
        return coverage_rows(answers.counts(asked.query), asked.sites)

    def outages(asked: Asked) -> list[dict[str, Any]]:
        return outage_rows(answers.outages(asked.query), asked.sites)

    for name, rows in (("coverage", coverage), ("outages", outages)):
        router.get(f"/{name}", name=name, responses=described_as(*PlainForm))(_ask(rows))


def _written(
    request: Request,
    rows: Sequence[Any],
    kind: type[Any],
    sites: Sequence[Site],
    form: Form,
    page: tuple[int, int],
) -> Response:
    zones = {site.name: site.zone for site in sites}
    part = rows[page[0] : page[0] + page[1]]
    places = {(site.name, one.name): one.location for site in sites for one in site.cameras if one.location}
    writers: dict[Form, Callable[[], str | bytes]] = {
        Form.JSON: lambda: to_json(part, zones),
        Form.CSV: lambda: to_csv(part, kind, zones),
        Form.GEOJSON: lambda: to_geojson(part, kind, places, zones),
        Form.PARQUET: lambda: _parquet(part, kind, zones),
    }
    body = writers[form]()
    told = {"X-Figures": figures_of(kind), **_paging(request, len(rows), page)}
    return reply(request, body, MEDIA[form], told)


def _parquet(rows: Sequence[Any], kind: type[Any], zones: Mapping[str, ZoneInfo]) -> bytes:
    written = BytesIO()
    write_parquet(rows, kind, written, zones)
    return written.getvalue()


def _plain(
    request: Request, rows: Sequence[dict[str, Any]], form: PlainForm, page: tuple[int, int]
) -> Response:
    part = rows[page[0] : page[0] + page[1]]
    writers: dict[PlainForm, Callable[[Sequence[dict[str, Any]]], str | bytes]] = {
        PlainForm.JSON: plain_json,
        PlainForm.CSV: plain_csv,
        PlainForm.PARQUET: plain_parquet,
    }
    body = writers[form](part)
    return reply(request, body, MEDIA[form], _paging(request, len(rows), page))


def _paging(request: Request, total: int, page: tuple[int, int]) -> dict[str, str]:
    """How many rows there are, and where the next ones stand."""
    offset, limit = page
    told = {"X-Total-Count": str(total)}
    if offset + limit < total:
        following = request.url.include_query_params(offset=offset + limit, limit=limit)
        told["Link"] = f'<{following.path}?{following.query}>; rel="next"'
    return told
