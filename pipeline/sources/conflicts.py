"""What the cameras of one site must not have in common, and where they must not differ."""

from collections.abc import Mapping, Sequence

from pipeline.sources.copies import shared_footage
from pipeline.sources.doubts import doubtful_starts
from pipeline.sources.planned import PlannedSource
from tracking.errors import UsageError


def conflicts(cameras: Mapping[str, Sequence[PlannedSource]], keys: Mapping[str, str]) -> dict[str, str]:
    """Find cameras whose footage cannot belong together.

    Args:
        cameras: Camera id → its sources.
        keys: Camera id → site file and key, for the sentence.

    Returns:
        Camera id → one sentence.
    """
    found = doubtful_starts(cameras) | shared_footage(cameras)
    return {camera: f"{keys[camera]}.source: {sentence}" for camera, sentence in found.items()}


def refuse_conflicts(cameras: Mapping[str, Sequence[PlannedSource]], keys: Mapping[str, str]) -> None:
    """Refuse a site of which two cameras read the same footage, or one has an impossible clock.

    Args:
        cameras: Camera id → its sources.
        keys: Camera id → site file and key, for the sentence.

    Raises:
        UsageError: One sentence for each such camera.
    """
    if found := conflicts(cameras, keys):
        raise UsageError("\n".join(found.values()))
