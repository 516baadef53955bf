"""What a rider, a walker or a car looks like: the same at every camera."""

import colorsys
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from simulation.settings import LookSettings

Colour = tuple[float, float, float]
"""Red, green, blue in daylight, 0..255."""

_SKIN: tuple[Colour, ...] = ((232, 190, 172), (224, 172, 140), (198, 134, 100), (141, 85, 54), (90, 56, 37))
_HAIR: tuple[Colour, ...] = (
    (36, 26, 20),
    (72, 48, 30),
    (120, 84, 50),
    (196, 160, 100),
    (150, 150, 150),
    (150, 70, 30),
)
_DARK: tuple[Colour, ...] = ((28, 28, 32), (48, 50, 56), (30, 36, 62), (84, 84, 88), (60, 46, 38))
_TROUSERS: tuple[Colour, ...] = (
    (34, 40, 66), (60, 84, 130), (130, 156, 190), (26, 26, 28), (110, 108, 104), (190, 172, 136),
    (92, 98, 60), (120, 60, 48), (224, 220, 210), (150, 40, 60),
)  # fmt: skip
_UNIFORM: Colour = (240, 120, 20)


@dataclass(frozen=True, slots=True)
class Look:
    """Appearance of one person or vehicle; colours are those of daylight.

    Attributes:
        jacket: Upper garment.
        band: Second colour across the upper garment; equal to `jacket` where it is plain.
        trousers: Lower garment.
        shoes: Shoes.
        skin: Skin.
        head: Hair, or the helmet where one is worn.
        helmet: Whether a helmet is worn.
        bag: Colour of the bag.
        bag_kind: ``none``, ``backpack``, ``panniers``, ``crate`` or ``child_seat``.
        frame: Bicycle frame or car body.
        bicycle_kind: ``city``, ``race`` or ``cargo``; of a cargo bicycle ``long``, two wheels, or ``trike``.
        coat: Whether the upper garment reaches over the thighs.
        sleeves: Whether the arms are covered.
        height: Body height relative to 1.75 m.
    """

    jacket: Colour
    band: Colour
    trousers: Colour
    shoes: Colour
    skin: Colour
    head: Colour
    helmet: bool
    bag: Colour
    bag_kind: str
    frame: Colour
    bicycle_kind: str
    coat: bool
    sleeves: bool
    height: float


def draw_look(settings: LookSettings, rng: Generator) -> Look:
    """Dress a person at random.

    Args:
        settings: How much people differ.
        rng: Stream of `Purpose.RIDER` or `Purpose.DISTRACTORS`.
    """
    uniform = rng.random() < settings.uniform_share
    jacket = _UNIFORM if uniform else _garment(settings, rng)
    helmet = bool(rng.random() < 0.2)
    hair = _pick(_HAIR, rng)
    bag_kind = str(
        rng.choice(("none", "backpack", "panniers", "crate", "child_seat"), p=(0.4, 0.25, 0.2, 0.1, 0.05))
    )
    return Look(
        jacket=jacket,
        band=_garment(settings, rng) if rng.random() < 0.3 and not uniform else jacket,
        trousers=_DARK[0] if uniform else _vary(_pick(_TROUSERS, rng), rng),
        shoes=_pick(_DARK, rng) if rng.random() < 0.6 else (225, 225, 222),
        skin=_vary(_pick(_SKIN, rng), rng, 6),
        head=_vivid(rng) if helmet else hair,
        helmet=helmet,
        bag=_UNIFORM if uniform else _vivid(rng),
        bag_kind="crate" if uniform else bag_kind,
        frame=_pick(_DARK, rng) if rng.random() < 0.5 else _vivid(rng),
        bicycle_kind=str(rng.choice(("city", "race", "cargo"), p=(0.78, 0.17, 0.05))),
        coat=bool(rng.random() < 0.2),
        sleeves=bool(rng.random() < 0.8),
        height=float(np.clip(rng.normal(1.0, 0.045), 0.86, 1.12)),
    )


def _pick(colours: tuple[Colour, ...], rng: Generator) -> Colour:
    return colours[int(rng.integers(len(colours)))]


def _vary(colour: Colour, rng: Generator, spread: float = 10) -> Colour:
    red, green, blue = np.clip(np.asarray(colour) + rng.normal(0, spread, 3), 4, 250)
    return float(red), float(green), float(blue)


def _vivid(rng: Generator) -> Colour:
    red, green, blue = colorsys.hsv_to_rgb(rng.random(), rng.uniform(0.4, 0.88), rng.uniform(0.35, 0.92))
    return 255 * red, 255 * green, 255 * blue


def _garment(settings: LookSettings, rng: Generator) -> Colour:
    kind = rng.random()
    if kind < settings.dark_share:
        return _vary(_pick(_DARK, rng), rng)
    if kind < settings.dark_share + 0.12:
        return _vary((228, 226, 220), rng, 8)
    return _vivid(rng)
