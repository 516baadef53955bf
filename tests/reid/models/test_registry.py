"""Names and options of networks, and what a mistake in them says."""

import subprocess
import sys

import pytest
from pydantic import ValidationError

from reid.models import build, model_names, model_settings
from tracking.errors import UsageError


@pytest.mark.parametrize("name", model_names())
def test_every_name_has_settings(name: str) -> None:
    settings = model_settings(name)
    assert name in {settings.name, getattr(settings, "backbone", None)}
    with pytest.raises(ValidationError, match="frozen"):
        settings.name = "other"


@pytest.mark.parametrize(
    ("name", "options", "sentence"),
    [
        ("resnet51", {}, "model: unknown name 'resnet51'; use one of bot, dcnn"),
        ("bot", {"bnnek": True}, "model bot: bnnek: Extra inputs are not permitted"),
        ("bot", {"num_classes": 1}, "model bot: num_classes: Input should be greater than or equal to 2"),
        ("osnet", {"width": 0.3}, "model osnet: width: Input should be a multiple of 0.25"),
        ("resnet50", {"backbone": "resnet18"}, "the name already says the backbone"),
        (
            "segmentation",
            {"depth": 9, "weights": "r.pth"},
            "no library has ImageNet weights of a 9-layer ResNet",
        ),
    ],
)
def test_a_wrong_option_is_named(name: str, options: dict[str, object], sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        model_settings(name, **options)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    "program",
    [
        "import pipeline.runner",
        "import reid.models, reid.losses; reid.models.model_settings('bot', num_classes=751)",
    ],
)
def test_torch_is_not_imported_before_a_network_is_built(program: str) -> None:
    check = "; import sys; sys.exit('torch' in sys.modules or 'timm' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program + check], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{program} imports torch or fails: {done.stderr}"


@pytest.mark.parametrize(
    ("library", "name"),
    [("torch", "osnet"), ("torchvision", "cae"), ("timm", "xception"), ("timm", "nasnet_mobile")],
)
def test_missing_library_is_one_sentence(monkeypatch: pytest.MonkeyPatch, library: str, name: str) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(UsageError, match=r"pip install fietsflow\[lab\]"):
        build(name)
