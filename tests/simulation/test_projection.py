import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from simulation.camera import Camera, place_camera
from simulation.region import region_of
from simulation.streams import Purpose, stream
from tracking.region import RegionOfInterest

SIZE = (640, 360)
cameras = st.builds(
    lambda number, seed: place_camera(number, SIZE, stream(seed, Purpose.CAMERA, number)),
    st.integers(0, 20),
    st.integers(0, 1000),
)
places = st.tuples(st.floats(-40, 40), st.floats(-4, 20), st.floats(0, 3)).map(np.asarray)


@given(cameras, places)
def test_a_pixel_looks_back_at_the_place_it_shows(camera: Camera, place: np.ndarray) -> None:
    pixel, depth = camera.project(place)
    if depth < 0.5:
        return
    seen = camera.position + camera.rays(pixel) * depth
    assert np.allclose(seen, place, atol=1e-6), f"{place} came back as {seen}"


@given(cameras, places)
def test_what_stands_upright_has_its_head_above_its_feet(camera: Camera, place: np.ndarray) -> None:
    pixels, depth = camera.project(np.stack([place, place + np.asarray([0, 0, 1])]))
    shown = ((pixels > 0) & (pixels < SIZE)).all()
    if shown and depth.min() > 0.5:
        assert pixels[1, 1] < pixels[0, 1]


@given(cameras)
def test_horizon_is_level(camera: Camera) -> None:
    far = camera.position + 1e7 * np.asarray([[0.1, 1.0, 0.0], [-0.2, 1.0, 0.0], [0.0, 1.0, 0.0]])
    pixels, _ = camera.project(far)
    assert np.ptp(pixels[:, 1]) < 1e-3, f"rows of three points at the horizon: {pixels[:, 1]}"


@given(cameras)
def test_rotation_is_a_rotation(camera: Camera) -> None:
    assert np.allclose(camera.rotation @ camera.rotation.T, np.eye(3), atol=1e-12)
    assert np.isclose(np.linalg.det(camera.rotation), 1.0)


@given(cameras)
def test_region_is_usable_and_shows_the_path(camera: Camera) -> None:
    region = region_of(camera)
    assert ((region >= 0) & (region <= 1)).all()
    middle, _ = camera.project(np.zeros(3))
    box = np.asarray([[middle[0] - 5, middle[1] - 20, middle[0] + 5, middle[1]]])
    assert RegionOfInterest(SIZE, region.tolist()).contains(box).all(), f"{middle} is outside {region}"
