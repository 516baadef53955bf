"""Answers that a browser need not load again while they are the same."""

from collections.abc import Mapping
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response


def reply(
    request: Request,
    body: str | bytes,
    media_type: str,
    headers: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    """Answer with a body and its ETag; with nothing where the client holds the same already.

    Args:
        request: What is answered.
        body: Text, or bytes as they are.
        media_type: Of the body.
        headers: More of them.
        status: HTTP status.
    """
    content = body.encode() if isinstance(body, str) else body
    tag = f'"{sha256(content).hexdigest()[:32]}"'
    told = {"ETag": tag, "Cache-Control": "private, no-cache", **(headers or {})}
    known = [one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")]
    if status == 200 and (tag in known or "*" in known):
        return Response(status_code=304, headers=told)
    return Response(content, status, told, media_type)
