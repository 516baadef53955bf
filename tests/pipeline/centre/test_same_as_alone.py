"""Boxes with a centre come to what one run over all cameras comes to, whatever happens on the way."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.database import FlowStore
from pipeline.centre import SiteCentre
from pipeline.edge import Batch
from pipeline.edge.client import Answer, Outcome
from tests.pipeline.centre.lines import Direct
from tests.pipeline.centre.results import results
from tests.pipeline.centre.riders import Riding, blank, count_alone, linking_of, ridden, site_file

SPLITS = (("one", "AC"), ("two", "B"))


class House:
    """A centre that can die."""

    def __init__(self, folder: Path, url: str, wait_s: float = 1200.0) -> None:
        self.url, self.wait_s, self.now = url, wait_s, 0.0
        self._configuration = site_file(folder / "centre", url)
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
        self.house = House(folder, url, wait_s)
        steps = ridden(seed)
        self.alone = count_alone(folder, steps)
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

    def is_as_alone(self) -> bool:
        return results(self.house.url) == results(self.alone)


WHAT = (
    "count", "count", "count", "send", "send", "lose request", "lose answer", "repeat", "restart box",
    "restart centre", "link",
)  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2])
def test_boxes_and_a_centre_come_to_the_same(tmp_path: Path, url: str, seed: int) -> None:
    town = Town(tmp_path, url, seed)
    town.come_to_an_end()
    found = results(url)
    assert len(found["links"]) > 10, "too few riders were linked to compare anything"
    assert found == results(town.alone)


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from(WHAT), st.integers(0, 1), st.integers(0, 100)), min_size=20, max_size=60
    )
)
def test_whatever_is_lost_repeated_and_killed_on_the_way(
    tmp_path_factory: pytest.TempPathFactory, happens: list[tuple[str, int, int]]
) -> None:
    folder = tmp_path_factory.mktemp("town")
    town = Town(folder, blank(folder / "centre.db"), seed=3)
    for what, which, number in happens:
        town.act(what, which, number)
    town.come_to_an_end()
    assert town.is_as_alone()
