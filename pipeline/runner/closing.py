"""Unfinished runs that nobody will go on with."""

import math

from flows.database import FlowStore, Ledger, OpenRun
from flows.matching import EventTimeMatcher, LinkNetwork
from pipeline.runner.linking import Linking
from pipeline.runner.preparation import Preparation


def resumable(ledger: Ledger, settings: str | None) -> OpenRun | None:
    """The interrupted run with the same settings, if there is one."""
    same = [one for one in ledger.open_runs if one.settings == settings and not one.purged]
    return same[-1] if same else None


def close_unfinished(prepared: Preparation, store: FlowStore, spared: OpenRun | None) -> None:
    """Close unfinished runs as far as they came; those that lost their embeddings are deleted.

    Args:
        prepared: For the site and its matching.
        store: The database.
        spared: A run that will go on.
    """
    for one in store.ledger(prepared.configuration.site).open_runs:
        if one.purged:
            store.discard_run(one.run_id)
        elif spared is None or one.run_id != spared.run_id:
            close_run(prepared.linking, store, one.run_id)


def close_run(linking: Linking, store: FlowStore, run_id: str) -> None:
    """Keep the links that were decided, decide no others, and finish."""
    state = store.open_sightings(run_id)
    if state.sightings:
        matcher = EventTimeMatcher.restore(
            LinkNetwork(()),
            linking.settings,
            linking.threshold,
            sightings=state.sightings,
            matches=state.matches,
            watermark=-math.inf if state.watermark is None else state.watermark,
        )
        journeys, moment = matcher.finish().journeys, state.watermark or 0.0
        store.save_matching(run_id, moment, (), journeys, forget_before=moment)
    store.finish_run(run_id)
