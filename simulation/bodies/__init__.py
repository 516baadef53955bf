"""Bodies built of spheres and hulls: riders, cycles, walkers, vehicles, street furniture."""

from simulation.bodies.bicycle import add_bicycle
from simulation.bodies.cycles import add_cargo_bicycle, add_recumbent, add_seated_child, add_tandem
from simulation.bodies.furniture import add_cabinet, add_hedge, add_post, add_tree
from simulation.bodies.motors import add_e_scooter, add_moped
from simulation.bodies.people import add_rider, add_walker
from simulation.bodies.vehicles import add_car, add_scooter

__all__ = [
    "add_bicycle",
    "add_cabinet",
    "add_car",
    "add_cargo_bicycle",
    "add_e_scooter",
    "add_hedge",
    "add_moped",
    "add_post",
    "add_recumbent",
    "add_rider",
    "add_scooter",
    "add_seated_child",
    "add_tandem",
    "add_tree",
    "add_walker",
]
