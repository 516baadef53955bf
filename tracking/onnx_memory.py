"""How much memory ONNX Runtime keeps for the networks of this process."""

from functools import cache
from typing import Any

import onnxruntime

_AS_REQUESTED = 1
"""The memory grows by what is needed, not to the next power of two."""
_UNLIMITED, _DEFAULT = 0, -1


def spare_memory(options: Any) -> None:
    """Let a network on the CPU share its working memory with all others, and keep no more than it needs.

    By itself each network has its own, which it doubles when it is too small, and keeps a plan and a block
    for each size of picture and each number of pictures it has ever seen.

    Args:
        options: ``onnxruntime.SessionOptions`` of a session that is yet to be opened; changed in place.
    """
    _common_memory()
    options.enable_mem_pattern = False
    options.add_session_config_entry("session.use_env_allocators", "1")


@cache
def _common_memory() -> None:
    memory = onnxruntime.OrtMemoryInfo(
        "Cpu", onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, onnxruntime.OrtMemType.DEFAULT
    )
    growth = onnxruntime.OrtArenaCfg(_UNLIMITED, _AS_REQUESTED, _DEFAULT, _DEFAULT)
    onnxruntime.create_and_register_allocator(memory, growth)
