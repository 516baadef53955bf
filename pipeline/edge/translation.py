"""From what a database holds to format 1, and back."""

import base64

import numpy as np

from flows.database import Pending, Watched
from flows.database.times import to_microseconds, to_seconds
from flows.values import Sighting
from pipeline.edge.wire import (
    Batch,
    WireCamera,
    WireOutage,
    WireSighting,
    WireWatched,
    WireWithdrawn,
    decoded,
)


def sighting_from(one: WireSighting) -> Sighting:
    """The value that was sent."""
    return Sighting(
        sighting_id=one.id,
        camera=one.camera,
        enter_time=to_seconds(one.enter_us),
        exit_time=to_seconds(one.exit_us),
        direction=one.direction,
        frames=one.frames,
        stationary_s=one.stationary_s,
        quality=one.quality,
        embedding=None if one.embedding is None else decoded(one.embedding),
        model_id=one.model,
    )


def batch_of(site: str, pending: Pending, cameras: list[WireCamera]) -> Batch:
    """What is pending, in this format.

    Args:
        site: Name of the site.
        pending: What is told next.
        cameras: Its progress, read by whoever understands checkpoints.
    """
    return Batch(
        format=1,
        site=site,
        stream=pending.stream,
        after=pending.after,
        last=pending.last,
        sightings=[_sent(one) for one in pending.sightings],
        withdrawn=[WireWithdrawn(camera=camera, id=one) for camera, one in pending.withdrawn],
        watched=[_told(one) for one in pending.watched],
        cameras=cameras,
    )


def _sent(one: Sighting) -> WireSighting:
    embedding = one.embedding
    return WireSighting(
        id=one.sighting_id,
        camera=one.camera,
        enter_us=to_microseconds(one.enter_time),
        exit_us=to_microseconds(one.exit_time),
        direction=one.direction,
        frames=one.frames,
        stationary_s=float(one.stationary_s),
        quality=float(one.quality),
        model=one.model_id,
        embedding=None
        if embedding is None
        else base64.b64encode(np.ascontiguousarray(embedding, "<f4").tobytes()).decode(),
    )


def _told(one: Watched) -> WireWatched:
    return WireWatched(
        camera=one.camera,
        from_us=one.start,
        to_us=one.end,
        observed=list(one.observed),
        outages=[WireOutage(from_us=start, to_us=end, reason=reason) for start, end, reason in one.outages],
    )
