"""Refuses parameters that nobody knows or that stand twice: a misspelt filter gives the whole for a part."""

from difflib import get_close_matches

from starlette.requests import Request

from tracking.errors import UsageError

LONGEST = 40
"""Letters of an unknown name that are told back."""


def refuse_unknown(request: Request) -> None:
    """Refuse a request with a parameter that the description of its address lacks, or gives one value.

    Args:
        request: Of an address that the application's own description names.

    Raises:
        UsageError: The sentence names the parameter, and the known one that is most like it.
    """
    path = request.scope["route"].path
    described = request.app.openapi()["paths"][path]["get"].get("parameters", ())
    several = {one["name"]: one["schema"].get("type") == "array" for one in described if one["in"] == "query"}
    known = sorted(several)
    for name in request.query_params:
        if name not in known:
            (nearest,) = get_close_matches(name, known, 1, cutoff=0.0)
            raise UsageError(
                f"{name[:LONGEST]}: is no parameter of {path}; the nearest one is '{nearest}', all are "
                f"{', '.join(known)}"
            )
        if not several[name] and len(request.query_params.getlist(name)) > 1:
            raise UsageError(f"{name}: stands more than once; give one value")
