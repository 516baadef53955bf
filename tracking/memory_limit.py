"""The most memory that a process may have, so that a hostile video ends a program and not a machine."""

import os
import re
import sys

from tracking.errors import UsageError

MEMORY_VARIABLE = "FIETSFLOW_MEMORY"
"""Environment variable: no more memory than this, such as ``4G``, for each process of the program."""
LEAST = 1 << 29
"""Bytes without which the libraries do not even start."""
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
_SAID = re.compile(
    "bad[ _]alloc|insufficient memory|failed to allocate|out of memory|cannot allocate memory"
    "|can't start new thread|failed to map segment from shared object(?!: )",
    re.IGNORECASE,
)
"""How libraries that are not written in Python say that there is none left. One that cannot be loaded for
another reason, such as a disk from which nothing may be run, gives that reason behind a colon."""


def limit_memory() -> None:
    """Let the system give this process, and each that it starts, no more memory than the variable says.

    Counted is what a process has of its own (``RLIMIT_DATA``), not what it shares: libraries, and files and
    devices that are mapped, have large addresses and cost little.

    Raises:
        UsageError: The variable says no amount, too little, or more than is allowed; or this system knows
            no such limit.
    """
    text = os.environ.get(MEMORY_VARIABLE, "")
    if not text:
        return
    wanted = _bytes(text)
    if sys.platform != "linux":
        raise UsageError(f"{MEMORY_VARIABLE}={text}: only Linux keeps such a limit; leave it out here")
    import resource

    most = resource.getrlimit(resource.RLIMIT_DATA)[1]
    if most != resource.RLIM_INFINITY and wanted > most:
        raise UsageError(f"{MEMORY_VARIABLE}={text}: whoever started this allows {most} bytes at most")
    resource.setrlimit(resource.RLIMIT_DATA, (wanted, most))


def told_of_memory(error: BaseException) -> str | None:
    """One sentence for an error that says that memory is out; None for any other."""
    if not isinstance(error, MemoryError) and not _SAID.search(str(error)):
        return None
    limit = os.environ.get(MEMORY_VARIABLE, "")
    if not limit:
        return "there is no memory left; fewer cameras, smaller pictures or a smaller model need less"
    return (
        f"the memory of {MEMORY_VARIABLE}={limit} is used up; allow more, or give the program fewer cameras, "
        "smaller pictures or a smaller model; what was saved stays, and the same command goes on from there"
    )


def _bytes(text: str) -> int:
    found = re.fullmatch(r"(\d{1,15})([KMG]?)", text.strip().upper())
    if found is None:
        raise UsageError(f"{MEMORY_VARIABLE}={text}: give an amount such as 4G or 1500M")
    wanted = int(found[1]) * _UNITS[found[2]]
    if wanted < LEAST:
        raise UsageError(f"{MEMORY_VARIABLE}={text}: less than {LEAST >> 20}M is not enough to start")
    return wanted
