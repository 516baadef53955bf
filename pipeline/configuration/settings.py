"""The sections of a configuration that belong to no other package, and all sections together."""

from typing import Literal

from pydantic import Field

from anonymize.settings import AnonymizeSettings
from flows.matching.settings import MatchingSettings
from flows.statistics.query import MIN_COUNT, Interval
from reid.encoders.settings import EncoderSettings
from tracking.attention import AttentionSettings
from tracking.detectors.settings import DetectorSettings
from tracking.riders.settings import RiderSettings
from tracking.settings import Settings
from tracking.tracklets.settings import TrackerSettings


class RuntimeSettings(Settings):
    """How the work is done."""

    engine: Literal["local", "processes", "ray"] = Field(
        default="local",
        description="local: one process on this machine; processes: several; ray: as many as a cluster has "
        "cores for, with the extra ray.",
    )
    ray_address: str | None = Field(
        default=None,
        min_length=1,
        description="engine ray: host:port of a running cluster, or auto; null: one on this machine for as "
        "long as the run takes.",
    )
    stretch_s: float | None = Field(
        default=None,
        ge=0,
        le=3600,
        description="engines processes and ray: other workers look at stretches of so many seconds of a "
        "camera's footage before its own worker comes to them; 0: none do; null: 20 where there are four "
        "cores or more for each camera and no graphics card looks.",
    )
    max_fps: float | None = Field(
        default=None, gt=0, le=240, description="Frames per second to look at, at most; null: every frame."
    )
    frames_per_chunk: int = Field(
        default=8, ge=1, le=256, description="Frames that travel from decoder to detector together."
    )
    queued_chunks: int = Field(
        default=1, ge=1, le=64, description="Chunks each camera may be decoded ahead; bounds the memory."
    )
    late_footage: Literal["relink", "count"] = Field(
        default="relink",
        description="Footage of a time that was matched already: relink reads its neighbours in time "
        "again, so that riders are linked as if it had come in time; count only counts it.",
    )
    poll_s: float = Field(
        default=5.0, gt=0, le=3600, description="run --follow: seconds between two looks at the folders."
    )
    settle_s: float = Field(
        default=10.0,
        gt=0,
        le=86400,
        description="run --follow: a file that holds its end is complete when nothing of it changed for so "
        "many seconds; one that does not tell its end, after six times as long; one that breaks off, after "
        "sixty times.",
    )
    patience_s: float | None = Field(
        default=None,
        gt=0,
        le=604800,
        description="run --follow: for so many seconds since something of a camera was read, matching waits "
        "for it; null: twice as long as its last file, at least 20 minutes, at most 2 hours.",
    )
    timeout_s: float = Field(
        default=10.0,
        gt=0,
        le=600,
        description="run --live: a stream that does not open, or sends nothing, for so many seconds is "
        "connected to again.",
    )
    late_s: float = Field(
        default=120.0,
        ge=10,
        le=86400,
        description="run --live: matching waits for no rider who takes longer than so many seconds to pass "
        "a camera; who does is counted, but not linked.",
    )


class StatisticsSettings(Settings):
    """How results are published."""

    min_count: int = Field(
        default=MIN_COUNT, ge=1, description="O-D and route cells with fewer riders are suppressed."
    )
    interval: Interval = Field(default=Interval.QUARTER, description="Length of an interval.")

    def chosen(self) -> tuple[int | None, Interval | None]:
        """Smallest cell and interval as far as somebody set them; None for a built-in default.

        The database remembers what its sites asked for; a default does not win over that.
        """
        return (
            self.min_count if "min_count" in self.model_fields_set else None,
            self.interval if "interval" in self.model_fields_set else None,
        )


class Defaults(Settings):
    """Everything that has a default; a site file may override each value."""

    database: str = Field(
        default="sqlite:///flows.db",
        min_length=1,
        description="Where results go: sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME.",
    )
    detector: DetectorSettings = Field(
        default_factory=DetectorSettings, description="Which detector looks at the frames."
    )
    attention: AttentionSettings = Field(
        default_factory=AttentionSettings, description="When the detector looks, and where."
    )
    rider: RiderSettings = Field(
        default_factory=RiderSettings, description="What counts as a passage of a cyclist."
    )
    tracker: TrackerSettings = Field(
        default_factory=lambda: TrackerSettings.model_validate({}), description="Boxes to tracklets."
    )
    anonymize: AnonymizeSettings = Field(
        default_factory=AnonymizeSettings, description="How people are made unrecognisable."
    )
    encoder: EncoderSettings = Field(default_factory=EncoderSettings, description="Crops to embeddings.")
    matching: MatchingSettings = Field(
        default_factory=lambda: MatchingSettings.model_validate({}), description="Sightings to journeys."
    )
    statistics: StatisticsSettings = Field(
        default_factory=StatisticsSettings, description="Publication of results."
    )
    runtime: RuntimeSettings = Field(default_factory=RuntimeSettings, description="How the work is done.")


CAMERA_SECTIONS = ("detector", "attention", "rider", "tracker", "anonymize")
"""Sections that a camera may override for itself."""
