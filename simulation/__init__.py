"""A city that can be simulated: riders over several cameras, their video and the exact truth.

What is offered here is loaded when it is asked for: the command line looks into this package for its
command, and has to start without the tools that draw.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulation.create import create_world
    from simulation.detections import read_sightings
    from simulation.recording import Recording, simulate
    from simulation.settings import Scenario, load_scenario, scenario_names
    from simulation.sheet import write_contact_sheet

_ROOMS = {
    "Recording": "recording",
    "Scenario": "settings",
    "create_world": "create",
    "load_scenario": "settings",
    "read_sightings": "detections",
    "scenario_names": "settings",
    "simulate": "recording",
    "write_contact_sheet": "sheet",
}

__all__ = [
    "Recording",
    "Scenario",
    "create_world",
    "load_scenario",
    "read_sightings",
    "scenario_names",
    "simulate",
    "write_contact_sheet",
]


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)
