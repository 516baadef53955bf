import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.matching import (
    CameraLink,
    LinkNetwork,
    LinkSettings,
    Location,
    MatchingSettings,
    TravelTime,
    TravelWindow,
    great_circle_m,
    links_from_settings,
)
from tests.flows.matching.streets import match_all, routes, seen
from tracking.errors import UsageError

MARTINITOREN = Location(53.21937, 6.56824)
STATION = Location(53.21064, 6.56416)


def test_window_of_a_distance_spans_the_plausible_speeds():
    window = TravelWindow.from_distance(310, slowest_kmh=6, fastest_kmh=45)
    assert (window.earliest_s, window.latest_s) == pytest.approx((24.8, 186.0))


@pytest.mark.parametrize(
    ("arrival", "admitted"), [(119.999, False), (120.0, True), (200.0, True), (340.0, True), (340.001, False)]
)
def test_window_admits_travel_times_from_its_first_to_its_last_second(arrival, admitted):
    window = TravelWindow(20, 240)
    assert window.admits(np.array([100.0]), np.array([arrival])).tolist() == [[admitted]]


def test_window_admits_each_pair_by_itself():
    mask = TravelWindow(10, 20).admits(np.array([0.0, 5.0]), np.array([9.0, 15.0, 25.0]))
    assert mask.tolist() == [[False, True, False], [False, True, True]]


@given(
    departure=st.floats(0, 2e9),
    travel=st.floats(0, 5000),
    low=st.floats(0, 1000),
    width=st.floats(0, 3000),
)
def test_nobody_is_admitted_after_the_window_has_closed(departure, travel, low, width):
    window, arrival = TravelWindow(low, low + width), departure + travel
    if window.admits(np.array([departure]), np.array([arrival]))[0, 0]:
        assert arrival <= window.closes_at(departure)
        assert low <= arrival - departure <= low + width


@pytest.mark.parametrize(("low", "high"), [(-1, 5), (6, 5), (0, float("inf")), (0, float("nan"))])
def test_a_window_that_cannot_be_is_refused(low, high):
    with pytest.raises(ValueError, match="no travel window"):
        TravelWindow(low, high)


def test_usual_travel_time_does_not_surprise_and_half_surprises_like_twice():
    surprise = TravelTime(median_s=60, spread=0.5).surprise(np.array([60.0, 30.0, 120.0, 60 * np.exp(0.5)]))
    assert surprise[0] == 0
    assert surprise[1] == pytest.approx(surprise[2])
    assert surprise[3] == pytest.approx(0.5), "one spread off is half a unit"


def test_great_circle_distance_of_known_places():
    assert great_circle_m(Location(53, 6), Location(54, 6)) == pytest.approx(111_195, rel=1e-4)
    assert great_circle_m(Location(0, 0), Location(0, 180)) == pytest.approx(20_015_115, rel=1e-4)
    assert great_circle_m(MARTINITOREN, STATION) == pytest.approx(1008, abs=5)
    assert great_circle_m(MARTINITOREN, MARTINITOREN) == 0


def test_network_knows_who_leads_where():
    network = LinkNetwork(
        [
            CameraLink("A", "B", TravelWindow(20, 60)),
            CameraLink("A", "C", TravelWindow(40, 90)),
            CameraLink("B", "C", TravelWindow(5, 30)),
        ]
    )
    assert [link.from_camera for link in network.into("C")] == ["A", "B"]
    assert network.into("A") == []
    assert (network.latest_from("A"), network.latest_from("B"), network.latest_from("C")) == (90, 30, None)
    assert network.longest_s == 90
    assert LinkNetwork([]).longest_s == 0


@pytest.mark.parametrize("ends", [[("A", "A")], [("A", "B"), ("A", "B")]])
def test_network_refuses_loops_and_repeats(ends):
    with pytest.raises(ValueError, match="linked once"):
        LinkNetwork(CameraLink(start, end, TravelWindow(0, 1)) for start, end in ends)


def test_given_links_are_the_only_ones():
    links = [
        LinkSettings.model_validate({"from": "A", "to": "B", "distance_m": 310}),
        LinkSettings.model_validate({"from": "B", "to": "C", "min_travel_s": 20, "max_travel_s": 240}),
    ]
    network = links_from_settings({"A": None, "B": None, "C": None}, links, MatchingSettings())
    windows = {(x.from_camera, x.to_camera): (x.window.earliest_s, x.window.latest_s) for x in network.links}
    assert windows == {("A", "B"): pytest.approx((24.8, 223.2)), ("B", "C"): (20, 240)}


def test_an_empty_list_of_links_means_none():
    assert links_from_settings({"A": None, "B": None}, [], MatchingSettings()).links == ()


def test_without_links_every_camera_can_follow_every_other():
    network = links_from_settings({"A": None, "B": None, "C": MARTINITOREN}, None, MatchingSettings())
    assert {(x.from_camera, x.to_camera) for x in network.links} == {
        (a, b) for a in "ABC" for b in "ABC" if a != b
    }
    assert {(x.window.earliest_s, x.window.latest_s) for x in network.links} == {(0, 960)}


def test_locations_bound_the_travel_time_by_the_straight_line_and_a_detour():
    settings = MatchingSettings(max_travel_s=1500)
    network = links_from_settings({"A": MARTINITOREN, "B": STATION}, None, settings)
    straight = great_circle_m(MARTINITOREN, STATION)
    for link in network.links:
        assert link.window.earliest_s == pytest.approx((straight - 60) / (45 / 3.6))
        assert link.window.latest_s == pytest.approx((straight * 1.4 + 60) / (5 / 3.6))


def test_cameras_at_one_place_leave_room_for_their_views():
    network = links_from_settings({"A": STATION, "B": STATION}, None, MatchingSettings())
    assert {(x.window.earliest_s, round(x.window.latest_s)) for x in network.links} == {(0, 43)}


def test_cameras_too_far_apart_are_not_linked():
    far = Location(STATION.latitude + 0.2, STATION.longitude)
    network = links_from_settings({"A": STATION, "B": far, "C": MARTINITOREN}, None, MatchingSettings())
    assert {(x.from_camera, x.to_camera) for x in network.links} == {("A", "C"), ("C", "A")}
    assert network.longest_s <= 960


def window_link(start: str, end: str, **more: float) -> LinkSettings:
    return LinkSettings(from_camera=start, to_camera=end, min_travel_s=1, max_travel_s=9, **more)


@pytest.mark.parametrize(
    ("links", "message"),
    [
        ([window_link("A", "X")], r"links\[0\]\.to: there is no camera 'X'; the site has A, B"),
        ([window_link("X", "A")], r"links\[0\]\.from: there is no camera 'X'"),
        (
            [window_link("A", "B"), window_link("A", "B")],
            r"links\[1\]: A to B is already given by links\[0\]",
        ),
    ],
)
def test_links_that_do_not_fit_the_site_are_explained(links, message):
    with pytest.raises(UsageError, match=message):
        links_from_settings({"A": None, "B": None}, links, MatchingSettings())


def test_usual_travel_time_is_given_or_follows_from_the_distance():
    links = [
        LinkSettings(from_camera="A", to_camera="B", distance_m=400),
        window_link("B", "A", median_travel_s=4, travel_spread=0.2),
    ]
    there, back = links_from_settings({"A": None, "B": None}, links, MatchingSettings()).links
    assert there.travel_time is not None
    assert there.travel_time.median_s == 90.0
    assert there.travel_time.spread > 0.3, "a length says less than a time that somebody measured"
    assert back.travel_time == TravelTime(median_s=4.0, spread=0.2)


def test_without_a_usual_travel_time_none_weighs():
    settings = MatchingSettings(travel_time_weight=0.1)
    (given,) = links_from_settings({"A": None, "B": None}, [window_link("A", "B")], settings).links
    anywhere = links_from_settings({"A": None, "B": None}, None, settings).links
    assert given.travel_time is None
    assert [link.travel_time for link in anywhere] == [None, None]


@pytest.mark.parametrize(
    ("weight", "expected"),
    [
        pytest.param(MatchingSettings().travel_time_weight, ["A1>B2", "B1"], id="default"),
        pytest.param(0.0, ["A1>B1", "B2"], id="looks alone"),
    ],
)
def test_of_two_who_look_much_alike_the_one_with_the_usual_travel_time_is_taken(weight, expected):
    settings = MatchingSettings(travel_time_weight=weight)
    links = [LinkSettings(from_camera="A", to_camera="B", distance_m=400)]
    network = links_from_settings({"A": None, "B": None}, links, settings)
    # 400 m usually take 90 s; the first to arrive hurried at 36 km/h and looks a little more alike.
    sightings = [seen("A1", 0), seen("B1", 40, 2), seen("B2", 92, 4)]
    assert routes(match_all(sightings, network, settings=settings)[1]) == expected
