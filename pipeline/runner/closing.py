"""Unfinished runs that nobody will go on with."""

from flows.database import FlowStore, Ledger, OpenRun
from flows.matching import EventTimeMatcher, LinkNetwork
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
            _close(prepared, store, one.run_id)


def _close(prepared: Preparation, store: FlowStore, run_id: str) -> None:
    """Keep the links that were decided, decide no others, and finish."""
    state = store.open_sightings(run_id)
    if state.watermark is not None:
        matcher = EventTimeMatcher.restore(
            LinkNetwork(()),
            prepared.linking.settings,
            prepared.linking.threshold,
            sightings=state.sightings,
            matches=state.matches,
            watermark=state.watermark,
        )
        journeys = matcher.finish().journeys
        store.save_matching(run_id, state.watermark, (), journeys, forget_before=state.watermark)
    store.finish_run(run_id)
