from collections import Counter
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.matching.gallery import Gallery, paired_distances
from flows.matching.links import CameraLink, LinkNetwork, TravelTime, TravelWindow
from flows.matching.tally import Tally
from flows.matching.two_humps import class_of
from flows.values import DistanceCounts
from tests.flows.matching.streets import seen, street

THRESHOLD = 0.8

passages = st.lists(
    st.tuples(st.sampled_from("ABC"), st.integers(0, 40), st.sampled_from([None, 0, 20, 45, 90, 180])),
    max_size=25,
).map(lambda rows: [seen(f"{row[0]}{n:02d}", *row[1:]) for n, row in enumerate(rows)])
TRIANGLE = street(("AB", 0, 10), ("BA", 0, 15), ("BC", 5, 20), ("AC", 12, 12))


def candidates_one_by_one(sightings):
    windows = {(x.from_camera, x.to_camera): x.window for x in TRIANGLE.links}
    for here in sightings:
        for there in sightings:
            window = windows.get((here.camera, there.camera))
            if window is None or here.embedding is None or there.embedding is None:
                continue
            travel = there.enter_time - here.enter_time
            later = (here.enter_time, here.sighting_id) < (there.enter_time, there.sighting_id)
            distance = np.linalg.norm(here.embedding.astype(float) - there.embedding)
            if later and window.earliest_s <= travel <= window.latest_s and distance < THRESHOLD:
                yield here.sighting_id, there.sighting_id, pytest.approx(distance), travel


@given(sightings=passages, cut=st.integers(0, 25))
def test_candidates_are_the_pairs_that_link_window_and_threshold_allow(sightings, cut):
    ordered = sorted(sightings, key=lambda s: (s.enter_time, s.sighting_id))
    gallery = Gallery(TRIANGLE)
    found = []
    for part in (ordered[:cut], ordered[cut:]):
        if part:
            gallery.forget_before(part[0].enter_time)
        found += [(c.departure, c.arrival, c.distance, c.travel_s) for c in gallery.extend(part, THRESHOLD)]
    assert sorted(found, key=lambda c: c[:2]) == sorted(candidates_one_by_one(ordered), key=lambda c: c[:2])


@settings(max_examples=30)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 40), dimension=st.sampled_from([2, 7, 128, 513]))
def test_the_distance_of_a_pair_does_not_depend_on_its_company(seed, count, dimension):
    rng = np.random.default_rng(seed)
    left, right = rng.normal(size=(2, count, dimension)).astype(np.float32)
    together = paired_distances(left, right)
    alone = [paired_distances(left[k : k + 1], right[k : k + 1])[0] for k in range(count)]
    assert together.tolist() == alone
    np.testing.assert_allclose(together, np.linalg.norm(left.astype(float) - right, axis=1))


@given(sightings=passages, cut=st.integers(0, 25))
def test_pairs_too_soon_and_in_time_are_told_by_distance(sightings, cut):
    ordered = sorted(sightings, key=lambda s: (s.enter_time, s.sighting_id))
    gallery, tally = Gallery(TRIANGLE), Tally()
    for part in (ordered[:cut], ordered[cut:]):
        list(gallery.extend(part, THRESHOLD, tally))
    counted = [tally.count(one.sighting_id, lambda _: True) for one in ordered]
    found = sum((one for one in counted if one is not None), DistanceCounts.none())
    possible, impossible = Counter(), Counter()
    for link in TRIANGLE.links:
        for here, there in product(ordered, ordered):
            travel_s = there.enter_time - here.enter_time
            ends = (here.camera, there.camera) == (link.from_camera, link.to_camera)
            seen_well = here.embedding is not None and there.embedding is not None
            if ends and seen_well and 0 < travel_s <= link.window.latest_s:
                distance = np.linalg.norm(here.embedding.astype(float) - there.embedding)
                counted = possible if travel_s >= link.window.earliest_s else impossible
                counted[class_of(np.array([distance]))[0]] += 1
    assert {at: n for at, n in enumerate(found.possible) if n} == possible
    assert {at: n for at, n in enumerate(found.impossible) if n} == impossible


def test_looks_alone_decide_who_is_a_candidate():
    link = CameraLink("A", "B", TravelWindow(1, 400), TravelTime(median_s=60, spread=0.1))
    arrivals = [seen("B1", 60, 30), seen("B2", 120, 45), seen("B3", 390, 45), seen("B4", 60, 60)]
    gallery = Gallery(LinkNetwork([link]))
    found = {c.arrival for c in gallery.extend([seen("A1", 0), *arrivals], THRESHOLD)}
    assert found == {"B1", "B2", "B3"}, "6.5 times the usual, and only B4 is farther than 0.8"


def test_sightings_leave_the_gallery_when_their_windows_close():
    gallery = Gallery(TRIANGLE)
    assert list(gallery.extend([seen("A1", 0), seen("B1", 0), seen("C1", 0)], THRESHOLD)) != []
    sizes = []
    for time in (12, 12.01, 20, 20.01):
        gallery.forget_before(time)
        sizes.append(len(gallery))
    assert sizes == [2, 1, 1, 0], "A waits 12 s, B 20 s, and nothing leads on from C"
