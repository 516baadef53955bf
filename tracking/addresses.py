"""Addresses of streams and databases, without what must not be told: user, password, token.

Everything that prints, stores or logs an address asks here. It is in the lowest package so that every other
package can.
"""

import re
from urllib.parse import unquote

HIDDEN = "***"
"""Stands where something was left out that cannot be told from a secret."""

EXAMPLE = "postgresql://user:password@host/database"
"""How an address is written; the only one with a password that is ever shown."""

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://")
_HOST = re.compile(r"(?:\[[0-9A-Fa-f:.]+(?:%[\w.%\-]+)?\]|[\w.\-]*)(?::\d*)?")
_WORD = re.compile(r"[^\s\"'<>]*")
_CLOSING = ".,;:)]}"
_TELLING = frozenset(":=&;")
"""Signs by which cameras put a user and a password into a path (``/user=admin&password=…``)."""


def without_credentials(location: str) -> str:
    """Hide user, password, options and fragment of an address.

    Where it cannot be told which part is which, because a password holds a slash or a question mark as it
    is, nothing behind the scheme is left.

    Args:
        location: One address, or the name of a file, which stays as it is.
    """
    begin = _SCHEME.match(location)
    if begin is None:
        return _without_scheme(location)
    scheme, rest = begin.group(), location[begin.end() :]
    authority = re.split(r"[/?#\\]", rest, maxsplit=1)[0]
    path = re.split(r"[?#]", rest[len(authority) :], maxsplit=1)[0]
    host = authority.rpartition("@")[2]
    if not _HOST.fullmatch(host):
        return scheme + HIDDEN
    if host == authority and "@" in _plain(rest):
        return scheme + HIDDEN
    if "@" in authority and not host:
        return scheme + HIDDEN
    return scheme + host + "/".join(_segment(one) for one in path.split("/"))


def hide_credentials(text: str) -> str:
    """Hide the credentials of every address in a text.

    Args:
        text: For people or for a log. An address ends at white space or a quotation mark, unless a sign
            that only credentials have (``@``) comes behind it.
    """
    begins = [found.start() for found in _SCHEME.finditer(text)]
    if not begins:
        return text
    ends = [*begins[1:], len(text)]
    pieces = [_hidden(text[start:end]) for start, end in zip(begins, ends, strict=True)]
    return text[: begins[0]] + "".join(pieces)


def _hidden(piece: str) -> str:
    """Hide what is secret in a text that begins with an address."""
    if piece.startswith(EXAMPLE):
        return piece
    line = piece.partition("\n")[0]
    reach = max(_word_end(piece, 0), _word_end(piece, line.rfind("@") + 1) if "@" in line else 0)
    address = piece[:reach].rstrip(_CLOSING)
    return without_credentials(address) + piece[len(address) :]


def _word_end(text: str, start: int) -> int:
    found = _WORD.match(text, start)
    return start if found is None else found.end()


def _without_scheme(location: str) -> str:
    """What was meant as an address, maybe, but has no scheme; a file otherwise."""
    before, at, behind = location.rpartition("@")
    if at and ":" in before:
        return HIDDEN + at + behind.partition("?")[0]
    name, question, options = location.partition("?")
    return name if question and "=" in options else location


def _segment(text: str) -> str:
    return text if _TELLING.isdisjoint(_plain(text)) else HIDDEN


def _plain(text: str) -> str:
    """A text without percent signs that hide others, however often it was quoted."""
    while (plain := unquote(text)) != text:
        text = plain
    return text
