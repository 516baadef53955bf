"""Which room may know which: {web, workshop} → pipeline → {flows, reid, anonymize} → tracking, never back.

The simulation stands beside: nothing of the product knows it, and its commands and those of web and workshop
join the command line by name alone.
"""

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGES, ROOT, Import, imports_of, modules, target

ENCODERS = ("reid.datasets", "reid.encoders", "reid.retrieval", "reid.sampling")
"""Rooms of reid that the product uses; the others train."""
MATCHED = ("flows.values", "flows.database", "flows.matching", "flows.statistics")
CAMERAS = ("pipeline.sources", "pipeline.stages", "pipeline.registry", "pipeline.telemetry")

WALLS: Mapping[str, tuple[str, ...]] = {
    # Room → what it may import besides itself and Python's packages; a prefix stands for all below it.
    "tracking": (),
    "anonymize": ("tracking",),
    "flows.values": ("tracking",),
    "flows.database": ("tracking", "flows.values"),
    "flows.matching": ("tracking", "flows.values"),
    "flows.statistics": ("tracking", "flows.values", "flows.database"),
    "flows.accuracy": ("tracking", *MATCHED),
    "flows.checks": ("tracking", "flows.database", "flows.statistics", "flows.accuracy.pairing"),
    "flows.publishing": ("tracking", "flows.database", "flows.statistics"),
    "flows.exchange": ("tracking", "flows.statistics"),
    "reid.sampling": ("tracking",),
    "reid.datasets": ("tracking",),
    "reid.encoders": ("tracking",),
    "reid.retrieval": ("tracking", "reid.encoders"),
    "reid.models": ("tracking",),
    "reid.losses": ("tracking", "reid.models"),
    "reid.batches": ("tracking", "anonymize", "reid.encoders"),
    "reid.studies": ("tracking", "reid.encoders", "reid.retrieval"),
    "reid.training": (
        "tracking", *ENCODERS, "reid.batches", "reid.losses", "reid.models", "reid.studies",
    ),
    "reid.export": ("tracking", "reid.encoders", "reid.batches", "reid.training"),
    "reid.experiments": (
        "tracking", *ENCODERS, "reid.batches", "reid.models", "reid.studies", "reid.training",
    ),
    "simulation": ("tracking", "flows.values"),
    "pipeline.screen": ("tracking", "flows.statistics"),
    "pipeline.sources": ("tracking",),
    "pipeline.ledger": (),
    "pipeline.telemetry": ("tracking", "flows.database", "pipeline.screen"),
    "pipeline.alarms": ("tracking", "flows.database", "flows.statistics", "pipeline.telemetry"),
    "pipeline.monitor": (
        "tracking", "flows.database", "flows.statistics", "pipeline.alarms", "pipeline.telemetry",
    ),
    "pipeline.registry": ("tracking", "pipeline.screen"),
    "pipeline.stages": ("tracking", "anonymize", "flows.values", *ENCODERS, "pipeline.telemetry"),
    "pipeline.configuration": (
        "tracking", "anonymize", "flows.database", "flows.matching", "flows.statistics", "reid.encoders",
        "pipeline.sources",
    ),
    "pipeline.cameras": (
        "tracking", "anonymize", "flows.values", *ENCODERS, "pipeline.configuration", *CAMERAS,
    ),
    "pipeline.reasons": ("tracking", "flows.database", "flows.matching"),
    "pipeline.runner": (
        "tracking", "anonymize", *MATCHED, *ENCODERS, "pipeline.cameras", "pipeline.configuration",
        "pipeline.ledger", "pipeline.reasons", *CAMERAS,
    ),
    "pipeline.edge": (
        "tracking", "flows.values", "flows.database", "flows.statistics", "pipeline.configuration",
        "pipeline.runner", "pipeline.telemetry",
    ),
    "pipeline.broker": ("tracking", "flows.database", "flows.statistics"),
    "pipeline.centre": (
        "tracking", *MATCHED, *ENCODERS, "pipeline.configuration", "pipeline.edge", "pipeline.runner",
        "pipeline.telemetry",
    ),
    "pipeline.replay": (
        "tracking", *ENCODERS, "pipeline.cameras", "pipeline.configuration", "pipeline.ledger",
        "pipeline.monitor", "pipeline.runner", *CAMERAS,
    ),
    "pipeline.datasets": (
        "tracking", "anonymize", "flows.matching", *ENCODERS,
        "pipeline.cameras", "pipeline.configuration", *CAMERAS,
    ),
    "pipeline.tuning": (
        "tracking", "flows.values", "flows.matching", "flows.accuracy", *ENCODERS, "pipeline.cameras",
        "pipeline.configuration", "pipeline.runner", "pipeline.screen", *CAMERAS,
    ),
    "pipeline.setup": (
        "tracking", "anonymize", "pipeline.cameras", "pipeline.configuration", "pipeline.reasons",
        "pipeline.tuning", *CAMERAS,
    ),
    "pipeline.reports": (
        "tracking", "anonymize", *MATCHED, "flows.accuracy", "flows.checks", *ENCODERS,
        "pipeline.registry", "pipeline.screen",
    ),
    "pipeline.commands": ("tracking", "anonymize", "flows", *ENCODERS, "pipeline"),
    "web.access": ("tracking",),
    "web.charts": ("flows.statistics",),
    "web.report": (
        "tracking", "flows.database", "flows.statistics", "pipeline.commands.options",
        "pipeline.commands.output", "pipeline.registry", "web",
    ),
    "web.setup": ("tracking", "pipeline.configuration", "pipeline.setup", "pipeline.sources", "web"),
    "web.review": (
        "tracking", "flows.checks", "flows.database", "flows.publishing", "flows.statistics",
        "pipeline.configuration", "pipeline.datasets", "pipeline.setup", "web",
    ),
    "web.centre": (
        "tracking", "pipeline.centre", "pipeline.commands.options", "pipeline.configuration",
        "pipeline.edge", "web.access", "web.listening",
    ),
    "web": (
        "tracking", "flows.values", "flows.checks", "flows.database", "flows.publishing",
        "flows.statistics", "pipeline.commands.options", "pipeline.alarms", "pipeline.configuration",
    ),
    "workshop.detector": ("tracking", "simulation", "pipeline.registry"),
    "workshop.encoder": (
        "tracking", "anonymize", "flows", "reid", "simulation", "pipeline.registry", "workshop.detector",
    ),
    "workshop.judge": ("tracking",),
    "workshop.laboratory": (
        "tracking", "reid", "simulation", "pipeline.configuration", "pipeline.registry",
    ),
    "workshop.telling": ("tracking", "workshop.detector"),
    "workshop.adaptation": (
        "tracking", "pipeline.registry", "pipeline.setup", "pipeline.sources", "workshop.detector",
        "workshop.telling",
    ),
    "workshop.classifier": (
        "tracking", "anonymize", "simulation", "pipeline.registry", "workshop.adaptation",
        "workshop.detector", "workshop.encoder",
    ),
    "workshop.training": (
        "tracking", "pipeline.registry", "workshop.detector", "workshop.encoder", "workshop.telling",
    ),
    "workshop.commands": (
        "tracking", "reid", "pipeline.commands", "pipeline.configuration", "pipeline.reports",
        "pipeline.screen", "workshop",
    ),
}  # fmt: skip


def room_of(module: str, walls: Mapping[str, tuple[str, ...]] = WALLS) -> str | None:
    """The room in which a module lies; None for a package's own ``__init__``, which holds nothing."""
    return next((room for room in walls if within(module, room)), None)


def within(module: str, prefix: str) -> bool:
    return module == prefix or module.startswith(f"{prefix}.")


def passes(module: str, one: Import, known: Mapping[str, Path]) -> bool:
    """Whether the walls let a module import this."""
    entered = target(one, dict(known))
    room = room_of(module)
    allowed = () if room is None else (room, *WALLS[room])
    return not one.own or any(within(entered, prefix) for prefix in allowed)


@pytest.mark.parametrize("package", PACKAGES)
def test_no_room_looks_through_its_walls(package: str) -> None:
    known = modules()
    broken = [
        f"{file.relative_to(ROOT)}:{one.line}: imports {target(one, known)}, but {room_of(module)} may know "
        f"only {', '.join(WALLS.get(room_of(module) or '', ())) or 'nobody'}"
        for module, file in known.items()
        if within(module, package)
        for one in imports_of(file)
        if not passes(module, one, known)
    ]
    assert not broken, "\n".join(broken)


def test_every_room_has_walls() -> None:
    homeless = [
        str(file.relative_to(ROOT))
        for module, file in modules().items()
        if room_of(module) is None and module not in PACKAGES
    ]
    assert not homeless, f"say in WALLS what these may import: {homeless}"


def test_walls_stand_around_rooms_that_exist() -> None:
    known = modules()
    named = {*WALLS, *(prefix for allowed in WALLS.values() for prefix in allowed)}
    assert not [name for name in named if name not in known]


def test_no_rooms_know_each_other_in_a_circle() -> None:
    """Follows what is imported, inside tracking and simulation too, which have one wall around all rooms."""
    known = modules()
    knows: dict[str, set[str]] = {}
    for module, file in known.items():
        here = ".".join(module.split(".")[:2])
        others = {".".join(target(one, known).split(".")[:2]) for one in imports_of(file) if one.own}
        knows.setdefault(here, set()).update(others - {here})
    try:
        TopologicalSorter(knows).prepare()
    except CycleError as error:
        pytest.fail(f"these rooms need each other: {' ← '.join(error.args[1])}")


@pytest.mark.parametrize(
    ("module", "text", "entered"),
    [
        ("flows.matching.links", "import simulation", "simulation"),
        ("flows.matching.links", "def late():\n    from reid.encoders import build_encoder", "reid.encoders"),
        ("flows.statistics.counts", "from flows import accuracy", "flows.accuracy"),
        ("flows.statistics.counts", "if TYPE_CHECKING:\n    import flows.accuracy", "flows.accuracy"),
        ("pipeline.runner.start", "importlib.import_module('workshop.training')", "workshop.training"),
        ("pipeline.runner.start", "load = lambda: __import__('simulation.film')", "simulation.film"),
        ("pipeline.runner.start", "from pipeline.commands.db import info", "pipeline.commands.db"),
        ("pipeline.sources.video", "from pipeline.runner import run_site", "pipeline.runner"),
        ("pipeline.reports.reid", "from reid.training import Trainer", "reid.training"),
        ("reid.encoders.build", "from reid.losses import build_losses", "reid.losses"),
        ("reid.datasets.own", "from flows.values import Sighting", "flows.values"),
        ("simulation.world", "from pipeline.configuration import Configuration", "pipeline.configuration"),
        ("simulation.world", "from flows.matching import EventTimeMatcher", "flows.matching"),
        ("tracking.boxes", "from anonymize import Anonymizer", "anonymize"),
        ("pipeline.commands.stats", "from web.answers import Answers", "web.answers"),
        ("flows.statistics.counts", "import web", "web"),
        ("web.view", "from pipeline.runner import run_site", "pipeline.runner"),
        ("web.charts.bars", "from web.view import View", "web.view"),
        ("workshop.detector.train", "from pipeline.sources import CameraSource", "pipeline.sources"),
    ],
)  # fmt: skip
def test_a_forbidden_import_is_seen(tmp_path: Path, module: str, text: str, entered: str) -> None:
    file = tmp_path / "forbidden.py"
    file.write_text(text, encoding="utf-8")
    found = [one for one in imports_of(file) if one.own]
    assert [target(one, modules()) for one in found] == [entered]
    assert not passes(module, found[0], modules())


def test_a_relative_import_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "relative.py"
    file.write_text("from . import counts", encoding="utf-8")
    with pytest.raises(AssertionError, match="relative import"):
        imports_of(file)
