"""Letters of three by five dots, as consoles burn them into pictures."""

import unicodedata
from functools import cache

import numpy as np
import numpy.typing as npt

WIDTH, HEIGHT = 4, 6
"""Dots that a letter takes, with the gap after and below it."""

_FONT = """
A 010101111101101
B 110101110101110
C 011100100100011
D 110101101101110
E 111100110100111
F 111100110100100
G 011100101101011
H 101101111101101
I 111010010010111
J 001001001101010
K 101101110101101
L 100100100100111
M 101111111101101
N 110101101101101
O 010101101101010
P 110101110100100
Q 010101101111011
R 110101110101101
S 011100010001110
T 111010010010010
U 101101101101111
V 101101101101010
W 101101111111101
X 101101010101101
Y 101101010010010
Z 111001010100111
0 111101101101111
1 010110010010111
2 110001010100111
3 110001010001110
4 101101111001001
5 111100110001110
6 011100111101111
7 111001010010010
8 111101111101111
9 111101111001110
- 000000111000000
' 010010000000000
. 000000000000010
"""


@cache
def _glyphs() -> dict[str, npt.NDArray[np.bool_]]:
    rows = [line.split(" ") for line in _FONT.strip().splitlines()]
    return {letter: np.array([dot == "1" for dot in dots]).reshape(5, 3) for letter, dots in rows}


def plain(text: str) -> str:
    """Returns a text in the letters that there are: capitals without accents; others become blanks.

    Example:
        >>> plain("Zoë O’Brien"), plain("张 H12")
        ("ZOE O'BRIEN", '  H12')
    """
    flat = unicodedata.normalize("NFD", text.replace("’", "'").upper())
    letters = [letter for letter in flat if not unicodedata.combining(letter)]
    return "".join(letter if letter in _glyphs() else " " for letter in letters)


def lettered(text: str) -> npt.NDArray[np.bool_]:
    r"""Returns the dots of a line of plain text, `HEIGHT` rows high.

    Example:
        >>> for row in lettered("H1")[:5]:
        ...     print("".join("#" if dot else " " for dot in row).rstrip())
        # #  #
        # # ##
        ###  #
        # #  #
        # # ###
    """
    dots = np.zeros((HEIGHT, WIDTH * len(text)), dtype=bool)
    for place, letter in enumerate(text):
        if letter in _glyphs():
            dots[:5, WIDTH * place : WIDTH * place + 3] = _glyphs()[letter]
    return dots
