"""A simulated street whose truth is known: everybody who rode, and what a program with errors counted."""

import random
from dataclasses import dataclass

from flows.checks import HandCount
from flows.database import FlowStore
from tests.flows.written import MORNING, Ride, write_run

STAY_S = 3.5


@dataclass(frozen=True)
class Street:
    """Passages by camera: moment of entering and direction.

    Attributes:
        truth: Everybody.
        lost: Of them the program missed.
    """

    truth: dict[str, list[tuple[float, str]]]
    lost: set[tuple[str, float]]

    def by_hand(self, camera: str, minute: int, *, times: bool = True) -> list[HandCount]:
        """What a person counts who never errs."""
        start = MORNING + 60 * minute
        found = []
        for direction in ("left", "right"):
            own = tuple(
                sorted(
                    at + 1.5
                    for at, way in self.truth[camera]
                    if way == direction and start <= at < start + 57
                )
            )
            found.append(HandCount(camera, start, start + 60, direction, len(own), own if times else None))
        return found


def write_street(store: FlowStore, recall: float = 1.0, seed: int = 1, minutes: int = 120) -> Street:
    """Cyclists pass cameras A and B; none enters so late in a minute that nobody could say whose it is."""
    dice = random.Random(seed)
    truth: dict[str, list[tuple[float, str]]] = {"A": [], "B": []}
    lost = set()
    rides = []
    for camera, a_minute in (("A", 6), ("B", 1)):
        for minute in range(minutes):
            for place in range(dice.randint(0, 2 * a_minute)):
                at = MORNING + 60 * minute + 4.2 * place + dice.uniform(0, 0.6)
                way = dice.choice(("left", "right"))
                truth[camera].append((at, way))
                if dice.random() < recall:
                    rides.append(Ride(((camera, at),), way))
                else:
                    lost.add((camera, at))
    watched = [(MORNING, MORNING + 60 * minutes)]
    write_run(store, rides, {"A": watched, "B": watched})
    return Street(truth, lost)
