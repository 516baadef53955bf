"""Two boxes and their centre, and what may happen to them."""

from pathlib import Path

from flows.database import FlowStore
from pipeline.centre import SiteCentre
from pipeline.edge import Batch
from pipeline.edge.client import Answer, Outcome
from tests.pipeline.centre.lines import Direct
from tests.pipeline.centre.riders import Riding, configured, linking_of, ridden

SPLITS = (("one", "AC"), ("two", "B"))


class House:
    """A centre that can die."""

    def __init__(self, url: str, wait_s: float = 1200.0) -> None:
        self.url, self.wait_s, self.now = url, wait_s, 0.0
        self._configuration = configured(url)
        self.restart()

    def restart(self) -> None:
        """A new process, and nothing of the old one but its database."""
        self.site = SiteCentre(
            FlowStore.open(self.url),
            self._configuration,
            linking_of(self._configuration),
            None,
            lambda: "ABC",
            self.wait_s,
            lambda: self.now,
        )


class Shaky(Direct):
    """A line on which requests and answers get lost."""

    lost = ""

    def send(self, batch: Batch) -> Answer:
        self.bodies.append(batch.model_dump_json().encode())
        if self.lost == "request":
            return Answer(Outcome.LATER, sentence="no network")
        answer = self.deliver(self.bodies[-1])
        return Answer(Outcome.LATER, sentence="no network") if self.lost == "answer" else answer


class Town:
    """Two boxes and their centre, before anything was counted."""

    def __init__(self, folder: Path, url: str, seed: int, wait_s: float = 1200.0) -> None:
        self.house = House(url, wait_s)
        steps = ridden(seed)
        self.boxes = [Riding(name, cameras, folder, steps) for name, cameras in SPLITS]
        self.lines = [Shaky(box.box, lambda: self.house.site) for box in self.boxes]
        self.senders = [box.sender(line) for box, line in zip(self.boxes, self.lines, strict=True)]

    def act(self, what: str, which: int, number: int) -> None:
        """One thing that happens."""
        line = self.lines[which]
        line.lost = what.partition(" ")[2] if what.startswith("lose") else ""
        if what == "count":
            self.boxes[which].count()
        elif what == "send" or line.lost:
            self.senders[which].step()
        elif what == "repeat" and line.bodies:
            line.deliver(line.bodies[number % len(line.bodies)])
        elif what == "restart box":
            self.senders[which] = self.boxes[which].restart(line)
        elif what == "restart centre":
            self.house.restart()
        elif what == "link":
            self.house.site.tick()

    def come_to_an_end(self) -> None:
        for box, line, sender in zip(self.boxes, self.lines, self.senders, strict=True):
            line.lost = ""
            while not box.done:
                box.count()
            for _ in range(500):
                sender.step()
                if not sender.sent.left:
                    break
        self.house.site.tick()
