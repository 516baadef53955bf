"""The metrics of a run, by Prometheus' conventions; docs/operations.md has the same table."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from pipeline.alarms import Alarm
from pipeline.monitor.probe import DatabaseReading
from pipeline.telemetry.stages import Stage
from pipeline.telemetry.states import CameraReading, ChainState, RunReadings

PREFIX = "fietsflow_"


@dataclass(frozen=True, slots=True)
class Reading:
    """All that is told at one moment.

    Attributes:
        run: Of the engine.
        database: Of the probe.
        stages: Seconds of each stage, over all threads.
        alarms: That hold.
    """

    run: RunReadings
    database: DatabaseReading
    stages: Mapping[Stage, float]
    alarms: tuple[Alarm, ...]


class RunCollector(Collector):
    """Turns a reading into metrics whenever somebody asks.

    Args:
        read: Takes the reading.
    """

    def __init__(self, read: Callable[[], Reading]) -> None:
        self._read = read

    def collect(self) -> Iterator[Metric]:
        """All metrics; see `prometheus_client.registry.Collector`."""
        reading = self._read()
        yield from _of_cameras(reading.run.cameras)
        yield from _of_chains(reading.run.chains)
        yield from _of_results(reading.run)
        yield from _of_process(reading)
        yield from _of_database(reading)
        yield _of_alarms(reading.alarms)


def _of_cameras(cameras: Mapping[str, CameraReading]) -> Iterator[Metric]:
    def told(
        kind: type[CounterMetricFamily | GaugeMetricFamily],
        name: str,
        text: str,
        value: Callable[[CameraReading], float | None],
    ) -> Metric:
        return _by_camera(kind, name, text, {camera: value(one) for camera, one in cameras.items()})

    yield told(
        GaugeMetricFamily, "camera_connected", "1 where frames can be had now, else 0.", lambda c: c.connected
    )
    yield told(CounterMetricFamily, "camera_frames", "Frames that came.", lambda c: c.frames)
    yield told(CounterMetricFamily, "camera_looks", "Frames that the detector looked at.", lambda c: c.looks)
    yield told(
        CounterMetricFamily,
        "camera_dropped_frames",
        "Frames left out because nobody had time for them.",
        lambda c: c.dropped,
    )
    yield told(CounterMetricFamily, "camera_reconnects", "Connections made anew.", lambda c: c.reconnects)
    yield told(
        GaugeMetricFamily,
        "camera_lag_seconds",
        "From the moment a frame shows to the moment it was worked off; live cameras only.",
        lambda c: c.lag_s,
    )
    yield told(
        GaugeMetricFamily,
        "camera_last_frame_timestamp_seconds",
        "Moment that the last frame shows, seconds since the epoch.",
        lambda c: c.last_frame,
    )


def _of_chains(chains: Mapping[str, ChainState]) -> Iterator[Metric]:
    yield _by_camera(
        GaugeMetricFamily,
        "camera_open_tracklets",
        "Tracklets in view, or that may come back.",
        {camera: one.open_tracklets for camera, one in chains.items()},
    )
    yield _by_camera(
        CounterMetricFamily,
        "camera_observed_seconds",
        "Seconds of a camera that were really observed.",
        {camera: one.observed_s for camera, one in chains.items()},
    )
    yield _by_camera(
        GaugeMetricFamily,
        "camera_coverage_ratio",
        "Observed part of the time from the first to the last observed moment of the run, 0 to 1.",
        {camera: one.coverage for camera, one in chains.items()},
    )


def _of_results(run: RunReadings) -> Iterator[Metric]:
    yield _by_camera(
        CounterMetricFamily, "camera_sightings", "Sightings stored in the database.", run.sightings
    )
    yield _by_camera(
        CounterMetricFamily,
        "camera_stretches_ahead",
        "Stretches whose looks others than the camera's own worker have made.",
        run.stretches_ahead,
    )
    yield _single(CounterMetricFamily, "links", "Links between sightings that were decided.", run.links)
    yield _single(CounterMetricFamily, "journeys", "Journeys that were closed.", run.journeys)
    yield _single(
        GaugeMetricFamily,
        "watermark_timestamp_seconds",
        "Event time up to which matching has decided, seconds since the epoch.",
        run.watermark,
    )
    model = GaugeMetricFamily(
        PREFIX + "model_info", "1 for each model at work, with what really computes it.", labels=_MODEL
    )
    for one in run.models:
        model.add_metric([one.role, one.name, one.provider], 1)
    yield model


_MODEL = ("role", "model", "provider")


def _of_process(reading: Reading) -> Iterator[Metric]:
    stages = CounterMetricFamily(
        PREFIX + "stage_seconds", "Seconds spent in a stage, over all threads.", labels=["stage"]
    )
    for stage, seconds in reading.stages.items():
        stages.add_metric([stage.value], seconds)
    yield stages
    run = reading.run
    yield _single(
        GaugeMetricFamily, "loop_beat_age_seconds", "Since the main loop went round.", run.beat_age_s
    )
    yield _single(
        GaugeMetricFamily,
        "loop_beat_limit_seconds",
        "Age of the last beat from which /healthz says stuck.",
        run.beat_limit_s,
    )


def _of_database(reading: Reading) -> Iterator[Metric]:
    database, kept = reading.database, reading.database.kept
    yield _single(GaugeMetricFamily, "database_up", "1 where the database answers.", database.reachable)
    yield _single(
        GaugeMetricFamily,
        "database_answer_seconds",
        "What it took to connect and ask a small question.",
        database.answer_s,
    )
    took = HistogramMetricFamily(
        PREFIX + "database_transaction_seconds", "Transactions of the run, from their lock to the disk."
    )
    counts = reading.run.transactions.counts
    buckets = [("+Inf" if math.isinf(bound) else f"{bound:g}", float(n)) for bound, n in counts.items()]
    took.add_metric([], buckets, reading.run.transactions.total_s)
    yield took
    if database.reachable:
        yield _single(GaugeMetricFamily, "gallery_embeddings", "Embeddings kept in the database.", kept.count)
        yield _single(
            GaugeMetricFamily, "gallery_oldest_seconds", "Age of the oldest embedding.", kept.oldest_s
        )
        yield _single(GaugeMetricFamily, "gallery_limit_seconds", "Age at which it is deleted.", kept.limit_s)


def _of_alarms(alarms: Iterable[Alarm]) -> Metric:
    family = GaugeMetricFamily(PREFIX + "alarm", "1 for each alarm that holds.", labels=_ALARM)
    for one in dict.fromkeys((one.kind, one.site, one.camera, one.direction) for one in alarms):
        family.add_metric([str(part) for part in one], 1)
    return family


_ALARM = ("alarm", "site", "camera", "direction")


def _by_camera(
    kind: type[CounterMetricFamily | GaugeMetricFamily],
    name: str,
    text: str,
    values: Mapping[str, float | None],
) -> Metric:
    family = kind(PREFIX + name, text, labels=["camera"])
    for camera, value in values.items():
        if value is not None:
            family.add_metric([camera], float(value))
    return family


def _single(
    kind: type[CounterMetricFamily | GaugeMetricFamily], name: str, text: str, value: float | None
) -> Metric:
    family = kind(PREFIX + name, text)
    if value is not None:
        family.add_metric([], float(value))
    return family
