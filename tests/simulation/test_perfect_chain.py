"""With perfect sightings the chain must be right: what is wrong then is matching or the truth itself."""

import csv
from collections import defaultdict
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from flows.matching import EventTimeMatcher, LinkSettings, MatchingSettings, links_from_settings
from simulation import Recording, create_world, load_scenario, read_sightings, simulate

Link = tuple[tuple[int, str], tuple[int, str]]


def true_links(folder: Path) -> set[Link]:
    journeys = defaultdict(list)
    with (folder / "truth" / "passages.csv").open() as file:
        for row in csv.DictReader(file):
            if int(row["recorded"]) >= 3:
                journeys[row["journey"]].append(
                    (float(row["enter_epoch_s"]), int(row["rider"]), row["camera"])
                )
    return {(a[1:], b[1:]) for stops in journeys.values() for a, b in pairwise(sorted(stops))}


def matched_links(folder: Path) -> set[Link]:
    site = yaml.safe_load((folder / "site.yaml").read_text())
    places = {camera["id"]: tuple(camera["location"]) for camera in site["cameras"]}
    links = [LinkSettings.model_validate(link) for link in site["links"]]
    sightings, riders = read_sightings(folder / "detections")
    who = {sighting.sighting_id: (riders[sighting.sighting_id], sighting.camera) for sighting in sightings}
    matcher = EventTimeMatcher(
        links_from_settings(places, links, MatchingSettings()), MatchingSettings(), 0.7
    )
    matcher.add(sightings)
    matches = matcher.advance(float("inf")).matches
    return {(who[match.from_sighting], who[match.to_sighting]) for match in matches}


@pytest.mark.parametrize("scenario", ["calm", "look_alikes", "one_camera_riders", "clock_offset", "gaps"])
def test_perfect_sightings_give_exactly_the_true_links(tmp_path: Path, scenario: str) -> None:
    settings = load_scenario(scenario).adapted(riders_per_hour=900, detections_only=True, perfect=True)
    start = datetime(2024, 5, 14, 6, 0, tzinfo=UTC)
    world = create_world(settings, cameras=5, duration_s=400, start=start, seed=6)
    simulate(tmp_path, Recording(world, (160, 96), 5.0))
    true, matched = true_links(tmp_path), matched_links(tmp_path)
    assert len(true) > 20
    assert matched == true, f"lost {sorted(true - matched)}, invented {sorted(matched - true)}"
