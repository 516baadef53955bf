import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from simulation.bodies.limbs import bend
from simulation.looks import draw_look
from simulation.motion import pose, way_along
from simulation.settings import LookSettings
from simulation.streams import Purpose, stream
from simulation.world import Actor, Kind, Visit


def visit(kind: Kind = Kind.CYCLIST, **changes: float) -> Visit:
    look = draw_look(LookSettings(), stream(1, Purpose.RIDER, 1))
    values = {"time_s": 10.0, "heading": 1, "lateral_m": 0.5, "speed_ms": 5.0} | changes
    return Visit(Actor(1, kind, look), 0, **values)  # type: ignore[arg-type]


@given(st.floats(-0.3, 0.3), st.floats(-0.85, -0.3))
def test_knee_keeps_thigh_and_shin_as_long_as_they_are(forward: float, down: float) -> None:
    hip, ankle = np.zeros(3), np.asarray([[forward, 0.0, down]])
    if np.hypot(forward, down) > 0.9:
        return
    knee = bend(hip, ankle, 0.46, 0.47)
    assert np.isclose(np.linalg.norm(knee), 0.46, atol=1e-6)
    assert np.isclose(np.linalg.norm(ankle - knee), 0.47, atol=1e-6)


def test_knee_bends_forward() -> None:
    knee = bend(np.zeros(3), np.asarray([[0.0, 0.0, -0.7]]), 0.46, 0.47)
    assert knee[0, 0] > 0.2


def test_rider_is_as_large_as_a_rider() -> None:
    nodes = pose(visit(), np.linspace(8, 12, 40)).nodes
    high = np.ptp(nodes[..., 2], axis=1)
    long = np.ptp(nodes[..., 0], axis=1)
    assert (high > 1.5).all(), f"heights {high.min():.2f} to {high.max():.2f} m"
    assert (high < 2.1).all(), f"heights {high.min():.2f} to {high.max():.2f} m"
    assert (long > 1.5).all(), f"lengths {long.min():.2f} to {long.max():.2f} m"


def test_legs_turn_while_the_frame_does_not() -> None:
    figure = pose(visit(), np.asarray([10.0, 10.3]))
    local = figure.nodes - figure.nodes[:, :1]
    moved = np.abs(local[0] - local[1]).max(axis=1)
    assert (moved > 0.05).sum() >= 4, "no leg moved"
    assert (moved < 1e-6).sum() >= 20, "the bicycle changed its shape"


def test_halt_lasts_as_long_as_asked_and_delays_the_rest() -> None:
    halted = visit(wait_at_m=0.0, wait_s=6.0)
    times = np.arange(0, 40, 0.1)
    way = way_along(halted, times)
    assert (np.diff(way) >= -1e-9).all(), "went backwards"
    still = (np.diff(way) < 1e-9).sum() * 0.1
    assert np.isclose(still, 6.0, atol=0.3), f"stood {still:.1f} s"
    assert np.allclose(way[times > 25], way_along(visit(), times - 8.0)[times > 25])


def test_standing_actors_stay_where_they_are() -> None:
    parked = visit(Kind.PARKED_BICYCLE, heading=0, speed_ms=0.0, along_m=3.0)
    assert (way_along(parked, np.asarray([0.0, 500.0])) == 3.0).all()
