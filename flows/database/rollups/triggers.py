"""Triggers that note which time a change touches, whoever makes it and by which way.

Rows also leave by themselves, with their run, camera or site. What hangs on a camera that is gone belongs to
the site of its run, and what hangs on a site that is gone leaves with it.
"""

from collections.abc import Mapping

from sqlalchemy import Connection, text

from flows.database.rollups.quarters import QUARTER_US

Events = Mapping[tuple[str, str], tuple[str, ...]]


_AT_ONCE = (("sighting", "INSERT"), ("journey_stop", "INSERT"))
_FRESH = "REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT"


def create_triggers(connection: Connection) -> None:
    """Write the triggers, which must not be there."""
    server = connection.dialect.name == "postgresql"
    for (table, event), statements in _events(server).items():
        name = _name(table, event)
        body = " ".join(f"{one};" for one in statements)
        does = f"FOR EACH ROW BEGIN {body} END"
        if server:
            # Passages and stops come by hundreds; what they touch is found in one go.
            fresh = _FRESH if (table, event) in _AT_ONCE else "FOR EACH ROW"
            does = f"{fresh} EXECUTE FUNCTION {name}()"
            function = f"$$ BEGIN {body} RETURN NULL; END $$"
            _run(connection, f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS {function}")
        _run(connection, f"CREATE TRIGGER {name} AFTER {event} ON {table} {does}")


def drop_triggers(connection: Connection) -> None:
    """Take the triggers away where they are there."""
    for table, event in _events(server=False):
        name = _name(table, event)
        if connection.dialect.name == "postgresql":
            _run(connection, f"DROP FUNCTION IF EXISTS {name}() CASCADE")
        else:
            _run(connection, f"DROP TRIGGER IF EXISTS {name}")


def _run(connection: Connection, statement: str) -> None:
    connection.execute(text(statement.replace(":", r"\:")))


def _name(table: str, event: str) -> str:
    return f"{table}_{event.partition(' ')[0].lower()}_touches"


def _events(server: bool) -> Events:
    """What is done after which change."""
    old, new = _passage("OLD"), _passage("NEW")
    stop_old, stop_new = _stop("OLD"), _stop("NEW")
    return {
        ("sighting", "INSERT"): (_fresh_passages() if server else new,),
        ("sighting", "UPDATE OF camera_id, direction, enter_time"): (
            *(old, new, _begun("OLD"), _begun("NEW")),
            _journeys_through("NEW"),
        ),
        ("sighting", "DELETE"): (old, _begun("OLD")),
        **_stretches("coverage"),
        **_stretches("unobserved"),
        ("journey_stop", "INSERT"): (_fresh_stops() if server else stop_new,),
        ("journey_stop", "UPDATE"): (stop_old, stop_new, _own("OLD"), _own("NEW")),
        ("journey_stop", "DELETE"): (stop_old, _own("OLD")),
        ("camera", "UPDATE OF name"): (_renamed(server),),
        ("site", "UPDATE OF timezone"): _other_days(),
    }


def _stretches(table: str) -> Events:
    """Observed time, and time of footage that was not observed: both make the site's time."""
    return {
        (table, "INSERT"): (_observed("NEW", "NEW.start_time", "NEW.end_time"),),
        (table, "UPDATE"): (_longer(), _moved()),
        (table, "DELETE"): (_observed("OLD", "OLD.start_time", "OLD.end_time"),),
    }


def _into(table: str, query: str) -> str:
    """Insert what is not there; ``OR IGNORE`` would give way to what the causing statement says."""
    return f"INSERT INTO {table} {query} ON CONFLICT DO NOTHING"


def _bin(moment: str) -> str:
    return f"{moment} - (({moment}) % {QUARTER_US} + {QUARTER_US}) % {QUARTER_US}"


def _whose(row: str) -> str:
    """Site of a row's camera; where it is gone, of its run; nothing where that is gone, too."""
    return (
        f"(SELECT COALESCE((SELECT site_id FROM camera WHERE camera_id = {row}.camera_id), "
        f"(SELECT site_id FROM run WHERE run_id = {row}.run_id)) AS site_id) AS whose "
        "WHERE site_id IS NOT NULL"
    )


def _observed(row: str, start: str, end: str, condition: str = "1 = 1") -> str:
    query = f"SELECT site_id, {row}.camera_id, {start}, {end} FROM {_whose(row)} AND {condition}"
    return _into("touched_time", query)


def _passage(row: str) -> str:
    start = _bin(f"{row}.enter_time")
    return _observed(row, start, f"{start} + {QUARTER_US}")


def _fresh_passages() -> str:
    start = _bin("enter_time")
    return _into(
        "touched_time",
        f"SELECT site_id, camera_id, bin, bin + {QUARTER_US} "
        f"FROM (SELECT DISTINCT camera_id, run_id, {start} AS bin FROM fresh) AS at "
        f"CROSS JOIN LATERAL {_whose('at')}",
    )


def _fresh_stops() -> str:
    return _beginning(
        "journey_stop.stop = 0 AND journey_stop.journey_id IN (SELECT journey_id FROM fresh)", "DISTINCT "
    )


_SAME = "OLD.camera_id = NEW.camera_id AND OLD.start_time = NEW.start_time"


def _longer() -> str:
    """Of a stretch that grew, what it grew by: a run of a month tells its progress every few seconds."""
    earlier, later = (
        f"CASE WHEN OLD.end_time {sign} NEW.end_time THEN OLD.end_time ELSE NEW.end_time END" for sign in "<>"
    )
    return _observed("NEW", earlier, later, _SAME)


def _moved() -> str:
    return _into(
        "touched_time",
        f"SELECT site_id, OLD.camera_id, OLD.start_time, OLD.end_time FROM {_whose('OLD')} AND NOT ({_SAME}) "
        "UNION "
        f"SELECT site_id, NEW.camera_id, NEW.start_time, NEW.end_time FROM {_whose('NEW')} AND NOT ({_SAME})",
    )


def _begun(row: str) -> str:
    """The quarter of a passage, in which a journey may begin."""
    start = _bin(f"{row}.enter_time")
    query = f"SELECT site_id, {start}, {start} + {QUARTER_US} FROM {_whose(row)}"
    return _into("touched_journeys", query)


def _beginning(condition: str, distinct: str = "") -> str:
    """The quarters of passages, by a condition on their stop."""
    start = _bin("sighting.enter_time")
    query = (
        f"SELECT {distinct}camera.site_id, {start}, {start} + {QUARTER_US} FROM journey_stop "
        "JOIN sighting ON sighting.sighting_id = journey_stop.sighting_id "
        f"JOIN camera ON camera.camera_id = sighting.camera_id WHERE {condition}"
    )
    return _into("touched_journeys", query)


def _stop(row: str) -> str:
    """The quarter in which the journey of a stop begins, where its first stop is there."""
    return _beginning(f"journey_stop.journey_id = {row}.journey_id AND journey_stop.stop = 0")


def _own(row: str) -> str:
    """The quarter of a stop's own passage, which was the beginning if the stop was the first."""
    start = _bin("sighting.enter_time")
    query = (
        f"SELECT camera.site_id, {start}, {start} + {QUARTER_US} FROM sighting "
        f"JOIN camera ON camera.camera_id = sighting.camera_id WHERE sighting.sighting_id = {row}.sighting_id"
    )
    return _into("touched_journeys", query)


def _journeys_through(row: str) -> str:
    """The quarter in which the journey of a passage begins."""
    through = f"SELECT journey_id FROM journey_stop WHERE sighting_id = {row}.sighting_id"
    return _beginning(f"journey_stop.stop = 0 AND journey_stop.journey_id IN ({through})")


def _renamed(server: bool) -> str:
    joined = "string_agg(passed.name, '>' ORDER BY stop)" if server else "group_concat(passed.name, '>')"
    return (
        f"UPDATE route SET name = (SELECT {joined} FROM "
        "(SELECT camera.name, route_stop.stop FROM route_stop "
        "JOIN camera ON camera.camera_id = route_stop.camera_id "
        "WHERE route_stop.route_id = route.route_id ORDER BY route_stop.stop) AS passed) "
        "WHERE route_id IN (SELECT route_id FROM route_stop WHERE camera_id = NEW.camera_id)"
    )


def _other_days() -> tuple[str, ...]:
    """In another time zone days begin at other moments."""
    changed = "NEW.timezone <> OLD.timezone"
    everything = (
        f"SELECT site_id, MIN(bin), MAX(bin) + {QUARTER_US} FROM trips "
        f"WHERE site_id = NEW.site_id AND {changed} GROUP BY site_id"
    )
    return (
        f"DELETE FROM route_day WHERE site_id = NEW.site_id AND {changed}",
        _into("touched_journeys", everything),
    )
