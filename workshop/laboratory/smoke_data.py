"""Small data sets from simulated streets, for experiments that have nothing else at hand.

They show whether code works, and directions; a figure measured on them says nothing about real riders.
Pictures are sharp: the blur is what some experiments study.
"""

import errno
import hashlib
import json
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from importlib.resources import files
from pathlib import Path

import cv2

from pipeline.registry.cache import cache_folder
from reid.datasets import Part, StoredCrop, StoredTracklet
from reid.datasets.tables import CROPS, TRACKLETS, PlacedTracklet, tables_of
from reid.training.masks import IMAGES, MASKS
from simulation.crops import CropPlan, RenderedCrop, render_crops
from tracking.errors import FietsflowError
from workshop.laboratory.smoke_worlds import WORLDS, SmokeKind, SmokeWorld

MANIFEST = "smoke.json"
"""Written last; says what the set was made from, and how many files it has."""
JPEG_QUALITY = 95
_TRIES = 20
_TURNS = (Part.TRAIN, Part.VALIDATION, Part.TEST)

Progress = Callable[[int, int], None]
"""Told how many pictures of how many are done."""


def smoke_folder() -> Path:
    """Where small data sets are kept: beside the fetched models, in the user's cache."""
    return cache_folder().parent / "laboratory"


def smoke_data(
    kind: SmokeKind, cache: Path | None = None, on_progress: Progress = lambda done, total: None
) -> Path:
    """Find a small data set, or render it; half a minute at most, once.

    The same program always makes the same bytes. A set that is not complete, or that another version of
    the simulation made, is made anew.

    Args:
        kind: ``city``: a set to train on, to calibrate and to test (layout ``own``; here training riders
            are linked over the cameras). ``two_cities``: two such sets, ``a`` by day and ``b`` at night.
            ``masks``: ``train`` and ``test``, each with ``images`` and ``masks`` of riders, and ``riders``,
            a set like ``city``.
        cache: Folder that keeps the sets; `smoke_folder` if not given.
        on_progress: Told how many pictures of how many are done; not called where the set is there.

    Returns:
        Folder of the set.

    Raises:
        FietsflowError: The folder cannot be written.
    """
    place = (cache or smoke_folder()) / kind
    if _is_complete(place, kind):
        return place
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        making = Path(tempfile.mkdtemp(prefix=f".{kind}-", dir=place.parent))
        try:
            _make(kind, making, on_progress)
            _move(making, place, kind)
        finally:
            shutil.rmtree(making, ignore_errors=True)
    except OSError as error:
        raise FietsflowError(
            f"{error.filename or place}: cannot be written ({error.strerror}); set FIETSFLOW_CACHE to "
            "another folder"
        ) from error
    return place


def _is_complete(place: Path, kind: SmokeKind) -> bool:
    try:
        said = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
        return bool(said == _manifest(kind, _count(place)))
    except (OSError, ValueError):
        return False


def _move(making: Path, place: Path, kind: SmokeKind) -> None:
    """Put a finished set in place, unless another process was faster."""
    for _ in range(_TRIES):
        if _is_complete(place, kind):
            return
        aside = making.with_name(f"{making.name}-old")
        try:
            if place.exists():
                place.replace(aside)
            making.replace(place)
            return
        except OSError as error:
            if error.errno not in {errno.ENOENT, errno.ENOTEMPTY, errno.EEXIST}:
                raise
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    raise OSError(errno.EBUSY, "another process keeps changing it", str(place))


def _manifest(kind: SmokeKind, pictures: int) -> dict[str, object]:
    worlds = {name: world.model_dump(mode="json") for name, world in WORLDS[kind].items()}
    return {"kind": kind, "worlds": worlds, "pictures": pictures, "simulation": _simulation_sum()}


def _simulation_sum() -> str:
    """Changes whenever the simulation could draw something else."""
    digest = hashlib.sha256(cv2.__version__.encode())
    for folder in ("", "bodies", "scenarios"):
        for file in sorted((files("simulation") / folder).iterdir(), key=lambda one: one.name):
            if file.name.endswith((".py", ".yaml")):
                digest.update(file.read_bytes())
    return digest.hexdigest()


def _count(place: Path) -> int:
    return sum(path.suffix in {".jpg", ".png"} for path in place.rglob("*"))


def _make(kind: SmokeKind, out: Path, on_progress: Progress) -> None:
    worlds = WORLDS[kind]
    for number, (name, world) in enumerate(worlds.items()):
        rendered = render_crops(
            world.recording(),
            CropPlan(per_passage=world.per_passage, masks=world.masks),
            partial(_report, on_progress, number, len(worlds)),
        )
        if world.masks:
            _write_masks(rendered, out / name)
        else:
            _write_set(list(rendered), world, out / name)
    text = json.dumps(_manifest(kind, _count(out)), indent=2)
    (out / MANIFEST).write_text(text + "\n", encoding="utf-8")


def _report(on_progress: Progress, before: int, worlds: int, done: int, total: int) -> None:
    """Every world counts as much as the present one."""
    on_progress(before * total + done, worlds * total)


def _write_masks(rendered: Iterator[RenderedCrop], out: Path) -> None:
    for part in (IMAGES, MASKS):
        (out / part).mkdir(parents=True)
    for number, crop in enumerate(rendered):
        if crop.mask is not None:
            _write(out / IMAGES / f"{number:05d}.jpg", crop)
            cv2.imwrite(str(out / MASKS / f"{number:05d}.png"), crop.mask)


def _write(path: Path, crop: RenderedCrop) -> None:
    cv2.imwrite(str(path), crop.image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])


def _write_set(crops: list[RenderedCrop], world: SmokeWorld, out: Path) -> None:
    """Write pictures and tables in the project's own layout."""
    start = round(world.recording().world.start.timestamp())
    passages: dict[tuple[int, int], list[RenderedCrop]] = defaultdict(list)
    for crop in crops:
        passages[crop.camera, crop.passage].append(crop)
    parts = _parts_of_riders(crops, world.parts)
    for part in Part:
        (out / part).mkdir(parents=True)
    placed = []
    for number, key in enumerate(sorted(passages), 1):
        own = passages[key]
        tracklet = PlacedTracklet(_tracklet(number, own, start), parts[own[0].rider], own[0].rider)
        for stored, crop in zip(tracklet.stored.crops, own, strict=True):
            _write(out / tracklet.path(stored), crop)
        placed.append(tracklet)
    for name, text in zip((CROPS, TRACKLETS), tables_of(placed), strict=True):
        (out / name).write_text(text, encoding="utf-8")


def _tracklet(number: int, crops: list[RenderedCrop], start: int) -> StoredTracklet:
    times = [start + int(crop.time_s) for crop in crops]
    return StoredTracklet(
        tracklet=number,
        camera=crops[0].camera + 1,
        enter=times[0],
        exit=times[-1] + 1,
        rider=crops[0].rider,
        crops=tuple(
            StoredCrop(sequence=1, frame=crop.frame, box=crop.passage, time=time)
            for crop, time in zip(crops, times, strict=True)
        ),
    )


def _parts_of_riders(crops: list[RenderedCrop], shares: tuple[int, int, int]) -> dict[int, Part]:
    """Linked riders to all parts in turn; those of one camera, as strangers, to validation and test."""
    cameras: dict[int, set[int]] = defaultdict(set)
    for crop in crops:
        cameras[crop.rider].add(crop.camera)
    linked = sorted(rider for rider, seen in cameras.items() if len(seen) > 1)
    alone = sorted(rider for rider, seen in cameras.items() if len(seen) == 1)
    turns = [part for part, share in zip(_TURNS, shares, strict=True) for _ in range(share)]
    parts = {rider: turns[place % len(turns)] for place, rider in enumerate(linked)}
    return parts | {rider: _TURNS[1 + place % 2] for place, rider in enumerate(alone)}
