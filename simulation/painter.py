"""Bodies to pixels: far pieces first, near ones over them, at twice the resolution."""

from dataclasses import dataclass

import cv2
import numpy as np

from simulation.camera import Camera
from simulation.lighting import Lighting
from simulation.looks import Colour
from simulation.view import Appearance
from tracking.arrays import FloatArray, Image, IntArray

_SHIFT = 4
_FINER = 2
_CORNERS = 8
_LIGHTER, _DARKER = 1.2, 0.82
_LONGEST_BLUR_PX = 15
_ANGLES = np.arange(_CORNERS) * 2 * np.pi / _CORNERS
_CIRCLE = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=1)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part in the colours of the camera (blue, green, red) before the light falls on it."""

    nodes: list[int]
    inner: list[int]
    base: FloatArray
    light: FloatArray
    dark: FloatArray
    round_: bool
    glows: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything needed to draw one actor in any of its frames.

    Attributes:
        identity: Whom it shows.
        first: Frame number of its first frame.
        nearness: (F,) mean depth, metres.
        points: (F, K, 8, 2) int32 outline of each sphere in 1/16 pixel.
        highlights: (F, K, 8, 2) smaller outlines, moved towards the light.
        shadows: (F, K, 8, 2) outlines of the spheres' shadows on the ground.
        order: (F, P) pieces from far to near.
        pieces: Nodes, loops and colours of the pieces.
        patches: (F, 4) int left, top, right, bottom of the pixels that may change.
        light: (F,) brightness of the light that falls on it.
        smear: (F, 2) movement during the exposure, pixels.
    """

    identity: int
    first: int
    nearness: FloatArray
    points: IntArray
    highlights: IntArray
    shadows: IntArray
    order: IntArray
    pieces: tuple[Piece, ...]
    patches: IntArray
    light: FloatArray
    smear: FloatArray

    @property
    def last(self) -> int:
        """Frame number of its last frame."""
        return self.first + len(self.nearness) - 1


def prepare(appearance: Appearance, camera: Camera, lighting: Lighting, exposure_s: float) -> Drawing:
    """Compute the outlines of all pieces over all frames at once.

    Args:
        appearance: The projected body.
        camera: Who looks.
        lighting: The light in the street.
        exposure_s: Exposure time, seconds.
    """
    centres, radii = appearance.centres, appearance.radii[..., None]
    nodes = appearance.figure.nodes
    towards, _ = camera.project(nodes + 0.3 * camera.sun)
    way = towards - centres
    way = way / np.maximum(np.linalg.norm(way, axis=-1, keepdims=True), 1e-6)
    shade, _ = camera.project(nodes - camera.sun * (nodes[..., 2:] / camera.sun[2]))
    parts = appearance.figure.parts
    depth = np.stack([appearance.depth[:, list(part.nodes)].mean(axis=1) for part in parts], axis=1)
    smear = appearance.velocity * exposure_s
    return Drawing(
        identity=appearance.visit.actor.identity,
        first=int(appearance.frames[0]),
        nearness=appearance.depth.mean(axis=1),
        points=_outlines(centres, radii),
        highlights=_outlines(centres + 0.36 * radii * way, 0.56 * radii),
        shadows=_outlines(shade, radii * [1.0, 0.6]),
        order=np.argsort(-depth, axis=1, kind="stable"),
        pieces=tuple(
            Piece(list(p.nodes), list(p.inner), *_shades(p.colour, camera.gain), p.round_, p.glows)
            for p in parts
        ),
        patches=_patches(appearance.boxes, smear, camera.size),
        light=lighting.at(nodes.mean(axis=1)),
        smear=smear,
    )


def _patches(boxes: FloatArray, smear: FloatArray, size: tuple[int, int]) -> IntArray:
    margin = 2 + np.minimum(np.ceil(np.abs(smear)), _LONGEST_BLUR_PX)
    left_top = np.floor(boxes[:, :2] - margin)
    right_bottom = np.ceil(boxes[:, 2:] + margin)
    both = np.concatenate([left_top, right_bottom], axis=1)
    return np.asarray(np.clip(both, 0, np.tile(size, 2)), np.int64)


def _outlines(centres: FloatArray, radii: FloatArray) -> IntArray:
    points = centres[..., None, :] + np.asarray(radii)[..., None, :] * _CIRCLE
    return np.asarray(np.clip(points * 2**_SHIFT, -(2**18), 2**18), np.int32)


def _shades(colour: Colour, gain: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    blue_green_red = (np.asarray(colour) * gain)[::-1]
    return blue_green_red, blue_green_red * _LIGHTER, blue_green_red * _DARKER


def draw(image: Image, drawing: Drawing, frame: int) -> None:
    """Draw one actor into a picture.

    Args:
        image: (H, W, 3) BGR, changed in place.
        drawing: Whom.
        frame: Frame number.
    """
    i = frame - drawing.first
    left, top, right, bottom = (int(v) for v in drawing.patches[i])
    if right <= left or bottom <= top:
        return
    patch = image[top:bottom, left:right]
    fine = cv2.resize(patch, None, fx=_FINER, fy=_FINER, interpolation=cv2.INTER_NEAREST)
    # One bit less of shift doubles the drawing; half a fine pixel lies between corner and centre.
    corner = np.asarray([left, top], np.int32) * 2**_SHIFT + 2 ** (_SHIFT - _FINER)
    points, highlights = drawing.points[i] - corner, drawing.highlights[i] - corner
    for number in drawing.order[i]:
        piece = drawing.pieces[number]
        light = 1.0 if piece.glows else float(drawing.light[i])
        if piece.inner:
            loops = [points[piece.nodes].mean(axis=1), points[piece.inner].mean(axis=1)]
            loops = [np.asarray(loop, np.int32) for loop in loops]
            cv2.fillPoly(fine, loops, _ink(piece.base, light), cv2.LINE_AA, _SHIFT - 1)
            continue
        _fill(fine, points[piece.nodes], _ink(piece.dark if piece.round_ else piece.base, light))
        if piece.round_:
            _fill(fine, highlights[piece.nodes], _ink(piece.light, light))
    drawn = cv2.resize(fine, (right - left, bottom - top), interpolation=cv2.INTER_AREA)
    patch[:] = _smeared(patch, drawn, drawing.smear[i])


def _ink(colour: FloatArray, light: float) -> Colour:
    blue, green, red = colour * light
    return min(float(blue), 255.0), min(float(green), 255.0), min(float(red), 255.0)


def _fill(image: Image, outline: IntArray, colour: Colour) -> None:
    hull = cv2.convexHull(outline.reshape(-1, 2))
    cv2.fillConvexPoly(image, hull, colour, cv2.LINE_AA, _SHIFT - 1)


def _smeared(before: Image, after: Image, smear: FloatArray) -> Image:
    """Blur what was drawn, not the background, along its movement."""
    length = float(np.hypot(*smear))
    if length < 1.2:
        return after
    size = 2 * int(min(np.ceil(np.abs(smear).max()), _LONGEST_BLUR_PX) // 2) + 1
    steps = np.linspace(-0.5, 0.5, 4 * size)[:, None] * smear * min(1.0, _LONGEST_BLUR_PX / length)
    cells = np.round(steps + size // 2).astype(int).clip(0, size - 1)
    kernel = np.zeros((size, size), np.float32)
    np.add.at(kernel, (cells[:, 1], cells[:, 0]), 1 / len(cells))
    change = cv2.subtract(after, before, dtype=cv2.CV_16S)
    blurred = cv2.filter2D(change, cv2.CV_16S, kernel, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.add(blurred, before, dtype=cv2.CV_8U), np.uint8)


def opacity(drawing: Drawing, frame: int, size: tuple[int, int]) -> FloatArray:
    """How much of the background each pixel loses to an actor.

    Args:
        drawing: Whom.
        frame: Frame number.
        size: Width and height of the picture, pixels.

    Returns:
        (H, W) float32: 1 where the actor hides everything behind it, less at its edge and where it moved.
    """
    black, white = np.zeros((*size[::-1], 3), np.uint8), np.full((*size[::-1], 3), 255, np.uint8)
    draw(black, drawing, frame)
    draw(white, drawing, frame)
    # What was drawn is the same over both; what shines through is the difference of the backgrounds.
    through = cv2.subtract(white[..., 1], black[..., 1]).astype(np.float32) / 255
    return np.asarray(1 - through, np.float32)


def draw_shadow(mask: Image, drawing: Drawing, frame: int) -> tuple[int, int, int, int] | None:
    """Draw the shadow of one actor into a mask.

    Args:
        mask: (H, W) uint8, changed in place to 255.
        drawing: Whose.
        frame: Frame number.

    Returns:
        Left, top, right, bottom of what may have changed; None where the shadow is outside the picture.
    """
    outlines = drawing.shadows[frame - drawing.first] - 2 ** (_SHIFT - 1)
    spread = outlines.reshape(-1, 2) >> _SHIFT
    left, top = (int(v) for v in np.maximum(spread.min(axis=0) - 5, 0))
    right, bottom = (int(v) for v in np.minimum(spread.max(axis=0) + 6, mask.shape[1::-1]))
    if right <= left or bottom <= top:
        return None
    for piece in drawing.pieces:
        if not piece.inner:
            hull = cv2.convexHull(outlines[piece.nodes].reshape(-1, 2))
            cv2.fillConvexPoly(mask, hull, (255.0,), cv2.LINE_AA, _SHIFT)
    return left, top, right, bottom
