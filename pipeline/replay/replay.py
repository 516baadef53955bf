"""From recorded boxes and embeddings to the database of a site."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.cameras import PreparedCamera, chain_settings
from pipeline.configuration import CameraSettings, Configuration, load_configuration
from pipeline.ledger import Wishes
from pipeline.monitor import served
from pipeline.replay import archive, perfect
from pipeline.replay.embeddings import EmbeddingReader, EmbeddingSampler
from pipeline.replay.files import find_files
from pipeline.replay.recording import Recording
from pipeline.replay.source import RecordedDetector, RecordedSource
from pipeline.runner import assemble, run_prepared
from pipeline.sources import PlannedSource, StartOrigin
from pipeline.sources.clock import resolve_moment
from pipeline.sources.files import SourceFiles
from pipeline.sources.header import Header
from pipeline.telemetry import RunSummary, StageClock
from tracking.errors import UsageError

_SPARE_S = 1.0


def replay_site(
    folder: Path,
    overrides: Mapping[str, Any] | None = None,
    *,
    exact: bool = False,
    replace: bool = False,
    tracks: Path | None = None,
    explain: Path | None = None,
    metrics_address: str | None = None,
) -> RunSummary:
    """Take what was recorded instead of pixels through the whole chain into the site's database.

    Args:
        folder: Folder that `pipeline simulate` wrote.
        overrides: What the command line sets, by dotted key.
        exact: Use the boxes of the truth and well-separated embeddings.
        replace: Delete what the database holds of this recording first.
        tracks: Folder for the boxes of every counted passage, or None.
        explain: File for every track that is not counted and every sighting that is not linked, or None.
        metrics_address: Where its metrics are served meanwhile, or None.

    Raises:
        FietsflowError: One sentence about what is wrong; the database keeps what was saved before.
    """
    clock = StageClock()
    # Recorded boxes cost next to nothing to read: there is nothing to divide.
    local = {**(overrides or {}), "runtime.engine": "local"}
    configuration = load_configuration(folder / "site.yaml", local)
    read, made_by = (perfect.read_perfect, perfect) if exact else (archive.read_observed, archive)
    recordings = {files.camera: read(files) for files in find_files(folder, configuration)}
    dimension = max((one.embeddings.shape[1] for one in recordings.values()), default=perfect.DIMENSION)
    cameras = tuple(
        _prepared(configuration, camera, recordings[camera.id], f"boxes, {made_by.MODEL_ID}")
        for camera in configuration.cameras
    )
    encoder = EmbeddingReader(made_by.MODEL_ID, dimension, made_by.THRESHOLD)
    prepared = assemble(configuration, cameras, encoder)
    with served(metrics_address, clock, configuration.database):
        return run_prepared(prepared, clock, wishes=Wishes(replace=replace), tracks=tracks, explain=explain)


def _prepared(
    configuration: Configuration, camera: CameraSettings, recording: Recording, name: str
) -> PreparedCamera:
    """A camera whose frames, boxes and crops come from a recording."""
    looked_at = recording.looked_at(configuration.footage(camera.id).max_fps)
    shown = recording.busy_frames(looked_at, _linger_s(camera))
    source = RecordedSource(recording, _plan(configuration, camera, recording), looked_at, shown)
    return PreparedCamera(
        settings=camera,
        source=source,
        detector=RecordedDetector(recording, shown, name),
        chain=chain_settings(configuration, camera, source),
        sampler=EmbeddingSampler(recording),
    )


def _linger_s(camera: CameraSettings) -> float:
    """How long after the last box the chain still has something to decide."""
    return camera.tracker.expiry_s + camera.rider.stitch.max_gap_s + _SPARE_S


def _plan(configuration: Configuration, camera: CameraSettings, recording: Recording) -> PlannedSource:
    """Give a recording its place in time, by the site file as for footage.

    Raises:
        UsageError: The site file does not say when it begins.
    """
    footage = configuration.footage(camera.id)
    if footage.start is None:
        raise UsageError(f"{footage.key}.start: a recording does not say when it began; give start")
    last_s = float(recording.seconds[-1])
    fps = (len(recording) - 1) / last_s if last_s > 0 else 1.0
    return PlannedSource(
        SourceFiles(recording.path.name, recording.path),
        resolve_moment(footage.start, footage.zone).epoch_s + footage.clock_offset_s,
        StartOrigin.SITE_FILE,
        Header(fps, last_s + 1 / fps, len(recording), "recording"),
    )
