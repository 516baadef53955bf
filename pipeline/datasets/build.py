"""From footage to a re-identification data set (Schoustra 2020, section IV)."""

import math
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from anonymize import Anonymizer
from pipeline.cameras import (
    OpenCamera,
    PreparedCamera,
    crop_blur,
    open_camera,
    prepare_cameras,
    promised_frames,
)
from pipeline.configuration import Configuration, effective_values
from pipeline.datasets.folder import DatasetFolder, arrange
from pipeline.datasets.manifest import CameraEntry, LinkEntry, Manifest
from pipeline.datasets.passages import (
    DetectedPassages,
    FramedPassage,
    FrameNumber,
    PassageFinder,
    find_passages,
)
from pipeline.datasets.pictures import PictureWriter
from pipeline.datasets.truth import TruthBoxes, TruthPassages
from pipeline.datasets.windows import link_entries
from pipeline.telemetry import StageClock, open_progress
from reid.datasets.naming import MarketName
from reid.datasets.placing import place
from reid.datasets.split import SplitRule
from reid.datasets.tables import PlacedTracklet, StoredCrop, StoredTracklet
from tracking.errors import UsageError
from tracking.values import Crop

_BUILDING = ".building"


@dataclass(frozen=True, slots=True)
class BuildPlan:
    """What to build.

    Attributes:
        configuration: Of the site.
        rule: Which minutes train.
        crops_per_tracklet: Most crops of one passage.
        truth: Folder with boxes and identities; None to detect and track.
    """

    configuration: Configuration
    rule: SplitRule
    crops_per_tracklet: int
    truth: Path | None = None


def build_dataset(plan: BuildPlan, out: Path) -> DatasetFolder:
    """Cut every rider out of a site's footage, anonymised, and write the set.

    The same footage and configuration give the same files. Frames stay in memory; a picture is written
    only after its blur.

    Args:
        plan: What to build.
        out: Folder; empty or not there yet.

    Raises:
        UsageError: The folder is not empty, or configuration, footage or truth are not usable.
        FootageError: A camera has no decodable frame.
    """
    _require_empty(out)
    cameras = prepare_cameras(
        plan.configuration,
        detect=plan.truth is None,
        crops_per_tracklet=plan.crops_per_tracklet,
        keep_crop_size=True,
    )
    # All is opened before anything is written: what is wrong with the last camera is to show at once.
    opened = [open_camera(camera, plan.configuration.runtime, StageClock()) for camera in cameras]
    finders = [_finder(plan, camera, one) for camera, one in zip(cameras, opened, strict=True)]
    windows = link_entries(plan.configuration)
    expected = {camera.id: promised_frames(camera.source.sources) for camera in cameras}
    with _building_folder(out) as pictures, open_progress(expected) as progress:
        tracklets: list[StoredTracklet] = []
        entries: list[CameraEntry] = []
        for number, (camera, one, finder) in enumerate(zip(cameras, opened, finders, strict=True), 1):
            writer = PictureWriter(Anonymizer(camera.settings.anonymize))
            keeper = _Keeper(number, writer, pictures, len(tracklets))
            advance = partial(progress.advance, camera.id)
            for passage in find_passages(camera.source, one.feeder, finder, advance):
                keeper.keep(passage)
            tracklets += keeper.tracklets
            entries.append(_camera_entry(number, camera, keeper.without_crop))
        manifest = _manifest(plan, tuple(entries), windows, tracklets)
        placed = place(tracklets, plan.rule, manifest.links != "none")
        return arrange(out, _moves(pictures, placed), placed, manifest, plan.rule)


class _Keeper:
    """Writes the crops of one camera's passages and numbers them.

    Args:
        camera: Camera number.
        writer: Writes them.
        pictures: Where crops are written until all riders are known.
        before: Number of passages of the cameras before.
    """

    def __init__(self, camera: int, writer: PictureWriter, pictures: Path, before: int) -> None:
        self._camera = camera
        self._writer = writer
        self._pictures = pictures
        self._before = before
        self._boxes: Counter[FrameNumber] = Counter()
        self.tracklets: list[StoredTracklet] = []
        self.without_crop = 0

    def keep(self, passage: FramedPassage) -> None:
        """Write the crops of a passage, if it has any."""
        tracklet = passage.labelled.tracklet
        stored = tuple(
            one
            for crop, frame in zip(tracklet.crops, passage.frames, strict=True)
            if (one := self._write(crop, frame))
        )
        if not stored:
            self.without_crop += 1
            return
        self.tracklets.append(
            StoredTracklet(
                tracklet=self._before + len(self.tracklets) + 1,
                camera=self._camera,
                enter=math.floor(tracklet.times[0]),
                exit=math.ceil(tracklet.times[-1]),
                rider=passage.labelled.rider,
                crops=stored,
            )
        )

    def _write(self, crop: Crop, frame: FrameNumber) -> StoredCrop | None:
        one = StoredCrop(frame.sequence, frame.index, self._boxes[frame], math.floor(crop.time))
        if not self._writer.write(self._pictures / _stem(self._camera, one), crop):
            return None
        self._boxes[frame] += 1
        return one


def _stem(camera: int, crop: StoredCrop) -> str:
    """Name of a picture before anybody has an identity."""
    return str(MarketName(0, camera, crop.sequence, crop.frame, crop.box))


def _moves(pictures: Path, placed: Iterable[PlacedTracklet]) -> list[tuple[Path, str]]:
    return [
        (pictures / _stem(one.stored.camera, crop), one.path(crop))
        for one in placed
        for crop in one.stored.crops
    ]


def _require_empty(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out}: is a file; name a new folder")
    if out.is_dir() and any(out.iterdir()):
        raise UsageError(f"{out}: is not empty; name a new folder, or delete what is in it")


@contextmanager
def _building_folder(out: Path) -> Iterator[Path]:
    """A folder for pictures that have no place yet; an interrupted build leaves nothing."""
    pictures = out / _BUILDING
    new = not out.exists()
    pictures.mkdir(parents=True)
    try:
        yield pictures
    except BaseException:
        shutil.rmtree(out if new else pictures)
        raise
    shutil.rmtree(pictures)


def _finder(plan: BuildPlan, camera: PreparedCamera, opened: OpenCamera) -> PassageFinder:
    """What turns a camera's frames into passages: its chain, or the truth."""
    if plan.truth is None:
        return DetectedPassages(opened.chain)
    boxes = TruthBoxes(plan.truth / f"boxes_{camera.id}.txt")
    number = len(camera.source.sources)
    if number != 1:
        raise UsageError(f"--truth: camera {camera.id} has {number} sources; a truth's boxes are of one")
    blur = crop_blur(camera.settings.anonymize)
    return TruthPassages(camera.id, boxes, camera.chain.region, blur, plan.crops_per_tracklet)


def _camera_entry(number: int, camera: PreparedCamera, without_crop: int) -> CameraEntry:
    source = camera.source
    return CameraEntry(
        number=number,
        id=camera.id,
        sources=tuple(planned.name for planned in source.sources),
        observed_s=round(sum(report.seconds_observed for report in source.reports())),
        problems=tuple(
            f"{report.source}: {problem}" for report in source.reports() for problem in report.problems
        ),
        passages_without_crop=without_crop,
        anonymize=camera.settings.anonymize,
    )


def _manifest(
    plan: BuildPlan,
    cameras: tuple[CameraEntry, ...],
    windows: tuple[LinkEntry, ...],
    tracklets: list[StoredTracklet],
) -> Manifest:
    times = [one.enter for one in tracklets]
    truth = plan.truth is not None
    return Manifest(
        site=plan.configuration.site,
        timezone=plan.configuration.timezone,
        made_from="truth" if truth else "footage",
        first_hour=_hour(min(times)) if times else "",
        last_hour=_hour(max(times)) if times else "",
        split=str(plan.rule),
        links="truth" if truth else "none",
        crops_per_tracklet=plan.crops_per_tracklet,
        cameras=cameras,
        windows=windows,
        counts=(),
        parameters=_parameters(plan.configuration),
    )


def _hour(time: int) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%HZ")


def _parameters(configuration: Configuration) -> dict[str, Any]:
    """What decides which passages there are; nothing about where and when it was filmed."""
    values = effective_values(configuration)
    for section in ("database", "statistics", "runtime", "matching", "links"):
        values.pop(section)
    for camera in values["cameras"]:
        for key in ("source", "location", "start"):
            camera.pop(key, None)
    return values
