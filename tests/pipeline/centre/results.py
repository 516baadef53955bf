"""All that a database tells of a site."""

from contextlib import closing
from typing import Any

from sqlalchemy import text

from flows.database import FlowStore

_QUERIES = {
    "sightings": "SELECT camera.name, enter_time, exit_time, direction, frames, stationary_s, quality, "
    "model_id FROM sighting JOIN camera USING (camera_id)",
    "links": "SELECT a.name, f.enter_time, b.name, t.enter_time, distance, probability, travel FROM match "
    "JOIN sighting f ON f.sighting_id = from_sighting JOIN camera a ON a.camera_id = f.camera_id "
    "JOIN sighting t ON t.sighting_id = to_sighting JOIN camera b ON b.camera_id = t.camera_id",
    "journeys": "SELECT journey_id, stop, camera.name, enter_time FROM journey_stop "
    "JOIN sighting USING (sighting_id) JOIN camera USING (camera_id)",
    "coverage": "SELECT camera.name, start_time, end_time FROM coverage JOIN camera USING (camera_id)",
    "unobserved": "SELECT camera.name, start_time, end_time, reason FROM unobserved "
    "JOIN camera USING (camera_id)",
    **{
        view: f"SELECT * FROM {view}"
        for view in ("camera_counts", "route_counts", "od_matrix", "travel_times")
    },
}


def results(url: str) -> dict[str, list[Any]]:
    """All that a database tells of a site, without ids that are random."""
    store = FlowStore.open_for_reading(url)
    with closing(store), store.database.transaction() as connection:
        found = {
            name: sorted((tuple(row) for row in connection.execute(text(query))), key=str)
            for name, query in _QUERIES.items()
        }
    journeys: dict[str, list[Any]] = {}
    for journey, stop, camera, enter in found["journeys"]:
        journeys.setdefault(journey, []).append((stop, camera, enter))
    found["journeys"] = sorted(sorted(one) for one in journeys.values())
    return found
