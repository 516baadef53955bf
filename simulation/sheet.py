"""A contact sheet: what the cameras see, and the same riders at each of them."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from simulation.recording import Recording
from simulation.scene import Scene
from simulation.tracks import Track, watch
from simulation.world import CYCLISTS
from tracking.arrays import FloatArray, Image
from tracking.errors import FietsflowError

_RIDERS = 12
_COLUMNS = 3
_CROP_PX = 160
_CLEAR = 0.95
_GREY = 40


@dataclass(frozen=True, slots=True)
class _Best:
    """The frame in which a rider is shown largest and unhidden."""

    frame: int
    box: FloatArray


def write_contact_sheet(path: Path, recording: Recording) -> None:
    """Write a picture of the city: one frame per camera, then a row for each camera, a column per rider.

    Args:
        path: PNG or JPEG file.
        recording: What to show.

    Raises:
        FietsflowError: The file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not cv2.imwrite(str(path), contact_sheet(recording)):
        raise FietsflowError(
            f"{path}: cannot be written; a name ending in .png or .jpg in a folder of yours would do"
        )


def contact_sheet(recording: Recording) -> Image:
    """Draw the contact sheet; see `write_contact_sheet`.

    Returns:
        (H, W, 3) BGR picture.
    """
    numbers = range(len(recording.world.network.names))
    tracks = [_riders(recording, number) for number in numbers]
    shown = sorted({identity for seen in tracks for identity in seen})
    shown.sort(key=lambda identity: -sum(identity in seen for seen in tracks))
    chosen = shown[:_RIDERS]
    views, rows = [], []
    for number in numbers:
        best = {i: _best(tracks[number][i]) for i in chosen if i in tracks[number]}
        busiest = _busiest(tracks[number])
        wanted = sorted({busiest, *(b.frame for b in best.values())})
        pictures = _pictures(recording, number, wanted)
        views.append(pictures[busiest])
        blank = np.full((_CROP_PX, _CROP_PX, 3), _GREY, np.uint8)
        crops = [_crop(pictures[best[i].frame], best[i].box) if i in best else blank for i in chosen]
        rows.append(np.concatenate(crops or [blank], axis=1))
    return _stack(_grid(views), np.concatenate(rows))


def _riders(recording: Recording, number: int) -> dict[int, Track]:
    """The first clear track of each rider at a camera."""
    found: dict[int, Track] = {}
    camera, times = recording.camera(number), recording.recorder(number).times_s
    for track in watch(recording.world.at(number), camera, times):
        if track.visit.actor.kind in CYCLISTS and track.visible.max() > _CLEAR:
            found.setdefault(track.visit.actor.identity, track)
    return found


def _best(track: Track) -> _Best:
    high = np.where(track.visible > _CLEAR, track.boxes[:, 3] - track.boxes[:, 1], 0)
    middle = np.abs(np.arange(len(high)) - len(high) / 2)
    index = int(np.argmax(high - 0.2 * middle))
    return _Best(int(track.frames[index]), track.boxes[index])


def _busiest(tracks: dict[int, Track]) -> int:
    """The frame that shows the most of riders."""
    if not tracks:
        return 0
    frames = np.concatenate([track.frames for track in tracks.values()])
    shown = [track.visible * (track.boxes[:, 3] - track.boxes[:, 1]) for track in tracks.values()]
    return int(np.bincount(frames, np.concatenate(shown)).argmax())


def _pictures(recording: Recording, number: int, wanted: list[int]) -> dict[int, Image]:
    world = recording.world
    scene = Scene(
        recording.camera(number),
        number,
        world.at(number),
        recording.recorder(number).times_s,
        settings=world.scenario.picture,
        seed=world.seed,
    )
    return {frame: scene.picture(frame) for frame in wanted}


def _crop(picture: Image, box: FloatArray) -> Image:
    left, top, right, bottom = (int(v) for v in box)
    half = int(0.58 * max(right - left, bottom - top, 8))
    around = cv2.copyMakeBorder(picture, half, half, half, half, cv2.BORDER_REPLICATE)
    x, y = (left + right) // 2, (top + bottom) // 2
    cut = around[y : y + 2 * half, x : x + 2 * half]
    return np.asarray(cv2.resize(cut, (_CROP_PX, _CROP_PX), interpolation=cv2.INTER_AREA), np.uint8)


def _grid(pictures: list[Image]) -> Image:
    blank = np.full_like(pictures[0], _GREY)
    full = pictures + [blank] * (-len(pictures) % _COLUMNS) if len(pictures) > _COLUMNS else pictures
    rows = [np.concatenate(full[i : i + _COLUMNS], axis=1) for i in range(0, len(full), _COLUMNS)]
    return np.concatenate(rows)


def _stack(above: Image, below: Image) -> Image:
    width = max(above.shape[1], below.shape[1])
    padded = [
        cv2.copyMakeBorder(part, 0, 0, 0, width - part.shape[1], cv2.BORDER_CONSTANT, value=(_GREY,) * 3)
        for part in (above, below)
    ]
    return np.concatenate(padded).astype(np.uint8)
