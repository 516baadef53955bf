"""Networks of the laboratory behind one registry.

Checking names and options needs no PyTorch; `build` imports it. What the networks return is described
in `reid.models.base`.
"""

from reid.models.registry import build, build_model, model_names, model_settings
from reid.models.settings import ModelSettings

__all__ = ["ModelSettings", "build", "build_model", "model_names", "model_settings"]
