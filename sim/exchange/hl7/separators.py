"""The separators of a message (MSH-1 and MSH-2) and the escape sequences that stand for them in text."""

import re
from dataclasses import dataclass
from functools import cached_property

from sim.exchange.hl7.errors import MessageError


@dataclass(frozen=True)
class Separators:
    r"""The five characters that give a message its form.

    Attributes:
        field: Between fields (MSH-1).
        component: Between components, the first character of MSH-2.
        repetition: Between repetitions of a field.
        escape: Around escape sequences.
        subcomponent: Between subcomponents.

    Raises:
        MessageError: They are not five different characters, or one is a letter, digit, blank, quotation
            mark, full stop or control character.

    Example:
        >>> Separators().escaped("Smith & Sons^")
        'Smith \\T\\ Sons\\S\\'
        >>> Separators().unescaped(r"2\.br\3\X2B\4")
        '2\n3+4'
    """

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"

    def __post_init__(self) -> None:
        """Refuses characters that could not part anything."""
        every = self.field + self.others
        if len(every) != 5 or len(set(every)) != 5:
            raise MessageError(102, "MSH", "expected five different separators", 2)
        if any(c.isalnum() or c.isspace() or not c.isprintable() or c in '".' for c in every):
            raise MessageError(102, "MSH", "expected separators that are signs, not letters or digits", 2)

    @property
    def others(self) -> str:
        """The text of MSH-2."""
        return self.component + self.repetition + self.escape + self.subcomponent

    @cached_property
    def _written(self) -> dict[int, str]:
        named = {
            self.field: "F",
            self.component: "S",
            self.subcomponent: "T",
            self.repetition: "R",
            self.escape: "E",
            "\n": ".br",
            "\r": "X0D",
        }
        return {ord(sign): f"{self.escape}{name}{self.escape}" for sign, name in named.items()}

    @cached_property
    def _sequence(self) -> re.Pattern[str]:
        sign = re.escape(self.escape)
        return re.compile(f"{sign}(.*?)(?:{sign}|$)", re.DOTALL)

    def escaped(self, text: str) -> str:
        """Writes text so that no sign of it parts anything."""
        return text.translate(self._written)

    def unescaped(self, text: str, encoding: str = "utf-8") -> str:
        """Reads text with escape sequences.

        Highlighting is left out, as plain text has none.

        Args:
            text: What stands between separators.
            encoding: What hexadecimal sequences are read in.

        Raises:
            MessageError: A sequence does not end or is not known; segment and field are then still blank.
        """
        if self.escape not in text:
            return text
        return self._sequence.sub(lambda found: self._plain(found, encoding), text)

    def _plain(self, found: re.Match[str], encoding: str) -> str:
        name = found[1]
        signs = {
            "F": self.field,
            "S": self.component,
            "T": self.subcomponent,
            "R": self.repetition,
            "E": self.escape,
            "H": "",
            "N": "",
            ".br": "\n",
        }
        if len(found[0]) < 2 or not found[0].endswith(self.escape):
            raise MessageError(102, "", f"the escape sequence '{found[0][:10]}' does not end")
        if name in signs:
            return signs[name]
        if re.fullmatch("X([0-9A-Fa-f]{2})+", name):
            try:
                return bytes.fromhex(name[1:]).decode(encoding)
            except UnicodeDecodeError:
                raise MessageError(102, "", f"'{name[:10]}' is no text in {encoding}") from None
        raise MessageError(102, "", f"the escape sequence '{name[:10]}' is not known")
