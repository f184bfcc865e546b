"""Small made-up pictures: ellipses and bars where a body part has them, noise, findings and burned-in words.

They are no likeness of anybody, and nothing can be diagnosed from them but the planted findings.
"""

from functools import cache

import numpy as np
import numpy.typing as npt

from sim.systems.glyphs import HEIGHT, WIDTH, lettered
from sim.systems.imaging_orders import EXAMINATIONS

SIDE = 80
"""Rows and columns of a picture."""

LETTERS = SIDE // WIDTH
"""Letters that a line holds."""

BITS = 12
"""Bits of a pixel that are used, of 16."""

WHITE = 2**BITS - 1

SIZES = 8
"""Sizes of body that are drawn."""

NOISE = 64
"""Values of noise, from 0; a power of two."""

BRIGHTER = 700
"""How much brighter a finding is at its centre."""

Pixels = npt.NDArray[np.uint16]

_SHAPES: dict[str, tuple[tuple[float, float, float, float, int], ...]] = {
    "chest PA": (
        (0.5, 0.5, 0.46, 0.42, 1500),
        (0.45, 0.3, 0.34, 0.14, -1000),
        (0.45, 0.7, 0.34, 0.14, -1000),
        (0.6, 0.56, 0.16, 0.14, 900),
    ),
    "chest LL": ((0.5, 0.5, 0.46, 0.34, 1500), (0.42, 0.5, 0.32, 0.2, -900), (0.6, 0.42, 0.14, 0.12, 700)),
    "knee": ((0.5, 0.5, 0.6, 0.22, 900), (0.15, 0.5, 0.33, 0.12, 1300), (0.86, 0.5, 0.33, 0.11, 1300)),
    "ankle": ((0.4, 0.5, 0.6, 0.2, 900), (0.2, 0.46, 0.45, 0.09, 1300), (0.8, 0.55, 0.14, 0.26, 1200)),
    "arm": ((0.5, 0.5, 0.7, 0.18, 800), (0.5, 0.43, 0.6, 0.05, 1400), (0.5, 0.57, 0.6, 0.05, 1400)),
    "spine": tuple((0.1 + 0.2 * n, 0.5, 0.08, 0.14, 1500) for n in range(5)),
    "head": ((0.5, 0.5, 0.44, 0.36, 2000), (0.5, 0.5, 0.39, 0.31, -940), (0.5, 0.5, 0.1, 0.05, -40)),
    "abdomen": ((0.5, 0.5, 0.36, 0.46, 1030), (0.45, 0.28, 0.16, 0.14, 60), (0.68, 0.5, 0.08, 0.08, 700)),
}
"""For each picture ellipses: centre (down, across) and half axes as shares of the side, and added value."""


@cache
def kinds() -> dict[tuple[str, int], int]:
    """Returns the number of the drawing of each examination's images."""
    images = [(name, n) for name, what in EXAMINATIONS.items() for n in range(len(what.views))]
    return {image: number for number, image in enumerate(images)}


@cache
def drawings() -> Pixels:
    """Returns every kind of picture in every size: shape (kinds, `SIZES`, `SIDE`, `SIDE`)."""
    drawn = np.zeros((len(kinds()), SIZES, SIDE, SIDE), dtype=np.uint16)
    for (name, image), number in kinds().items():
        view = EXAMINATIONS[name].views[image]
        shapes = _SHAPES.get(f"{name} {view}") or _SHAPES[name]
        for size in range(SIZES):
            scale = (0.82 + 0.03 * size) * (1 - 0.06 * image * (EXAMINATIONS[name].modality == "CT"))
            drawn[number, size] = _draw(shapes, scale)
    return drawn


def _draw(shapes: tuple[tuple[float, float, float, float, int], ...], scale: float) -> Pixels:
    down, across = np.mgrid[0:SIDE, 0:SIDE] / (SIDE - 1) - 0.5
    picture = np.zeros((SIDE, SIDE))
    for centre, middle, high, wide, value in shapes:
        y = (down - (centre - 0.5) * scale) / (high * scale)
        x = (across - (middle - 0.5) * scale) / (wide * scale)
        picture += value * (x * x + y * y <= 1)
    return np.clip(picture, 0, WHITE - NOISE - BRIGHTER).astype(np.uint16)


def photograph(
    number: npt.NDArray[np.int64], size: npt.NDArray[np.int64], rng: np.random.Generator
) -> Pixels:
    """Takes pictures with noise.

    Args:
        number: The kind of each picture, of `kinds`.
        size: Its size of body, below `SIZES`.
        rng: Stream to draw from.

    Returns:
        Pixels, shape (pictures, `SIDE`, `SIDE`).
    """
    taken: Pixels = drawings()[number, size]
    taken += np.frombuffer(rng.bytes(taken.size), dtype=np.uint8).reshape(taken.shape) % NOISE
    return taken


def add_finding(picture: Pixels, row: int, column: int, radius: float) -> None:
    """Makes a round spot brighter.

    Args:
        picture: The picture, which is changed.
        row: Its centre.
        column: Likewise.
        radius: Pixels from the centre to its edge.
    """
    down, across = np.ogrid[0:SIDE, 0:SIDE]
    near = 1 - ((down - row) ** 2 + (across - column) ** 2) / radius**2
    brighter = picture + (BRIGHTER * np.clip(near, 0, 1)).astype(np.uint16)
    picture[:] = np.minimum(brighter, WHITE)


def burn(picture: Pixels, lines: list[str]) -> None:
    """Burns words into the upper left corner, white on black.

    Args:
        picture: The picture, which is changed.
        lines: Plain text (`sim.systems.glyphs.plain`); what is longer than `LETTERS` is cut.
    """
    for place, line in enumerate(lines):
        dots = lettered(line[:LETTERS])
        top = 1 + place * HEIGHT
        picture[top : top + HEIGHT, : dots.shape[1]] = np.where(dots, WHITE, 0)
