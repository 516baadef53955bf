"""The world without pixels: who rides where and when, and what else is in the street."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from simulation.looks import Look
from simulation.network import Network
from simulation.settings import Scenario


class Kind(Enum):
    """What moves or stands in the street; the value is the word used in the truth."""

    CYCLIST = "cyclist"
    CARGO_BICYCLE = "cargo_bicycle"
    CHILD_SEAT = "child_seat"
    TANDEM = "tandem"
    RECUMBENT = "recumbent"
    PEDESTRIAN = "pedestrian"
    PUSHED_BICYCLE = "pushed_bicycle"
    PARKED_BICYCLE = "parked_bicycle"
    SCOOTER = "scooter"
    E_SCOOTER = "e_scooter"
    MOPED = "moped"
    CAR = "car"
    POST = "post"
    TREE = "tree"
    CABINET = "cabinet"
    HEDGE = "hedge"

    @property
    def mot_class(self) -> int:
        """Class number of the MOT Challenge's ground-truth format; 9 is an occluder."""
        return _MOT_CLASSES.get(self, 9)


CYCLISTS = (Kind.CYCLIST, Kind.CARGO_BICYCLE, Kind.CHILD_SEAT, Kind.TANDEM, Kind.RECUMBENT)
"""Who is counted, each as one: a cycle with whoever rides on it, driven by pedals."""
_MOT_CLASSES = {
    **dict.fromkeys(CYCLISTS, 2),
    Kind.PEDESTRIAN: 1,
    Kind.PUSHED_BICYCLE: 8,
    Kind.PARKED_BICYCLE: 4,
    Kind.SCOOTER: 5,
    Kind.MOPED: 5,
    Kind.E_SCOOTER: 8,
    Kind.CAR: 3,
}
FURNITURE = (Kind.POST, Kind.TREE, Kind.CABINET, Kind.HEDGE)
"""What hides others but is nothing that a detector should find."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody or something, seen at one camera or at several.

    Attributes:
        identity: Number from 1, the same at all cameras.
        kind: What it is.
        look: What it looks like.
        company: Who else sits on the same vehicle: the second of a tandem, children.
    """

    identity: int
    kind: Kind
    look: Look
    company: tuple[Look, ...] = ()


@dataclass(frozen=True, slots=True)
class Visit:
    """One way of one actor through the street in front of one camera.

    Attributes:
        actor: Who.
        camera: Camera number.
        time_s: When the reference point of the street is passed, seconds after the start.
        heading: 1 towards the street's end 1, -1 towards its end 0, 0 for what stands.
        lateral_m: Metres to the left of the middle of the cycle path.
        speed_ms: Speed, metres per second.
        journey: Number of the rider's journey, from 0.
        wait_at_m: Where the actor stands still for a while, metres along the street.
        wait_s: How long, seconds.
        along_m: Place of what stands, metres along the street.
    """

    actor: Actor
    camera: int
    time_s: float
    heading: int
    lateral_m: float
    speed_ms: float
    journey: int = 0
    wait_at_m: float = 0.0
    wait_s: float = 0.0
    along_m: float = 0.0


@dataclass(frozen=True, slots=True)
class World:
    """Everything that happens, exactly.

    Attributes:
        scenario: Its circumstances.
        seed: Its seed.
        start: Start of the recording, with time zone.
        duration_s: Length of the recording, seconds.
        network: The streets.
        visits: All ways through views, by camera and time.
    """

    scenario: Scenario
    seed: int
    start: datetime
    duration_s: float
    network: Network
    visits: tuple[Visit, ...]

    def at(self, camera: int) -> tuple[Visit, ...]:
        """Ways through the view of one camera."""
        return tuple(visit for visit in self.visits if visit.camera == camera)
