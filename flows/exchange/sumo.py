"""Demand and counts for SUMO: tazRelations, zones, and counts of edges.

Seconds are counted from the beginning of the first interval. What nobody watched, or is withheld, has no
element: SUMO has no word for it.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from xml.etree import ElementTree

from flows.exchange.edges import EdgeOf
from flows.exchange.passages import Passages, passages_of
from flows.statistics import CameraCount, OdCount, Site
from tracking.errors import UsageError

_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_SCHEMAS = "http://sumo.dlr.de/xsd"
_VEHICLES = "DEFAULT_BIKETYPE"
"""SUMO takes the id of an interval of demand for the type of its vehicles."""

_HINT = f"{{{_XSI}}}noNamespaceSchemaLocation"

ElementTree.register_namespace("xsi", _XSI)


def sumo_od(rows: Sequence[OdCount], begin: datetime) -> str:
    """Write the O-D matrix as tazRelations, an interval for each of ours.

    Args:
        rows: The O-D matrix of one site.
        begin: Second 0.
    """
    root = ElementTree.Element("data", {_HINT: f"{_SCHEMAS}/datamode_file.xsd"})
    intervals: dict[tuple[datetime, datetime], ElementTree.Element] = {}
    for row in sorted(rows, key=lambda one: (one.interval_start, one.origin, one.destination)):
        bounds = (row.interval_start, row.interval_end)
        if bounds not in intervals:
            intervals[bounds] = _interval(root, _VEHICLES, begin, *bounds)
        if row.cyclists:
            told = {"from": row.origin, "to": row.destination, "count": str(row.cyclists)}
            ElementTree.SubElement(intervals[bounds], "tazRelation", told)
    return _text(root)


def sumo_zones(site: Site, edges: EdgeOf) -> str:
    """Write a zone for each camera: the edges on which riders of it begin and end.

    Args:
        site: The site.
        edges: Of its cameras; a camera without any is a zone without edges, to be completed by hand.

    Raises:
        UsageError: An edge is of a camera that the site does not have.
    """
    root = ElementTree.Element("additional", {_HINT: f"{_SCHEMAS}/additional_file.xsd"})
    names = {camera.name for camera in site.cameras}
    for camera, _ in edges:
        if camera not in names:
            raise UsageError(f"--edges: the site has no camera '{camera}'; it has {', '.join(sorted(names))}")
    for name in sorted(names):
        own = sorted({edge for (camera, _), edge in edges.items() if camera == name})
        ElementTree.SubElement(root, "taz", {"id": name, "edges": " ".join(own)})
    return _text(root)


def sumo_counts(
    rows: Sequence[CameraCount], site: Site, begin: datetime, edges: EdgeOf, least_coverage: float
) -> str:
    """Write the passages as counts of edges, for SUMO's routeSampler.

    Args:
        rows: Counts of one site.
        site: The site.
        begin: Second 0.
        edges: Of cameras and directions; directions without an edge are left out.
        least_coverage: An interval that was watched less has no count.
    """
    root = ElementTree.Element("data", {_HINT: f"{_SCHEMAS}/datamode_file.xsd"})
    intervals: dict[tuple[datetime, datetime], ElementTree.Element] = {}
    for one in sorted(passages_of(rows), key=lambda each: (each.start, each.camera)):
        for edge, number in _counted(one, edges, least_coverage):
            bounds = (one.start, one.end)
            if bounds not in intervals:
                name = one.start.astimezone(site.zone).isoformat(timespec="minutes")
                intervals[bounds] = _interval(root, name, begin, *bounds)
            ElementTree.SubElement(intervals[bounds], "edge", {"id": edge, "entered": str(number)})
    return _text(root)


def _counted(one: Passages, edges: EdgeOf, least_coverage: float) -> Iterator[tuple[str, int]]:
    if one.coverage < least_coverage:
        return
    for direction, number in one.directions.items():
        if (one.camera, direction) in edges:
            yield edges[one.camera, direction], number


def _interval(
    root: ElementTree.Element, name: str, begin: datetime, start: datetime, end: datetime
) -> ElementTree.Element:
    bounds = {
        key: f"{(moment - begin).total_seconds():.2f}" for key, moment in (("begin", start), ("end", end))
    }
    return ElementTree.SubElement(root, "interval", {"id": name, **bounds})


def _text(root: ElementTree.Element) -> str:
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"
