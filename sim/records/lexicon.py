"""What the states of a program mean, looked up for many rows at once."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sim.population.numbers import Ints
from sim.records.columns import lookup

if TYPE_CHECKING:
    from sim.engine import State

Word = "Callable[[State], str | None]"


class Lexicon:
    """The meanings of states; each kind of meaning is gathered once.

    Args:
        states: What each state number means.
    """

    def __init__(self, states: "Sequence[State]") -> None:
        """Keeps the states."""
        self.states = tuple(states)
        self._words: dict[str, tuple[pa.Array, npt.NDArray[np.int32]]] = {}
        self._numbers: dict[str, npt.NDArray[np.float64]] = {}

    def words(self, name: str, state: Ints, of: "Callable[[State], str | None] | None" = None) -> pa.Array:
        """Returns a text for each state number; blank where it is -1 or has no such text.

        Args:
            name: Attribute of `State`, or a name for what `of` returns.
            state: State numbers.
            of: How a state says its text, if not by the attribute.
        """
        if name not in self._words:
            texts = [of(each) if of else getattr(each, name) for each in self.states]
            different = dict.fromkeys(text for text in texts if text)
            place = {text: number for number, text in enumerate(different)}
            code = np.array([*(place.get(text or "", -1) for text in texts), -1], dtype=np.int32)
            self._words[name] = pa.array(list(different), pa.string()), code
        dictionary, code = self._words[name]
        return lookup(dictionary, code[state])

    def numbers(self, name: str, state: Ints, of: "Callable[[State], float]") -> npt.NDArray[np.float64]:
        """Returns a number for each state number.

        Args:
            name: A name for what `of` returns.
            state: State numbers, none of them -1.
            of: How a state says its number.
        """
        if name not in self._numbers:
            self._numbers[name] = np.array([of(each) for each in self.states], dtype=np.float64)
        return np.asarray(self._numbers[name][state])

    def concept(self, state: Ints, before: str = "") -> dict[str, Any]:
        """Returns the columns CODE and DESCRIPTION, or with REASON before them."""
        return {
            f"{before}CODE": self.words("code", state),
            f"{before}DESCRIPTION": self.words("display", state),
        }
