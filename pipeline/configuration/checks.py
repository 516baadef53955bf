"""What has to fit together between the parts of a configuration."""

from collections.abc import Iterator

from flows.database.address import DatabaseAddress
from pipeline.configuration.fields import suggestion
from pipeline.configuration.paths import missing_files
from pipeline.configuration.sentences import Problem
from pipeline.configuration.settings import Defaults
from pipeline.configuration.site import Configuration
from tracking.errors import UsageError


def cross_check(configuration: Configuration) -> Iterator[Problem]:
    """Find what no single value shows: double ids, links to nowhere, files that are not there."""
    double_ids = list(_double_ids(configuration))
    yield from double_ids or _links(configuration)
    yield from database_problems(configuration)
    for path, file in missing_files(configuration):
        yield Problem(path, f"there is no file {file}; give one that exists")
    for number, camera in enumerate(configuration.cameras):
        for path, file in missing_files(camera, ("cameras", number)):
            yield Problem(path, f"there is no file {file}; give one that exists")


def _double_ids(configuration: Configuration) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for number, camera in enumerate(configuration.cameras):
        folded = camera.id.casefold()
        if folded in seen:
            text = f"{camera.id!r} is already the id of cameras[{seen[folded]}]; give every camera its own"
            yield Problem(("cameras", number, "id"), text)
        seen.setdefault(folded, number)


def _links(configuration: Configuration) -> Iterator[Problem]:
    ids = [camera.id for camera in configuration.cameras]
    seen: dict[tuple[str, str], int] = {}
    for number, link in enumerate(configuration.links or ()):
        for key, camera in (("from", link.from_camera), ("to", link.to_camera)):
            if camera not in ids:
                hint = suggestion(camera, set(ids)) or f"; the site has {', '.join(ids)}"
                yield Problem(("links", number, key), f"there is no camera {camera!r}{hint}")
        pair = (link.from_camera, link.to_camera)
        if pair in seen:
            text = f"{pair[0]} to {pair[1]} is already links[{seen[pair]}]; give each link once"
            yield Problem(("links", number), text)
        seen.setdefault(pair, number)


def database_problems(settings: Defaults) -> Iterator[Problem]:
    """Find that the address of the database cannot be read."""
    try:
        DatabaseAddress.parse(settings.database)
    except UsageError as error:
        yield Problem(("database",), str(error).removeprefix("--database: "))
