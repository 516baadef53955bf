"""The line between a box at the street and its centre: what is said on it, and the box's end of it.

A box sends sightings: embeddings, times, camera, direction, what was watched and what was not. Nothing else
leaves it. `docs/use/edge.md` tells the format.
"""

from pipeline.edge.sender import Sender, Sent
from pipeline.edge.sending import Sending, send_database, sending
from pipeline.edge.sink import SinkAddress
from pipeline.edge.translation import batch_of, sighting_from
from pipeline.edge.wire import LARGEST_BATCH, Batch, WireError

__all__ = [
    "LARGEST_BATCH",
    "Batch",
    "Sender",
    "Sending",
    "Sent",
    "SinkAddress",
    "WireError",
    "batch_of",
    "send_database",
    "sending",
    "sighting_from",
]
