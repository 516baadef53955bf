"""One way of looking, tried on the pieces, with what it counts and costs."""

from dataclasses import dataclass

from pipeline.tuning.agreement import Comparison, Difference, loss_bound
from pipeline.tuning.watch import Watched
from pipeline.tuning.ways import Way


@dataclass(frozen=True, slots=True)
class Trial:
    """A way of looking and what came of it.

    Attributes:
        way: The way.
        looks_per_s: Looks of the detector, for each second of a camera's footage.
        area_per_s: The same, each look counted as the share of the frame that it is at.
        processor_s: Processor seconds for each minute of a camera's footage, decoding included.
        cameras: Against the reference, one for each camera.
        links_reference: Links between cameras that the reference makes.
        links_f1: Agreement of the links with those, 0..1; None where neither makes one.
        agrees: No camera differs by more than is allowed.
    """

    way: Way
    looks_per_s: float
    area_per_s: float
    processor_s: float
    cameras: tuple[Difference, ...]
    links_reference: int
    links_f1: float | None
    agrees: bool

    @property
    def work(self) -> float:
        """What the detector has to look at, full frames at full size for each second of footage.

        Decides which way is the cheapest: unlike seconds, it is the same on every machine and in every run.
        """
        return self.area_per_s * self.way.size**2

    @property
    def riders(self) -> int:
        """Riders of the reference."""
        return sum(one.reference for one in self.cameras)

    @property
    def counted(self) -> int:
        """Riders counted in this way."""
        return sum(one.counted for one in self.cameras)

    @property
    def missed(self) -> int:
        """Riders of the reference that are not counted."""
        return sum(one.missed for one in self.cameras)

    @property
    def extra(self) -> int:
        """Riders that the reference has not."""
        return sum(one.extra for one in self.cameras)

    @property
    def loss_bound(self) -> float:
        """Share of riders that may be lost all the same, see `loss_bound`."""
        return loss_bound(self.riders, self.missed)


def trial_of(way: Way, watched: Watched, seconds: float, compared: Comparison, agrees: bool) -> Trial:
    """Put together what is known of a way.

    Args:
        way: The way.
        watched: What it gave.
        seconds: Of all pieces.
        compared: Against the reference.
        agrees: Whether that is near enough.
    """
    links = compared.links
    return Trial(
        way=way,
        looks_per_s=watched.looks / seconds,
        area_per_s=watched.area / seconds,
        processor_s=60 * watched.processor_s / seconds,
        cameras=compared.cameras,
        links_reference=links.truth,
        links_f1=links.f1 if links.truth or links.claimed else None,
        agrees=agrees,
    )
