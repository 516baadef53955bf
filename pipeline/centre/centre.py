"""All sites of a centre, their locks, and the thread that links."""

import logging
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Self

from flows.database import FlowStore, site_lock
from flows.database.runs import RESTART_WITHIN
from flows.database.times import to_seconds
from pipeline.centre.boxes import Box
from pipeline.centre.refusals import ForeignError
from pipeline.centre.site import SiteCentre
from pipeline.configuration import Configuration
from pipeline.edge import Batch
from pipeline.runner.linking import prepare_linking
from pipeline.runner.prepare import load_encoder
from tracking.errors import FietsflowError, UsageError

LINK_EVERY_S = 2.0
"""Wall time between two rounds of linking."""

_log = logging.getLogger(__name__)


class Centre:
    """Takes batches for several sites.

    Args:
        sites: Whose batches it takes.

    Attributes:
        trouble: Why linking failed the last time; empty where it went well.
    """

    def __init__(self, sites: Sequence[SiteCentre]) -> None:
        self._sites = {one.site: one for one in sites}
        self.trouble = ""

    @classmethod
    @contextmanager
    def open(
        cls,
        configurations: Sequence[Configuration],
        database: str,
        boxes: Callable[[], Collection[Box]],
        wait_s: float | None = None,
    ) -> Iterator[Self]:
        """Open a centre, be the only program that writes its sites, and link every few seconds.

        Args:
            configurations: Of the sites.
            database: Where all is stored.
            boxes: Who may send, as of now.
            wait_s: Wall time for which a camera is waited for that makes no progress; None for as long as
                embeddings may wait at a box.

        Raises:
            UsageError: A site has no threshold, or is named twice.
            DatabaseError: The database cannot be used, or another program writes one of the sites.
        """
        with ExitStack() as stack:
            store = FlowStore.open(database)
            stack.callback(store.close)
            names = [one.site for one in configurations]
            if len(set(names)) < len(names):
                raise UsageError("--cameras: two of the files are of the same site; give each site once")
            for name in names:
                stack.enter_context(site_lock(store.database, name))
            centre = cls([_open_site(store, one, boxes, wait_s) for one in configurations])
            stop = threading.Event()
            thread = threading.Thread(target=centre._link, args=(stop,), name="linking", daemon=True)
            thread.start()
            try:
                yield centre
            finally:
                stop.set()
                thread.join()
                centre.tick()

    def receive(self, box: Box, batch: Batch) -> int:
        """Store a batch of a box; see `SiteCentre.receive`."""
        site = self._sites.get(box.site)
        if site is None:
            raise ForeignError(
                f"this centre does not link site {box.site}, which the token of {box.name} is for"
            )
        return site.receive(box, batch)

    def tick(self) -> None:
        """Link what can be linked by now; what fails is logged, and tried again the next time."""
        trouble = ""
        for name, site in self._sites.items():
            try:
                site.tick()
            except FietsflowError as error:
                trouble = f"site {name}: {error}"
                _log.error("%s", trouble)
        self.trouble = trouble

    def _link(self, stop: threading.Event) -> None:
        while not stop.wait(LINK_EVERY_S):
            self.tick()


def _open_site(
    store: FlowStore,
    configuration: Configuration,
    boxes: Callable[[], Collection[Box]],
    wait_s: float | None,
) -> SiteCentre:
    encoder = load_encoder(configuration)
    linking = prepare_linking(configuration, encoder)
    model = encoder.model_id if configuration.matching.threshold is None else None

    def expected() -> frozenset[str]:
        return frozenset(
            camera for box in boxes() if box.site == configuration.site for camera in box.cameras
        )

    longest_s = max(linking.gallery_ttl_s, to_seconds(RESTART_WITHIN))
    return SiteCentre(store, configuration, linking, model, expected, longest_s if wait_s is None else wait_s)
