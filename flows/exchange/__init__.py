"""Statistics in the formats of other programs; what is withheld or was not watched has no number there."""

from flows.exchange.edges import EdgeOf, read_edges
from flows.exchange.france import french_files
from flows.exchange.ndw import Ascending, ndw_csv
from flows.exchange.omx import write_omx
from flows.exchange.sumo import sumo_counts, sumo_od, sumo_zones

__all__ = [
    "Ascending",
    "EdgeOf",
    "french_files",
    "ndw_csv",
    "read_edges",
    "sumo_counts",
    "sumo_od",
    "sumo_zones",
    "write_omx",
]
