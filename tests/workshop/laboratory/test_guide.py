"""The guide's description can be read as it stands."""

import re
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

pytest.importorskip("torch", reason="the laboratory needs PyTorch")

from workshop.laboratory import read_description


def test_the_description_in_the_guide_is_a_description(tmp_path: Path) -> None:
    guide = (REPOSITORY / "docs" / "workshop" / "training.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL)
    (tmp_path / "bot.yaml").write_text(block)
    description = read_description(tmp_path / "bot.yaml", {"training.epochs": 5})
    assert description.data.folder == tmp_path / "sets" / "groningen"
    assert description.training.epochs == 5
    assert [loss.weight for loss in description.objective.losses] == [1.0, 1.0, 0.0005]
