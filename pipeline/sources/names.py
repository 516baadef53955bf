"""Names of files as they can be printed and stored."""

import os
from pathlib import Path


def shown(name: Path | str) -> str:
    r"""A name as text: bytes that are no UTF-8 appear as ``\xdf``.

    Recorders and old archives write names in other encodings, which Python keeps as characters that
    no terminal, file or database takes.
    """
    return os.fsencode(name).decode("utf-8", "backslashreplace")
