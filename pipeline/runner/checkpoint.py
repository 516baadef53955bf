"""Where a camera stands, written with its sightings in one transaction."""

from collections.abc import Collection
from math import inf
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.sources import SourcePosition
from tracking.memory import State, UnreadableMemoryError, from_text, to_text

MEMORY_VERSION = 1
"""To be raised when a stage comes to mean something else by what it remembers."""


class Place(BaseModel):
    """A place in the footage at which a restart may begin.

    Attributes:
        source: Source of the first frame to look at; empty for the very first frame.
        frame: Index of that frame within the source.
        frames_read: Frames looked at before it.
        last_time: Time of the last frame before it, seconds since the epoch; None at the beginning.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str = ""
    frame: int = 0
    frames_read: int = 0
    last_time: float | None = None

    @property
    def position(self) -> SourcePosition | None:
        """For the footage; None for the beginning."""
        if self.last_time is None and not self.source:
            return None
        return SourcePosition(self.source, self.frame, -inf if self.last_time is None else self.last_time)


class Memory(Place):
    """What a chain remembered at a place: people and bicycles in view, but none of their pixels.

    Attributes:
        version: Of the meaning of the state.
        state: What `tracking.memory.to_text` made of it.
        frame_size: Width and height of the pictures that its boxes lie in, pixels; None where an older
            version did not say.
    """

    version: int = MEMORY_VERSION
    state: str
    frame_size: tuple[int, int] | None = None

    @classmethod
    def of(cls, place: Place, state: State, frame_size: tuple[int, int] | None = None) -> Self:
        """Write down a state.

        Args:
            place: Of the frame behind the last one seen; an earlier memory, where no frame came since.
            state: Of the chain.
            frame_size: Width and height of its pictures, pixels.
        """
        fields = place.model_dump(include=set(Place.model_fields))
        return cls(**fields, state=to_text(state), frame_size=frame_size)

    def fits(self, frame_size: tuple[int, int]) -> bool:
        """Whether a chain that sees pictures of this size can go on from it."""
        return self.frame_size in (None, frame_size)

    def recollect(self) -> State:
        """The state again.

        Raises:
            UnreadableMemoryError: Another version wrote it, or it is damaged.
        """
        if self.version != MEMORY_VERSION:
            raise UnreadableMemoryError(f"version {self.version} of a memory, not {MEMORY_VERSION}")
        state: State = from_text(self.state)
        return state


class Checkpoint(Place):
    """The progress of one camera; its own place is the last one at which nobody was in view.

    Attributes:
        settled_until: Every sighting that enters before this moment is in the database,
            seconds since the epoch; None before the first frame.
        finished: The camera's footage is at its end.
        memory: A later place, with what the chain remembers there; once the camera is finished, that of the
            last frame, before what was in view was closed. None where there is no such place, and for
            detectors that have to see all frames again.
        origin: Run in which the chain began to remember, which all ids of its sightings come from; empty
            for the run of the checkpoint.
        origin_camera: Id that the camera had then.
        since: What ended before this moment was counted by an earlier run, seconds since the epoch; None
            where there was none.
        led: What began before that moment was counted too, whenever it ended.
        provisional: Sightings that the earlier run closed because its footage was at its end, though their
            riders were still in view.
        confirmed: Those of them that came out again.
        closing: Sightings that this run closed for that reason, once it is finished.
    """

    settled_until: float | None = None
    finished: bool = False
    memory: Memory | None = None
    origin: str = ""
    origin_camera: str = ""
    since: float | None = None
    led: bool = False
    provisional: tuple[str, ...] = ()
    confirmed: tuple[str, ...] = ()
    closing: tuple[str, ...] = ()

    def to_text(self) -> str:
        """The checkpoint as the database keeps it."""
        return self.model_dump_json()

    @classmethod
    def from_text(cls, text: str, settled_until: float | None = None) -> Self:
        """Read back what `to_text` wrote.

        Args:
            text: From the database.
            settled_until: What is known without the checkpoint, for the case that it cannot be read: then
                the camera begins anew.
        """
        try:
            return cls.model_validate_json(text)
        except ValidationError:
            return cls(settled_until=settled_until)

    def without_place(self) -> Self:
        """For a camera that has to see all its frames again."""
        place = Place().model_dump()
        return self.model_copy(update={**place, "memory": None, "settled_until": None, "finished": False})

    def carried_over(self, run_id: str, since: float, sources: Collection[str]) -> Self:
        """Where another run begins whose footage goes on where this one ended.

        Args:
            run_id: Of this run.
            since: Behind the last moment that this run counted of the camera.
            sources: Names of the sources of the other run. Where the last source of this run is among them
                (it has grown), the other run goes on in it; otherwise it begins with its first.
        """
        begin = type(self)(
            origin=self.origin or run_id,
            origin_camera=self.origin_camera,
            since=since,
            provisional=self.closing,
        )
        if self.memory is None:
            return begin
        place = {} if self.memory.source in sources else {"source": "", "frame": 0}
        memory = self.memory.model_copy(update={**place, "frames_read": 0})
        return begin.model_copy(update={"memory": memory})
