"""Format 1: what a box sends, field by field, and nothing else.

Times are whole microseconds since the epoch, UTC, as the database keeps them, so that nothing is rounded on
the way.
"""

import base64
import binascii
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from flows.database import Watched
from flows.database.times import to_microseconds
from tracking.arrays import FloatArray
from tracking.errors import FietsflowError

FORMAT = 1
"""Version of the format."""

LARGEST_BATCH = 8 * 1024 * 1024
"""Bytes of a batch at most."""

MOST_ROWS = 1000
"""Sightings, withdrawn ones and stretches of time in a batch at most, each."""

MOST_DIMENSIONS = 4096
"""Numbers of an embedding at most."""

LONGEST_STRETCH_US = 31 * 86_400_000_000
"""Of a camera's time, told in one piece."""

FUTURE_US = 86_400_000_000
"""How far a box's clock may be ahead; one that is wrong by years would make a site of so many years."""

_EARLIEST_US, _LATEST_US = 946_684_800_000_000, 7_258_118_400_000_000
"""The years 2000 and 2200; a clock that was never set says 1970."""

_NORM_TOLERANCE = 1e-3


class WireError(FietsflowError):
    """What arrived is not of this format; the message says where and why."""


def _without_controls(text: str) -> str:
    if not text.isprintable():
        raise ValueError("holds characters that cannot be printed")
    return text


Name = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_without_controls)]
Word = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(_without_controls)]
Identity = Annotated[str, Field(pattern=r"^[0-9A-Za-z._:-]{1,64}$")]
Micros = Annotated[int, Field(ge=_EARLIEST_US, le=_LATEST_US)]
Position = Annotated[int, Field(ge=0, le=2**62)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class WireSighting(_Part):
    """A passage; its fields are those of `flows.values.Sighting`."""

    id: Identity
    camera: Name
    enter_us: Micros
    exit_us: Micros
    direction: Annotated[str, Field(max_length=40), AfterValidator(_without_controls)]
    frames: Annotated[int, Field(ge=0, le=10**9)]
    stationary_s: Annotated[float, Field(ge=0, le=10**9)]
    quality: Annotated[float, Field(ge=0, le=1)]
    model: Annotated[str, Field(max_length=200), AfterValidator(_without_controls)]
    embedding: Annotated[str, Field(max_length=MOST_DIMENSIONS * 6)] | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.exit_us < self.enter_us:
            raise ValueError(f"exit_us {self.exit_us} lies before enter_us {self.enter_us}")
        if self.embedding is not None:
            decoded(self.embedding)
        return self


class WireWithdrawn(_Part):
    """A passage that is none any more."""

    id: Identity
    camera: Name


class WireOutage(_Part):
    """A stretch that showed nothing usable; it may be longer than the stretch it is told with."""

    from_us: Micros
    to_us: Micros
    reason: Word

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.to_us <= self.from_us:
            raise ValueError(f"to_us {self.to_us} does not lie behind from_us {self.from_us}")
        if self.to_us - self.from_us > 120 * LONGEST_STRETCH_US:
            raise ValueError("an outage of more than ten years")
        return self


class WireWatched(_Part):
    """All that is known of a stretch of a camera's time: it replaces what was said of it before."""

    camera: Name
    from_us: Micros
    to_us: Micros
    observed: Annotated[list[tuple[Micros, Micros]], Field(max_length=10_000)]
    outages: Annotated[list[WireOutage], Field(max_length=10_000)]

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not 0 < self.to_us - self.from_us <= LONGEST_STRETCH_US:
            raise ValueError("from_us and to_us must be in order, and 31 days apart at most")
        reached = self.from_us
        for start, end in self.observed:
            if not reached <= start < end <= self.to_us:
                raise ValueError("observed must be stretches in order, within from_us and to_us")
            reached = end
        if any(one.from_us >= self.to_us or one.to_us <= self.from_us for one in self.outages):
            raise ValueError("outages must overlap the stretch from from_us to to_us")
        if len({one.from_us for one in self.outages}) < len(self.outages):
            raise ValueError("two outages begin at the same moment")
        return self


class WireCamera(_Part):
    """How far a camera was worked off: no sighting that enters before `settled_us` is still to come."""

    camera: Name
    settled_us: Micros | None
    finished: bool


class Batch(_Part):
    """What a box tells in one piece; stored as a whole or not at all."""

    format: Literal[1]
    site: Name
    stream: Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
    after: Position
    last: Position
    sightings: Annotated[list[WireSighting], Field(max_length=MOST_ROWS)]
    withdrawn: Annotated[list[WireWithdrawn], Field(max_length=MOST_ROWS)]
    watched: Annotated[list[WireWatched], Field(max_length=MOST_ROWS)]
    cameras: Annotated[list[WireCamera], Field(max_length=MOST_ROWS)]

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.last < self.after:
            raise ValueError(f"last {self.last} lies before after {self.after}")
        ids = [*(one.id for one in self.sightings), *(one.id for one in self.withdrawn)]
        if len(set(ids)) < len(ids):
            raise ValueError("a sighting is named twice")
        if len({one.camera for one in self.cameras}) < len(self.cameras):
            raise ValueError("the progress of a camera is told twice")
        return self

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read a batch.

        Raises:
            WireError: It is not one; the message names the first field that is wrong.
        """
        try:
            return cls.model_validate_json(body)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
            place = ".".join(str(part) for part in first["loc"]) or "the batch"
            raise WireError(f"{place}: {first['msg']}") from None
        except (ValueError, RecursionError):
            raise WireError("the batch: no JSON") from None

    def check_clock(self, now: float) -> None:
        """Refuse what has not happened yet.

        Args:
            now: Wall clock, seconds.

        Raises:
            WireError: Something lies more than a day ahead.
        """
        moments = [
            *((one.camera, one.exit_us) for one in self.sightings),
            *((one.camera, one.to_us) for one in self.watched),
            *((one.camera, gap.to_us) for one in self.watched for gap in one.outages),
            *((one.camera, one.settled_us or 0) for one in self.cameras),
        ]
        camera, latest = max(moments, key=lambda one: one[1], default=("", 0))
        if latest > to_microseconds(now) + FUTURE_US:
            raise WireError(
                f"camera {camera}: {latest} lies more than a day ahead; look at the clock of the box, and "
                "take out what it counted in that time"
            )

    @property
    def names(self) -> set[str]:
        """Every camera that is spoken of."""
        return {
            one.camera
            for part in (self.sightings, self.withdrawn, self.watched, self.cameras)
            for one in part
        }

    def told_of_time(self) -> tuple[Watched, ...]:
        """The stretches of time, as the database takes them."""
        return tuple(
            Watched(
                one.camera,
                one.from_us,
                one.to_us,
                tuple(one.observed),
                tuple((gap.from_us, gap.to_us, gap.reason) for gap in one.outages),
            )
            for one in self.watched
        )


def decoded(embedding: str) -> FloatArray:
    """Base64 of little-endian float32 to (D,) float32 of unit norm.

    Raises:
        ValueError: It is something else.
    """
    try:
        raw = base64.b64decode(embedding, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("embedding is not base64") from None
    if not raw or len(raw) % 4 or len(raw) > 4 * MOST_DIMENSIONS:
        raise ValueError(f"embedding is not of 1 to {MOST_DIMENSIONS} numbers of four bytes")
    vector = np.frombuffer(raw, "<f4").astype(np.float32)
    norm = float(np.linalg.norm(vector.astype(np.float64)))
    if not abs(norm - 1) <= _NORM_TOLERANCE:
        raise ValueError("embedding is not of length 1")
    return vector
