"""When a rider may appear at the next camera, kept with the set so that links can be proposed later."""

from flows.matching import Location, links_from_settings
from pipeline.configuration import Configuration
from pipeline.datasets.manifest import LinkEntry


def link_entries(configuration: Configuration) -> tuple[LinkEntry, ...]:
    """Travel-time windows between the cameras of a site, by camera number.

    Without links in the site file every camera can follow every other, as far as places and speeds allow.
    """
    locations = {
        camera.id: Location(*camera.location) if camera.location else None for camera in configuration.cameras
    }
    network = links_from_settings(locations, configuration.links, configuration.matching)
    numbers = {camera.id: number for number, camera in enumerate(configuration.cameras, 1)}
    return tuple(
        LinkEntry(
            from_camera=numbers[link.from_camera],
            to_camera=numbers[link.to_camera],
            earliest_s=round(link.window.earliest_s, 3),
            latest_s=round(link.window.latest_s, 3),
        )
        for link in network.links
    )
