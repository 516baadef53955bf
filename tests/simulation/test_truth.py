import itertools
from collections import Counter, defaultdict
from datetime import datetime

import yaml

from simulation.passages import VISIBLE_SHARE
from tracking.region import RegionOfInterest


def test_tables_are_not_empty(city) -> None:
    assert len(city.rows("passages.csv")) > 20
    assert len(city.rows("travel_times.csv")) > 3


def test_journeys_are_passages_chained(city) -> None:
    chains = defaultdict(list)
    for row in sorted(city.rows("passages.csv"), key=lambda r: float(r["enter_epoch_s"])):
        chains[row["journey"]].append(row)
    journeys = city.rows("journeys.csv")
    assert {row["journey"] for row in journeys} == set(chains)
    for journey in journeys:
        passages = chains[journey["journey"]]
        assert journey["route"] == ">".join(p["camera"] for p in passages)
        assert [p["position"] for p in passages] == [str(i + 1) for i in range(len(passages))]
        assert {p["rider"] for p in passages} == {journey["rider"]}
        assert journey["start"] == passages[0]["enter"]


def test_od_matrix_sums_to_the_journeys_over_several_cameras(city) -> None:
    expected = Counter(
        (j["origin"], j["destination"]) for j in city.rows("journeys.csv") if int(j["cameras"]) > 1
    )
    cells = {(r["origin"], r["destination"]): int(r["cyclists"]) for r in city.rows("od.csv")}
    assert {pair: n for pair, n in cells.items() if n} == expected
    assert len(cells) >= 6


def test_travel_times_are_positive_and_span_the_entries(city) -> None:
    for row in city.rows("travel_times.csv"):
        assert float(row["travel_s"]) > 5, row
        span = float(row["end_epoch_s"]) - float(row["start_epoch_s"])
        assert abs(span - float(row["travel_s"])) < 1e-5


def test_times_are_utc_twice(city) -> None:
    for row in city.rows("passages.csv"):
        moment = datetime.fromisoformat(row["enter"])
        assert row["enter"].endswith("Z")
        assert abs(moment.timestamp() - float(row["enter_epoch_s"])) < 1e-6
        assert 0 <= float(row["enter_epoch_s"]) - city.recording.world.start.timestamp() <= 120


def test_passages_follow_from_the_boxes(city) -> None:
    site = yaml.safe_load((city.folder / "site.yaml").read_text())
    start = city.recording.world.start.timestamp()
    for camera in site["cameras"]:
        region = RegionOfInterest(city.recording.size, camera["roi"])
        inside = defaultdict(list)
        for line in (city.folder / "truth" / f"boxes_{camera['id']}.txt").read_text().splitlines():
            frame, identity, left, top, width, height, _, kind, visible = (float(v) for v in line.split(","))
            box = [[left, top, left + width, top + height]]
            if kind == 2 and visible >= VISIBLE_SHARE and region.contains(box)[0]:
                inside[str(int(identity))].append((frame - 1) / city.recording.fps)
        rows = [row for row in city.rows("passages.csv") if row["camera"] == camera["id"]]
        assert {r["rider"] for r in rows} == {rider for rider, times in inside.items() if len(times) >= 3}
        for row in rows:
            enter = float(row["enter_epoch_s"]) - start
            assert abs(enter - inside[row["rider"]][0]) < 1e-5, row


def test_boxes_lie_in_the_frame_and_their_identities_have_a_class(city) -> None:
    classes = {row["identity"]: row["mot_class"] for row in city.rows("classes.csv")}
    width, height = city.recording.size
    for file in sorted((city.folder / "truth").glob("boxes_*.txt")):
        for line in file.read_text().splitlines():
            frame, identity, left, top, wide, high, confidence, kind, visible = line.split(",")
            assert int(frame) >= 1
            assert classes[identity] == kind
            assert confidence == "1"
            assert float(left) >= 0
            assert float(top) >= 0
            assert float(left) + float(wide) <= width + 0.011
            assert float(top) + float(high) <= height + 0.011
            assert 0 < float(visible) <= 1


def test_site_file_names_videos_regions_and_links(city) -> None:
    site = yaml.safe_load((city.folder / "site.yaml").read_text())
    assert set(site) == {"site", "timezone", "cameras", "links"}
    names = [camera["id"] for camera in site["cameras"]]
    for camera in site["cameras"]:
        assert set(camera) == {"id", "source", "start", "location", "roi"}
        assert (city.folder / camera["source"]).is_file()
        assert camera["start"] == "2024-05-14T08:00:00"
        assert len(camera["roi"]) >= 4
    assert {(link["from"], link["to"]) for link in site["links"]} >= set(itertools.pairwise(names))
    assert all(link["distance_m"] > 0 for link in site["links"])
