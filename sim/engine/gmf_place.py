"""Where in a module file we are, and the one sentence said when something is wrong there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from sim.errors import HilabError

LARGEST = 1e9
"""No number of a module is larger, so that none drawn comes near 1e12: from there on a number is a
text or a reference in the machine."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the files we are reading, for errors."""

    file: str
    state: str = ""

    def fail(self, expected: str) -> NoReturn:
        """Raises the one error a user reads: file, state, what was expected."""
        at = f', state "{printable(self.state)}"' if self.state else ""
        raise HilabError(f"{self.file}{at}: {expected}.")

    def mapping(self, value: object, what: str) -> Mapping[str, Any]:
        """Returns a JSON object, or fails."""
        if not isinstance(value, dict):
            self.fail(f"expected {what} to be an object, found {short(value)}")
        return value

    def items(self, value: object, what: str) -> list[Any]:
        """Returns a JSON list that is not empty, or fails."""
        if not isinstance(value, list) or not value:
            self.fail(f"expected {what} to be a list that is not empty, found {short(value)}")
        return value

    def text(self, value: object, what: str) -> str:
        """Returns a text that is not empty, or fails."""
        if not isinstance(value, str) or not value:
            self.fail(f"expected {what} to be a text, found {short(value)}")
        if any("\ud800" <= letter <= "\udfff" for letter in value):
            self.fail(f"expected {what} to be a text of whole characters, found {short(value)}")
        return value

    def number(self, value: object, what: str) -> float:
        """Returns a number that is not beyond all measure, or fails."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= LARGEST:
            self.fail(f"expected {what} to be a number, found {short(value)}")
        return float(value)

    def share(self, value: object, what: str) -> float:
        """Returns a probability, or fails."""
        found = self.number(value, what)
        if not 0.0 <= found <= 1.0:
            self.fail(f"expected {what} to be a probability, found {found:g}")
        return found

    def truth(self, value: object, what: str) -> bool:
        """Returns true or false, or fails."""
        if not isinstance(value, bool):
            self.fail(f"expected {what} to be true or false, found {short(value)}")
        return value


def printable(name: str) -> str:
    """Returns a name as it may stand in an error sentence: one line, not long."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in name)
    return shown if len(shown) <= 120 else shown[:117] + "..."


def short(value: object) -> str:
    """Returns a value as it may stand in an error sentence: one line, not long."""
    if value is None:
        return "nothing"
    words = " ".join(repr(value).split())
    return words if len(words) <= 40 else words[:37] + "..."
