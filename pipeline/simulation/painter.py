"""Bodies to pixels: far ones first, near ones over them."""

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.simulation.camera import Camera
from pipeline.simulation.looks import Colour
from pipeline.simulation.view import Appearance
from tracking.arrays import FloatArray, Image, IntArray

_SHIFT = 4
_CORNERS = 8
_LIGHTER, _DARKER = 1.22, 0.84
_ANGLES = np.arange(_CORNERS) * 2 * np.pi / _CORNERS
_CIRCLE = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=1) / np.cos(np.pi / _CORNERS) ** 0.5


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything needed to draw one actor in any of its frames.

    Attributes:
        first: Frame number of its first frame.
        nearness: (F,) mean depth, metres.
        points: (F, K, 8, 2) int32 outline of each sphere in 1/16 pixel.
        highlights: (F, K, 8, 2) smaller outlines, moved towards the light.
        shadows: (F, K, 8, 2) outlines of the spheres' shadows on the ground.
        order: (F, P) pieces from far to near.
        pieces: Nodes, loops and colours of the pieces.
        boxes: (F, 4) pixels.
    """

    first: int
    nearness: FloatArray
    points: IntArray
    highlights: IntArray
    shadows: IntArray
    order: IntArray
    pieces: tuple["Piece", ...]
    boxes: FloatArray


@dataclass(frozen=True, slots=True)
class Piece:
    """A part in the colours of the camera (blue, green, red)."""

    nodes: list[int]
    inner: list[int]
    base: Colour
    light: Colour
    dark: Colour
    round_: bool


def prepare(appearance: Appearance, camera: Camera) -> Drawing:
    """Compute the outlines of all pieces over all frames at once.

    Args:
        appearance: The projected body.
        camera: Who looks.
    """
    centres, radii = appearance.centres, appearance.radii[..., None]
    towards, _ = camera.project(appearance.figure.nodes + 0.3 * camera.sun)
    way = towards - centres
    way = way / np.maximum(np.linalg.norm(way, axis=-1, keepdims=True), 1e-6)
    nodes = appearance.figure.nodes
    ground = nodes - camera.sun * (nodes[..., 2:] / camera.sun[2])
    shade, _ = camera.project(ground)
    parts = appearance.figure.parts
    depth = np.stack([appearance.depth[:, list(part.nodes)].mean(axis=1) for part in parts], axis=1)
    return Drawing(
        first=int(appearance.frames[0]),
        nearness=appearance.depth.mean(axis=1),
        points=_outlines(centres, radii),
        highlights=_outlines(centres + 0.38 * radii * way, 0.55 * radii),
        shadows=_outlines(shade, radii * [1.0, 0.6]),
        order=np.argsort(-depth, axis=1, kind="stable"),
        pieces=tuple(
            Piece(list(p.nodes), list(p.inner), *_shades(p.colour, camera.gain), p.round_) for p in parts
        ),
        boxes=appearance.boxes,
    )


def _outlines(centres: FloatArray, radii: FloatArray) -> IntArray:
    points = centres[..., None, :] + np.asarray(radii)[..., None, :] * _CIRCLE
    return np.asarray(np.clip(points * 2**_SHIFT, -(2**18), 2**18), np.int32)


def _shades(colour: Colour, gain: FloatArray) -> tuple[Colour, Colour, Colour]:
    def shade(factor: float) -> Colour:
        red, green, blue = np.clip(np.asarray(colour) * gain * factor, 0, 255)
        return float(blue), float(green), float(red)

    return shade(1.0), shade(_LIGHTER), shade(_DARKER)


def draw(image: Image, drawing: Drawing, frame: int) -> None:
    """Draw one actor into a picture.

    Args:
        image: (H, W, 3) BGR, changed in place.
        drawing: Whom.
        frame: Frame number.
    """
    i = frame - drawing.first
    points, highlights = drawing.points[i], drawing.highlights[i]
    for number in drawing.order[i]:
        piece = drawing.pieces[number]
        if piece.inner:
            loops = [
                points[piece.nodes].mean(axis=1).astype(np.int32),
                points[piece.inner].mean(axis=1).astype(np.int32),
            ]
            cv2.fillPoly(image, loops, piece.base, cv2.LINE_AA, _SHIFT)
            continue
        _fill(image, points[piece.nodes], piece.dark if piece.round_ else piece.base)
        if piece.round_:
            _fill(image, highlights[piece.nodes], piece.light)


def draw_shadow(mask: Image, drawing: Drawing, frame: int) -> None:
    """Draw the shadow of one actor into a mask.

    Args:
        mask: (H, W) uint8, changed in place to 255.
        drawing: Whose.
        frame: Frame number.
    """
    shadows = drawing.shadows[frame - drawing.first]
    for piece in drawing.pieces:
        if not piece.inner:
            _fill(mask, shadows[piece.nodes], (255.0, 255.0, 255.0))


def _fill(image: Image, outline: IntArray, colour: Colour) -> None:
    hull = cv2.convexHull(outline.reshape(-1, 2))
    cv2.fillConvexPoly(image, hull, colour, cv2.LINE_AA, _SHIFT)
