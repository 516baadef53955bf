"""What commands of the laboratory need."""

import importlib.util

from tracking.errors import UsageError


def require_laboratory() -> None:
    """Insist on the packages of the laboratory.

    Raises:
        UsageError: Names the first that is not installed.
    """
    for package in ("torch", "torchvision", "safetensors"):
        if importlib.util.find_spec(package) is None:
            raise UsageError(
                f"pipeline reid: needs {package}, which is not installed; run `pip install fietsflow[lab]`"
            )
