"""A city that can be simulated: riders over several cameras, their video and the exact truth."""

from simulation.create import create_world
from simulation.detections import read_sightings
from simulation.settings import Scenario, load_scenario, scenario_names
from simulation.sheet import write_contact_sheet
from simulation.simulate import Recording, simulate

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
