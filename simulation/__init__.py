"""A city that can be simulated: riders over several cameras, their video and the exact truth."""

from pipeline.simulation.create import create_world
from pipeline.simulation.detections import read_sightings
from pipeline.simulation.settings import Scenario, load_scenario, scenario_names
from pipeline.simulation.sheet import write_contact_sheet
from pipeline.simulation.simulate import Recording, simulate

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
