"""Actors that find no core free, with a made-up Ray: they wait for a while, then share one."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from pipeline.runner.engines import ray_link
from pipeline.runner.engines.pool import LostWorkerError
from pipeline.runner.engines.ray_link import ROOM_S, SQUEEZED_GPUS, RayLink

HOME = "ab" * 28
"""Id of a machine, as Ray writes them."""


@dataclass
class Actor:
    """One that was asked for; it finds room when its machine says so.

    Attributes:
        options: That it was asked for with.
        node: Where it is; None while it waits.
        dead: Why it died, or nothing.
    """

    options: dict[str, Any]
    node: str | None = None
    dead: str = ""
    asked: int = 0
    told: list[bytes] = field(default_factory=list)


@dataclass
class Cluster:
    """As much of Ray as the link needs."""

    actors: list[Actor] = field(default_factory=list)
    killed: list[Actor] = field(default_factory=list)
    now: float = 1000.0

    class exceptions:  # noqa: N801
        class RayError(Exception):
            """As Ray's."""

    def init(self, **_: Any) -> None:
        """Nothing to begin."""

    def shutdown(self) -> None:
        """Nothing to end."""

    def cluster_resources(self) -> dict[str, float]:
        return {"CPU": 4.0, "GPU": 1.0}

    def remote(self, **options: Any) -> Any:
        return lambda _: Call(self, options)

    def kill(self, handle: "Handle") -> None:
        self.killed.append(handle.actor)

    def wait(
        self, answers: list[Any], num_returns: int = 1, timeout: float = 0
    ) -> tuple[list[Any], list[Any]]:
        ready = [one for one in answers if one[0].node or one[0].dead]
        return ready[:num_returns], []

    def get(self, answer: Any) -> Any:
        actor, what = answer
        if actor.dead:
            raise self.exceptions.RayError(f"{actor.dead}\nmore of it")
        return actor.node if what == "where" else b"answer"


@dataclass
class Call:
    cluster: Cluster
    options: dict[str, Any]

    def remote(self, errand: bytes, most_cores: int) -> "Handle":
        self.cluster.actors.append(Actor(self.options))
        return Handle(self.cluster.actors[-1])


@dataclass
class Handle:
    actor: Actor

    @property
    def where(self) -> Any:
        return Method(self.actor, "where")

    @property
    def take(self) -> Any:
        return Method(self.actor, "take")

    @property
    def hear(self) -> Any:
        return Method(self.actor, "hear")


@dataclass
class Method:
    actor: Actor
    name: str

    def remote(self, *told: bytes) -> Any:
        self.actor.told += told
        self.actor.asked += self.name == "take"
        return _Reference((self.actor, self.name))


class _Reference(tuple[Any, ...]):
    """One that is itself alone, as Ray's are."""

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Cluster:
    pytest.importorskip("ray.util.scheduling_strategies", reason="the extra ray is not installed")
    made = Cluster()
    monkeypatch.setattr(ray_link, "require", lambda *_: made)
    monkeypatch.setattr(ray_link.time, "monotonic", lambda: made.now)
    return made


def test_who_finds_no_room_shares_a_machine_after_a_while_and_is_asked_there(cluster: Cluster) -> None:
    link = RayLink("head:6379")
    first, second = link.start(b"A", 2), link.start(b"B", 2)
    for number in (first, second):
        link.ask(number)
    at_home, waiting = cluster.actors
    at_home.node = HOME

    cluster.now += ROOM_S / 2
    assert link.wait([first, second], 1.0) == [first]
    assert len(cluster.actors) == 2, "a machine may still come"
    cluster.now += ROOM_S
    link.wait([first, second], 1.0)

    moved = cluster.actors[2]
    assert cluster.killed == [waiting]
    assert (moved.options["num_cpus"], moved.options["max_restarts"]) == (0, 0)
    assert moved.options["scheduling_strategy"].node_id == HOME
    assert moved.asked == 1
    moved.node = HOME
    assert link.wait([second], 1.0) == [second]
    assert link.take(second) == b"answer"
    cluster.now += 10 * ROOM_S
    link.wait([first], 1.0)
    assert len(cluster.actors) == 3, "it is moved once"


def test_what_an_actor_was_told_while_it_waited_it_is_told_where_it_shares(cluster: Cluster) -> None:
    link = RayLink("head:6379")
    first, second = link.start(b"A", 2), link.start(b"B", 1)
    cluster.actors[0].node = HOME
    link.ask(first)
    link.tell(second, b"a stretch")
    link.ask(second)
    cluster.now += 2 * ROOM_S
    link.wait([first, second], 1.0)
    link.tell(first, b"another")

    at_home, _, moved = cluster.actors
    assert moved.told == [b"a stretch"]
    assert at_home.told == [b"another"]


def test_where_nobody_of_the_run_has_room_all_wait_for_the_cluster(cluster: Cluster) -> None:
    link = RayLink("head:6379")
    number = link.start(b"A", 2)
    link.ask(number)
    cluster.now += 10 * ROOM_S

    assert link.wait([number], 1.0) == []
    assert (len(cluster.actors), cluster.killed) == (1, [])


def test_who_is_lost_before_it_said_where_it_is_is_lost_and_not_waiting(cluster: Cluster) -> None:
    link = RayLink("head:6379")
    numbers = [link.start(b"A", 2), link.start(b"B", 2)]
    for number in numbers:
        link.ask(number)
    cluster.actors[0].node, cluster.actors[1].dead = HOME, "The actor died."
    cluster.now += 10 * ROOM_S

    assert link.wait(numbers, 1.0) == numbers
    assert len(cluster.actors) == 2
    with pytest.raises(LostWorkerError, match=r"^The actor died$"):
        link.take(numbers[1])


def test_graphics_cards_are_dealt_out_with_something_left_for_who_finds_no_room(cluster: Cluster) -> None:
    link = RayLink("head:6379", gpus=True)
    numbers = [link.start(b"A", 2) for _ in range(3)]
    for number in numbers:
        link.ask(number)
    for actor in cluster.actors[:2]:
        actor.node = HOME
    cluster.now += 2 * ROOM_S
    link.wait(numbers, 1.0)

    shares = [one.options["num_gpus"] for one in cluster.actors]
    assert shares == [0.45, 0.45, 0.45, SQUEEZED_GPUS]
    assert sum(shares[:2]) + SQUEEZED_GPUS <= 1.0
