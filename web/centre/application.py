"""The application: takes a batch from a box that shows its token, and answers up to where it has heard."""

import asyncio
import logging

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pipeline.centre import Box, Centre, ForeignError, OtherPlaceError
from pipeline.edge import LARGEST_BATCH, Batch, WireError
from tracking.errors import FietsflowError
from web.access import Limits
from web.access.door import client_of, hardened
from web.centre.boxes import BoxTokens

LOG = logging.getLogger(__name__)

STRANGERS_A_MINUTE = 30
"""Requests without a token that is known, of one client."""

BATCHES_A_MINUTE = 1200
"""Of one box."""

AT_ONCE = 8
"""Batches that are worked on or wait for their turn; for more there is no time."""

READ_WITHIN_S = 60.0
"""A batch has to arrive within so many seconds."""

LATER_S = "5"
"""When to come again, seconds."""


class RefusedError(Exception):
    """A request that is not answered as it wishes."""

    def __init__(self, status: int, sentence: str, **more: object) -> None:
        super().__init__(sentence)
        self.status, self.told = status, {"error": sentence, **more}


class Receiver:
    """What answers a box.

    Args:
        centre: Takes the batches.
        tokens: Who may send.
    """

    def __init__(self, centre: Centre, tokens: BoxTokens) -> None:
        self._centre, self._tokens = centre, tokens
        self._strangers = Limits(STRANGERS_A_MINUTE)
        self._boxes = Limits(BATCHES_A_MINUTE)
        self._busy = 0

    async def batches(self, request: Request) -> Response:
        """Take one batch."""
        try:
            box = self._who(request)
            if self._busy >= AT_ONCE:
                raise RefusedError(503, "too many batches at once")
            self._busy += 1
            try:
                body = await _body(request)
                received = await run_in_threadpool(self._receive, box, body)
            finally:
                self._busy -= 1
        except RefusedError as refused:
            later = {"Retry-After": LATER_S} if refused.status in (429, 503) else {}
            return hardened(JSONResponse(refused.told, refused.status, later))
        return hardened(JSONResponse({"received": received}))

    def health(self, _: Request) -> Response:
        """Say whether linking goes well."""
        well = not self._centre.trouble
        return hardened(JSONResponse({"linking": well}, 200 if well else 503))

    def _who(self, request: Request) -> Box:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        box = self._tokens.box_of(token.strip()) if kind.lower() == "bearer" and token else None
        if box is None:
            if not self._strangers.admits(client_of(request)):
                raise RefusedError(429, "too many requests without a known token")
            raise RefusedError(401, "a token of a box is needed: Authorization: Bearer TOKEN")
        if not self._boxes.admits(box.name):
            raise RefusedError(429, f"box {box.name} sends too often")
        return box

    def _receive(self, box: Box, body: bytes) -> int:
        try:
            return self._centre.receive(box, Batch.parse(body))
        except WireError as error:
            raise RefusedError(422, str(error)) from None
        except ForeignError as error:
            raise RefusedError(403, str(error)) from None
        except OtherPlaceError as error:
            raise RefusedError(409, str(error), received=error.received) from None
        except FietsflowError as error:
            # Names and places of databases are for the operator.
            LOG.error("%s", error)
            raise RefusedError(503, "the centre cannot store anything just now") from None
        except Exception as error:
            LOG.exception("a batch of box %s failed", box.name, exc_info=error)
            raise RefusedError(503, "the centre failed at this batch") from None


def create_app(centre: Centre, tokens: BoxTokens) -> Starlette:
    """Build the application.

    Args:
        centre: Open.
        tokens: Who may send.
    """
    receiver = Receiver(centre, tokens)
    return Starlette(
        routes=[
            Route("/v1/batches", receiver.batches, methods=["POST"]),
            Route("/healthz", receiver.health, methods=["GET"]),
        ],
        exception_handlers={HTTPException: _refuse},
    )


async def _body(request: Request) -> bytes:
    """Read a body that is no larger than a batch may be."""
    too_large = RefusedError(413, f"a batch has {LARGEST_BATCH} bytes at most")
    told = request.headers.get("Content-Length", "")
    if told.isdecimal() and len(told) <= 20 and int(told) > LARGEST_BATCH:
        raise too_large
    body = bytearray()
    try:
        async with asyncio.timeout(READ_WITHIN_S):
            async for part in request.stream():
                body += part
                if len(body) > LARGEST_BATCH:
                    raise too_large
    except TimeoutError:
        raise RefusedError(408, f"the batch did not arrive within {READ_WITHIN_S:.0f} seconds") from None
    except ClientDisconnect:
        raise RefusedError(400, "the batch did not arrive as a whole") from None
    return bytes(body)


def _refuse(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    return hardened(JSONResponse({"error": "there is only POST /v1/batches here"}, status))
