"""The pictures that the encoder learns from: simulated riders and photographs, blurred as in use."""

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from anonymize import Anonymizer, AnonymizeSettings
from reid.datasets import ReidDataset, read_two_cameras
from reid.datasets.market import read_market_folder
from reid.datasets.naming import MarketName
from tracking.arrays import Image
from tracking.errors import UsageError
from workshop.encoder.passages import RiderPassage, passages_of
from workshop.encoder.pictures import Finish
from workshop.encoder.worlds import SmallWorld, WorldSettings, small_worlds

SIMULATED, REAL = "simulated", "real"
_MADE = "made.json"
_QUALITY = 92
_FIRST_REAL_IDENTITY, _FIRST_REAL_CAMERA = 90_000, 9_000
_CLOCK_STEPS_PER_S, _CLOCK_START_S = 10, 100

FINISHES = (
    Finish(Anonymizer(AnonymizeSettings(kernel="thesis5"))),
    Finish(Anonymizer(AnonymizeSettings(kernel="thesis5"))),
    Finish(Anonymizer(AnonymizeSettings(kernel="thesis7"))),
    Finish(None),
)
"""Half of the simulated pictures pass the default blur, a quarter a stronger one, a quarter stays sharp; of
every photograph there is one of each. The number of the finish stands in the name, as that of the video."""
SHARP = len(FINISHES)
"""Number in the names of sharp pictures."""

Progress = Callable[[str], None]


def simulated_riders(folder: Path, settings: WorldSettings, progress: Progress) -> ReidDataset:
    """Render the training riders, unless the folder has them.

    Args:
        folder: Where sets lie.
        settings: How many.
        progress: Told each finished world.

    Returns:
        Riders seen by at least two cameras.
    """
    place = folder / SIMULATED
    told = settings.model_dump_json()
    if not _is_made(place, told):
        place.mkdir(parents=True, exist_ok=True)
        first = 1
        for number, world in enumerate(small_worlds(settings, "train")):
            first = _write_world(place, world, settings, number, first)
            progress(f"{world.scenario}, seed {world.seed}: {first - 1} linked riders so far")
        (place / _MADE).write_text(told + "\n", encoding="utf-8")
    return read_market_folder(place)


def _write_world(place: Path, world: SmallWorld, settings: WorldSettings, number: int, first: int) -> int:
    """Write the linked riders of a world; the answer is the next free identity."""
    of_rider: dict[int, list[RiderPassage]] = defaultdict(list)
    for passage in passages_of(world, settings.crops_per_passage):
        of_rider[passage.rider].append(passage)
    for rider, passages in sorted(of_rider.items()):
        if len({passage.camera for passage in passages}) < 2:
            continue
        for passage in passages:
            camera = number * settings.cameras + passage.camera + 1
            moment = round((passage.enter_s + _CLOCK_START_S) * _CLOCK_STEPS_PER_S)
            for turn, crop in enumerate(passage.crops):
                rng = np.random.default_rng((world.seed, rider, passage.camera, turn))
                number_of_finish = (turn + rider + passage.camera) % len(FINISHES)
                name = MarketName(first, camera, number_of_finish + 1, moment, turn)
                _write(place / str(name), FINISHES[number_of_finish].rendered(crop, rng))
        first += 1
    return first


def real_riders(folder: Path, source: Path, kind: str) -> ReidDataset:
    """Blur the photographs of riders at two real cameras, unless the folder has them.

    Args:
        folder: Where sets lie.
        source: Pictures named like ``motorcycle_0001_cam1.jpg``.
        kind: Which of them, such as ``motorcycle``.

    Returns:
        All riders, each photograph with the default blur, with a stronger one, and sharp.

    Raises:
        UsageError: There are no such pictures, or one cannot be read.
    """
    place = folder / REAL
    photographs = read_two_cameras(source, kind)
    told = f"{len(photographs)} photographs"
    if not _is_made(place, told):
        place.mkdir(parents=True, exist_ok=True)
        for crop in photographs.crops:
            image = read_picture(crop.path)
            identity, camera = _FIRST_REAL_IDENTITY + crop.identity, _FIRST_REAL_CAMERA + crop.camera
            for number, finish in enumerate(FINISHES[1:], 2):
                name = MarketName(identity, camera, number, crop.identity, 0)
                _write(place / str(name), finish.anonymised(image))
        (place / _MADE).write_text(told + "\n", encoding="utf-8")
    return read_market_folder(place)


def read_picture(path: Path) -> Image:
    """Decode a picture.

    Raises:
        UsageError: It is missing or no picture.
    """
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise UsageError(f"{path}: is no readable image; remove it or write it again")
    return np.asarray(image, np.uint8)


def sharp_only(riders: ReidDataset) -> ReidDataset:
    """The pictures that were not blurred, to learn what blur in training brings."""
    kept = tuple(
        crop
        for crop in riders.crops
        if (name := MarketName.parse(crop.path.name)) is not None and name.sequence == SHARP
    )
    return ReidDataset(f"{riders.name}, sharp", kept)


def joined(name: str, parts: list[ReidDataset]) -> ReidDataset:
    """Several sets, whose identities and cameras differ, as one."""
    return ReidDataset(name, tuple(crop for part in parts for crop in part.crops))


def _is_made(place: Path, told: str) -> bool:
    file = place / _MADE
    return file.is_file() and file.read_text(encoding="utf-8").strip() == told


def _write(path: Path, image: Image) -> None:
    cv2.imwrite(str(path), image, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
