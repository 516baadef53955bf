"""Real footage, looked at as a run looks at it."""

import tempfile
from pathlib import Path

import yaml

from benchmarks.judge_glances import Glancer
from pipeline.cameras import DetectorShelf, open_feeder, prepare_camera
from pipeline.configuration import load_configuration
from pipeline.sources import CameraSource
from pipeline.telemetry import StageClock
from tracking.riders import CropClassifier
from workshop.judge.seen import Look, Seen


def look_at_footage(
    name: str, files: Path, classifier: CropClassifier, detector: str = "", *, timed: bool = False
) -> Seen:
    """Everything that the detector says of a camera's files, with nothing else configured.

    Args:
        name: What to call it.
        files: File or pattern.
        classifier: Looks at the crops of passages.
        detector: Name or weights; empty for the default.
        timed: Whether start times stand in the names.

    Raises:
        FietsflowError: Footage or weights are not usable.
    """
    clock = {"time_pattern": "%Y-%m-%d_%H-%M-%S"} if timed else {"start": "2020-02-20T13:11:00"}
    camera = {"id": name, "source": str(files.resolve()), **clock}
    chosen = {"detector": {"name": detector}} if detector else {}
    site = {"site": "clips", "timezone": "UTC", "cameras": [camera], "links": [], **chosen}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "site.yaml"
        file.write_text(yaml.safe_dump(site), "utf-8")
        configuration = load_configuration(file)
    source = CameraSource(configuration.footage(name))
    prepared = prepare_camera(configuration, source, DetectorShelf())
    feeder = open_feeder(prepared, configuration.runtime, StageClock())
    looks: list[Look] = []
    glancer = Glancer(name, source.frame_size, classifier)
    feeder.start()
    try:
        while (chunk := feeder.next_chunk()) is not None:
            for frame, found in zip(chunk.frames, chunk.detections, strict=True):
                looks.append(Look(frame.source, frame.index, frame.time, frame.before, found))
                glancer.add(frame, found)
    finally:
        feeder.stop()
    return Seen(name, source.frame_size, tuple(looks), glances=glancer.finish())
