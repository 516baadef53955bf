"""One site of a centre: one matcher for the sightings of all its boxes."""

import secrets
import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from hashlib import sha256

from flows.database import Delivery, FlowStore, Inbox
from flows.database.inbox import SESSION
from flows.values import Sighting
from pipeline.centre.boxes import Box
from pipeline.centre.refusals import ForeignError, OtherPlaceError
from pipeline.centre.session import Session, check_dimensions, progress_text
from pipeline.configuration import Configuration
from pipeline.edge import Batch, sighting_from
from pipeline.runner.closing import close_run
from pipeline.runner.describing import describe_site
from pipeline.runner.linking import Linking


class SiteCentre:
    """Takes the batches of a site's boxes, one at a time, and links in order of event time.

    Args:
        store: Open for writing; nobody else writes the site.
        configuration: Of the site; its footage is not looked at.
        linking: How sightings become journeys.
        model: The encoder that the threshold was chosen for; None where the site file gives a threshold,
            which is then taken for whatever encoder the boxes have.
        expected: Cameras that some box may speak of.
        wait_s: Wall time for which a camera is waited for that makes no progress.
        clock: Never set back; seconds.
    """

    def __init__(
        self,
        store: FlowStore,
        configuration: Configuration,
        linking: Linking,
        model: str | None,
        expected: Callable[[], Collection[str]],
        wait_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.site = configuration.site
        self._store, self._configuration, self._linking = store, configuration, linking
        self._model, self._expected, self._wait_s, self._clock = model, expected, wait_s, clock
        self._cameras = frozenset(camera.id for camera in configuration.cameras)
        self._lock = threading.Lock()
        store.note_site(describe_site(configuration))
        self._inbox = Inbox(store, self.site)
        self._session: Session | None = None
        self._loaded = False
        self._load()

    def receive(self, box: Box, batch: Batch) -> int:
        """Store a batch, unless it was stored before.

        Returns:
            The last note that is stored of its series.

        Raises:
            ForeignError: It speaks of what is not the box's own.
            OtherPlaceError: It is not the next one of its series.
            WireError: Its embeddings cannot be compared with others of their model, or it tells of tomorrow.
            DatabaseError: The database failed; nothing of it was stored.
        """
        self._check_cameras(box, batch)
        batch.check_clock(time.time())
        with self._lock:
            self._load()
            received = self._inbox.position(box.name, batch.stream)
            if batch.last <= received:
                return received
            if batch.after > received:
                raise OtherPlaceError(received)
            known = self._check_owners(box, batch)
            sightings = [sighting_from(one) for one in batch.sightings]
            fresh = [one for one in sightings if one.sighting_id not in known]
            held = self._session
            check_dimensions(fresh, held.model if held else self._model, held.dimension if held else None)
            self._loaded = False  # Until all is done: what fails is read again from the database.
            self._store_batch(self._delivery(box, batch, sightings), batch, fresh)
            self._loaded = True
            return batch.last

    def tick(self) -> None:
        """Link what can be linked by now.

        Raises:
            DatabaseError: The database failed; the next call goes on.
        """
        with self._lock:
            self._load()
            session = self._session
            if session is None:
                return
            watermark = session.watermark(self._expected(), self._clock(), self._wait_s)
            self._loaded = False
            if watermark is None:
                session.keeper.complete()
                self._session = None
            elif watermark > session.matcher.watermark:
                session.keeper.match(watermark)
            self._inbox.withdraw_decided()
            self._loaded = True

    def _load(self) -> None:
        """Take up what the database has, where nothing is in hand or what is cannot be trusted."""
        if self._loaded:
            return
        self._session = None
        found = self._inbox.open_session()
        if found is not None:
            run_id, fingerprint = found
            if fingerprint.startswith(self._settings):
                # Says in the log what was lost in the meantime.
                self._store.begin_run(describe_site(self._configuration, fingerprint, self._ttl_s))
                self._session = Session.restore(
                    self._store, self._linking, run_id, self._clock(), self._model
                )
            else:
                close_run(self._linking, self._store, run_id)
        self._loaded = True

    @property
    def _ttl_s(self) -> float:
        return self._linking.gallery_ttl_s

    @property
    def _settings(self) -> str:
        """How the fingerprint of a run begins that is linked in the same way."""
        deciding = (self._linking.settings, self._linking.threshold, tuple(self._linking.network.links))
        return f"{SESSION}{sha256(repr(deciding).encode()).hexdigest()[:16]}-"

    def _store_batch(self, delivery: Delivery, batch: Batch, fresh: Sequence[Sighting]) -> None:
        session = self._session
        if session is None and (fresh or any(not one.finished for one in batch.cameras)):
            session = self._begin()
        if session is None:
            # News of what was linked before, such as an outage that is told late.
            self._inbox.receive(self._inbox.latest_session() or self._begin().run_id, delivery)
            self._inbox.withdraw_decided()
            return
        session.learn(fresh)
        reasons = {one.sighting_id: reason for one in fresh if (reason := session.unlinkable(one))}
        late = frozenset(one for one, reason in reasons.items() if reason == "late")
        ids = frozenset(one.sighting_id for one in fresh)
        self._inbox.receive(session.run_id, replace(delivery, fresh=ids, unlinkable=reasons, late=late))
        session.matcher.add(
            replace(one, embedding=None) if one.sighting_id in reasons else one
            for one in fresh
            if one.sighting_id not in late
        )
        session.note(batch, self._clock())

    def _delivery(self, box: Box, batch: Batch, sightings: Sequence[Sighting]) -> Delivery:
        return Delivery(
            box=box.name,
            stream=batch.stream,
            last=batch.last,
            sightings=sightings,
            withdrawn=[one.id for one in batch.withdrawn],
            watched=batch.told_of_time(),
            progress={one.camera: progress_text(one.settled_us, one.finished) for one in batch.cameras},
        )

    def _begin(self) -> Session:
        fingerprint = f"{self._settings}{secrets.token_hex(4)}"
        run = self._store.begin_run(describe_site(self._configuration, fingerprint, self._ttl_s))
        self._session = Session.restore(self._store, self._linking, run.run_id, self._clock(), self._model)
        return self._session

    def _check_cameras(self, box: Box, batch: Batch) -> None:
        if batch.site != box.site:
            raise ForeignError(f"the token of {box.name} is for site {box.site}, not for {batch.site}")
        if foreign := sorted(batch.names - box.cameras):
            raise ForeignError(f"the token of {box.name} is not for camera {foreign[0]}")
        if unknown := sorted(batch.names - self._cameras):
            raise ForeignError(f"the centre's site file of {self.site} has no camera {unknown[0]}")

    def _check_owners(self, box: Box, batch: Batch) -> frozenset[str]:
        """Ids of the batch that are known; all of them of the box's own cameras."""
        ids = [*(one.id for one in batch.sightings), *(one.id for one in batch.withdrawn)]
        known = self._inbox.owners(ids)
        for one, owner in known.items():
            if owner.site != self.site or owner.camera not in box.cameras:
                raise ForeignError(f"sighting {one} is not of a camera that the token of {box.name} is for")
        return frozenset(known)
