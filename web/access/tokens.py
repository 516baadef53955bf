"""Tokens that open the pages and the API; the file holds their digests, not the tokens."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from tracking.errors import UsageError
from web.access.watched_file import WatchedFile, write_for_owner


class Scope(StrEnum):
    """What a token opens."""

    STATISTICS = "statistics"
    """Counts, routes, O-D and travel times as they may be published."""
    OPERATION = "operation"
    """When cameras failed, and why."""
    SETUP = "setup"
    """Blurred stills of the cameras, and changing the site file."""
    REVIEW = "review"
    """Blurred minutes to count by hand, marking time, and publishing days: these change the database."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token that somebody holds.

    Attributes:
        name: Whose it is.
        sha256: Digest of the token in hexadecimal digits. A token is random and long, so that its digest
            cannot be guessed back.
        scopes: What it opens.
    """

    name: str
    sha256: str
    scopes: frozenset[Scope]


class Tokens:
    """The tokens of a file, read again when it changes: a token that is deleted there opens nothing any more.

    Args:
        path: The file.

    Raises:
        UsageError: It cannot be read or holds something else.
    """

    def __init__(self, path: Path) -> None:
        self._file = WatchedFile(path, read_tokens)

    def holder(self, token: str) -> Token | None:
        """Find who holds a token; None where nobody does."""
        return self.of_digest(digest_of(token))

    def of_digest(self, digest: str) -> Token | None:
        """Find a token by its digest; None where the file has it no more."""
        found = [one for one in self._file.rows() if hmac.compare_digest(one.sha256, digest)]
        return found[0] if found else None


def digest_of(token: str) -> str:
    """The digest that the file holds."""
    return hashlib.sha256(token.encode()).hexdigest()


def read_tokens(path: Path) -> tuple[Token, ...]:
    """Read a file of tokens.

    Raises:
        UsageError: It cannot be read or holds something else.
    """
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["tokens"]
        return tuple(_token(row) for row in rows)
    except OSError as error:
        raise UsageError(
            f"--token-file: {path} cannot be read ({error.strerror}); make one with --new-token NAME"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"--token-file: {path} holds no tokens; make a file with: pipeline serve --token-file FILE "
            "--new-token NAME"
        ) from error


def add_token(path: Path, name: str, scopes: Iterable[Scope]) -> str:
    """Make a token and add its digest to a file, which only its owner may read; the file may be new.

    Returns:
        The token, which is nowhere else.

    Raises:
        UsageError: The file holds something else or cannot be written, or has a token of this name.
    """
    known = read_tokens(path) if path.exists() else ()
    if not name.strip() or any(one.name == name for one in known):
        raise UsageError(f"--new-token: {path} has a token named '{name}' already, or the name is empty")
    token = secrets.token_urlsafe(32)
    rows = [asdict(one) for one in (*known, Token(name, digest_of(token), frozenset(scopes)))]
    for row in rows:
        row["scopes"] = sorted(row["scopes"])
    write_for_owner(path, {"tokens": rows})
    return token


def _token(row: dict[str, object]) -> Token:
    name, digest, scopes = row["name"], row["sha256"], row["scopes"]
    if not isinstance(name, str) or not isinstance(digest, str) or not isinstance(scopes, list):
        raise TypeError
    return Token(name, digest, frozenset(Scope(one) for one in scopes))
