"""The tokens of boxes; the file holds their digests, not the tokens."""

import hmac
import json
import secrets
from pathlib import Path

from pipeline.centre import Box
from tracking.errors import UsageError
from web.access.tokens import digest_of
from web.access.watched_file import WatchedFile, write_for_owner

_HELP = "make one with: pipeline centre --token-file FILE --new-token NAME --site SITE --camera CAMERA"


class BoxTokens:
    """The boxes of a file, read again when it changes: a box that is deleted there is heard no more.

    Args:
        path: The file.

    Raises:
        UsageError: It cannot be read or holds something else.
    """

    def __init__(self, path: Path) -> None:
        self._file = WatchedFile(path, _read)

    def box_of(self, token: str) -> Box | None:
        """Find whose token this is; None where it is nobody's."""
        digest = digest_of(token)
        found = [box for sha256, box in self._file.rows() if hmac.compare_digest(sha256, digest)]
        return found[0] if found else None

    def boxes(self) -> tuple[Box, ...]:
        """All who may send now."""
        return tuple(box for _, box in self._file.rows())


def add_box(path: Path, box: Box) -> str:
    """Make a token for a box and add its digest to a file, which only its owner may read; it may be new.

    Returns:
        The token, which is nowhere else.

    Raises:
        UsageError: The file holds something else or cannot be written, or has a box of this name; or a
            camera is another box's.
    """
    known = _read(path) if path.exists() else ()
    if not box.name.strip() or any(one.name == box.name for _, one in known):
        raise UsageError(f"--new-token: {path} has a box named '{box.name}' already, or the name is empty")
    for _, one in known:
        if one.site == box.site and (shared := sorted(one.cameras & box.cameras)):
            raise UsageError(
                f"--camera {shared[0]}: box '{one.name}' speaks of that camera of {box.site} already; only "
                "one box may"
            )
    token = secrets.token_urlsafe(32)
    rows = [
        {"name": one.name, "sha256": sha256, "site": one.site, "cameras": sorted(one.cameras)}
        for sha256, one in [*known, (digest_of(token), box)]
    ]
    write_for_owner(path, {"boxes": rows})
    return token


def _read(path: Path) -> tuple[tuple[str, Box], ...]:
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["boxes"]
        return tuple(_box(row) for row in rows)
    except OSError as error:
        raise UsageError(f"--token-file: {path} cannot be read ({error.strerror}); {_HELP}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"--token-file: {path} holds no boxes; {_HELP}") from error


def _box(row: dict[str, object]) -> tuple[str, Box]:
    name, digest, site, cameras = row["name"], row["sha256"], row["site"], row["cameras"]
    if not (isinstance(name, str) and isinstance(digest, str) and isinstance(site, str)):
        raise TypeError
    if not isinstance(cameras, list) or not all(isinstance(one, str) for one in cameras):
        raise TypeError
    return digest, Box(name, site, frozenset(cameras))
