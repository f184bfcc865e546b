"""Random numbers by counter: number k of a stream is a function of the stream's key and k alone.

Nobody has to draw in order, so a hook can ask for the noise of any day, and adding a module
never shifts another's numbers.
"""

import hashlib
import math

from sim import seeds
from sim.engine.jit import njit

mix = njit(seeds.mix)


def word_of(name: str) -> int:
    """Returns the number that stands for a name when a stream is derived from it."""
    return int.from_bytes(hashlib.sha256(name.encode("utf-8")).digest()[:8], "big") >> 2


@njit
def uniform(key: int, counter: int) -> float:
    """Returns number `counter` of a stream of uniform numbers, 0 <= u < 1."""
    return (mix(key, counter) >> 9) * (1.0 / 9007199254740992.0)


@njit
def bell(u: float, v: float) -> float:
    """Returns the standard normal number that Box and Muller make of two uniform ones."""
    return math.sqrt(-2.0 * math.log(1.0 - u)) * math.cos(2.0 * math.pi * v)


@njit
def normal(key: int, counter: int) -> float:
    """Returns standard normal number `counter` of a stream, made of one number's two halves."""
    number = mix(key, counter)
    scale = 1.0 / 2147483648.0
    return bell((number >> 31) * scale, (number & 0x7FFFFFFF) * scale)


@njit
def wobble(key: int, which: int, day: float, period: float) -> float:
    """Returns noise of mean 0 and variance 1 that changes smoothly within `period` days.

    Args:
        key: Key of the stream.
        which: Which of many noises, from 0; each has 2**32 knots of its own.
        day: Days since 1900-01-01.
        period: Days from knot to knot.
    """
    knot = math.floor(day / period)
    share = day / period - knot
    first = ((which + 1) << 32) + knot
    blend = normal(key, first) * (1.0 - share) + normal(key, first + 1) * share
    return blend / math.sqrt((1.0 - share) * (1.0 - share) + share * share)


@njit
def shaped(draw: int, a: float, b: float, low: float, high: float, u: float, v: float) -> float:
    """Returns an amount out of two uniform numbers (see `model.Amount`)."""
    if draw == 1:
        return a + (b - a) * u
    if draw == 2:
        return min(max(a + b * bell(u, v), low), high)
    if draw == 3:
        return min(max(-a * math.log(1.0 - u), low), high)
    if draw == 4:
        if u * (high - a) < b - a:
            return a + math.sqrt(u * (high - a) * (b - a))
        return high - math.sqrt((1.0 - u) * (high - a) * (high - b))
    return a
