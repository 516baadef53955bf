"""The files that take longest begin: none of them is left to one worker when the others are done.

pytest-xdist would begin with the files of most tests, and end with those of one test each, which are often
the longest. The Makefile tells it to keep the order given here.
"""

import pytest

LONGEST = (
    "tests/pipeline/replay/test_perfect_boxes.py",
    "tests/pipeline/every_key/test_every_key.py",
    "tests/pipeline/runner/test_every_day.py",
    "tests/pipeline/test_default_models.py",
    "tests/pipeline/test_run.py",
    "tests/pipeline/following/test_follow.py",
    "tests/pipeline/replay/test_replay.py",
    "tests/pipeline/runner/engines/test_ray.py",
    "tests/pipeline/registry/test_shipped_detector.py",
    "tests/workshop/detector/learning/test_training.py",
    "tests/workshop/laboratory/test_experiments.py",
    "tests/workshop/laboratory/test_smoke_data.py",
    "tests/workshop/laboratory/test_commands.py",
    "tests/workshop/adaptation/test_command.py",
)
"""Twenty seconds of processor time and more, and what takes long of the folders that come last."""
_PLACE = {name: place for place, name in enumerate(LONGEST)}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Move the tests of these files to the front; all others keep their order."""
    items.sort(key=lambda item: _PLACE.get(item.nodeid.partition("::")[0], len(LONGEST)))
