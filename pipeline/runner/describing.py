"""What a run tells the database of itself when it begins."""

import secrets
import time

from flows.database import CameraDescription, CountedTime, Footage, Publication, RunDescription
from pipeline.configuration import Configuration
from pipeline.ledger import Sweep, Wishes
from pipeline.runner.fingerprint import fingerprint_of, settings_of
from pipeline.runner.preparation import Preparation


def completed(wishes: Wishes, prepared: Preparation) -> Wishes:
    """Add what the settings say."""
    late = prepared.configuration.runtime.late_footage
    return Wishes(
        wishes.replace,
        wishes.since,
        wishes.until,
        prepared.linking.gallery_ttl_s if late == "relink" else None,
        settings_of(prepared),
    )


def describe_site(
    configuration: Configuration, fingerprint: str = "", gallery_ttl_s: float = 0.0
) -> RunDescription:
    """Describe a site, and a run without footage of its own.

    Args:
        configuration: Of the site.
        fingerprint: Of the run, if there is one.
        gallery_ttl_s: Of the run, seconds.
    """
    statistics = configuration.statistics
    return RunDescription(
        site=configuration.site,
        timezone=configuration.timezone,
        cameras=tuple(CameraDescription(one.id, one.location) for one in configuration.cameras),
        fingerprint=fingerprint,
        started=time.time(),
        gallery_ttl_s=gallery_ttl_s,
        publication=Publication(
            statistics.min_count, statistics.interval.value, frozenset(statistics.model_fields_set)
        ),
    )


def fresh_fingerprint(some: Preparation) -> str:
    """A fingerprint that no earlier run has: what was taken back may be counted the same way again."""
    return f"{fingerprint_of(some)}-{secrets.token_hex(4)}"


def describe(
    prepared: Preparation,
    some: Preparation,
    wishes: Wishes,
    fingerprint: str,
    sweep: Sweep | None = None,
) -> RunDescription:
    """Describe a run: all cameras of the site, with the footage that it reads."""
    configuration, statistics = prepared.configuration, prepared.configuration.statistics
    starts = {
        (camera.id, planned.name): planned.start
        for camera in some.cameras
        for planned in camera.source.sources
    }
    footage = {camera.id: camera.footage for camera in some.cameras}
    return RunDescription(
        site=configuration.site,
        timezone=configuration.timezone,
        cameras=tuple(
            CameraDescription(
                camera.id,
                camera.location,
                tuple(
                    Footage(name, digest, starts[camera.id, name])
                    for name, digest in footage.get(camera.id, ())
                ),
            )
            for camera in configuration.cameras
        ),
        fingerprint=fingerprint,
        started=time.time(),
        gallery_ttl_s=prepared.linking.gallery_ttl_s,
        publication=Publication(
            statistics.min_count, statistics.interval.value, frozenset(statistics.model_fields_set)
        ),
        settings=wishes.settings,
        removed=tuple(
            CountedTime(span.camera, span.start, span.end) for span in (sweep.removed if sweep else ())
        ),
    )
