"""Bodies built of spheres and hulls: riders, bicycles, walkers, vehicles, street furniture."""

from simulation.bodies.bicycle import add_bicycle
from simulation.bodies.furniture import add_cabinet, add_hedge, add_post, add_tree
from simulation.bodies.people import add_rider, add_walker
from simulation.bodies.vehicles import add_car, add_scooter

__all__ = [
    "add_bicycle",
    "add_cabinet",
    "add_car",
    "add_hedge",
    "add_post",
    "add_rider",
    "add_scooter",
    "add_tree",
    "add_walker",
]
