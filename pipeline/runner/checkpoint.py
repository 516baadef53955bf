"""Where a camera stands, written with its sightings in one transaction."""

from typing import Self

from pydantic import BaseModel, ConfigDict


class Checkpoint(BaseModel):
    """The progress of one camera.

    Attributes:
        source: Source of the frame at which a restart begins; empty for the very first frame.
        frame: Index within that source of the first frame to look at again.
        settled_until: Every sighting that enters before this moment is in the database,
            seconds since the epoch; None before the first frame.
        finished: The camera's footage is at its end.
        frames_read: Frames looked at before the restart point.
        last_time: Time of the last frame before it, seconds since the epoch; None at the beginning.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str = ""
    frame: int = 0
    settled_until: float | None = None
    finished: bool = False
    frames_read: int = 0
    last_time: float | None = None

    def to_text(self) -> str:
        """The checkpoint as the database keeps it."""
        return self.model_dump_json()

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read back what `to_text` wrote."""
        return cls.model_validate_json(text)
