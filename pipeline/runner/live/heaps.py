"""Few heaps for many threads: what one of them has freed, another one takes."""

import ctypes
import os
import sys

HEAPS = 2
_M_ARENA_MAX = -8
"""Of ``mallopt`` in glibc's malloc.h."""
VARIABLE = "MALLOC_ARENA_MAX"


def share_heaps() -> bool:
    """Let glibc keep two heaps for all threads of this process, from now on, instead of eight for each core.

    A live run has several threads for each camera, and new ones with every connection. Each would get a
    heap of its own, and what is freed in one of them is of no use to the others. What is large, above all
    pictures, is taken from no heap, so threads rarely wait for each other.

    Returns:
        Whether it does; False where another C library is at work, or somebody has chosen by the environment
        variable ``MALLOC_ARENA_MAX``.
    """
    if sys.platform != "linux" or VARIABLE in os.environ:
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and mallopt(_M_ARENA_MAX, HEAPS) == 1
