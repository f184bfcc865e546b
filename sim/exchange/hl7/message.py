"""A message as a tree, and the tree as text.

A message has segments, a segment fields, a field repetitions, a repetition components, a component
subcomponents, which are text. Nothing is trimmed: "a^" has two components, "a" one. An empty field says
nothing; the null value, two quotation marks, says that there is no value and that an old one is to go.
"""

import re
from dataclasses import dataclass
from functools import cached_property

from sim.exchange.hl7.errors import MessageError
from sim.exchange.hl7.separators import Separators

NULL = '""'
"""The null value."""

Component = tuple[str, ...]
Repetition = tuple[Component, ...]
Field = tuple[Repetition, ...]

VERSION = "2.5.1"

ENCODINGS = {
    "": "utf-8",
    "ASCII": "ascii",
    "8859/1": "iso-8859-1",
    "UNICODE UTF-8": "utf-8",
    "GB 18030-2000": "gb18030",
}
"""What a message is written in, by MSH-18 (HL7 table 0211); UTF-8 where it says nothing."""


@dataclass(frozen=True)
class Segment:
    """One segment.

    Attributes:
        name: Its three letters or digits.
        fields: Its fields, the first at place 0; those of MSH begin with the separators themselves.
    """

    name: str
    fields: tuple[Field, ...]

    def field(self, number: int) -> Field:
        """Returns a field by its number, from 1; one empty repetition where it is absent."""
        return self.fields[number - 1] if 0 < number <= len(self.fields) else ((("",),),)

    def text(self, number: int, component: int = 1, subcomponent: int = 1, repetition: int = 1) -> str | None:
        """Returns the text at a place, counted from 1; None where it is empty, `NULL` where it is null."""
        node: object = self.field(number)
        for place in (repetition, component, subcomponent):
            if not isinstance(node, tuple) or not 0 < place <= len(node):
                return None
            node = node[place - 1]
        return str(node) or None


@dataclass(frozen=True)
class Message:
    """A message: its segments, the first of which is MSH."""

    segments: tuple[Segment, ...]

    @property
    def header(self) -> Segment:
        """The segment MSH."""
        return self.segments[0]

    @cached_property
    def separators(self) -> Separators:
        """The separators that MSH names."""
        return Separators(self.header.text(1) or "", *(self.header.text(2) or "")[:4])

    @property
    def kind(self) -> tuple[str | None, str | None]:
        """Type and event, such as ("ORU", "R01")."""
        return self.header.text(9), self.header.text(9, 2)

    @property
    def encoding(self) -> str:
        """What it is written in, in Python's words."""
        return ENCODINGS.get(self.header.text(18) or "", "utf-8")

    @property
    def header_texts(self) -> dict[int, str]:
        """The header's fields from the third on, by number, written with the usual separators."""
        usual = Separators()
        return {
            number: usual.component.join(usual.escaped(part[0]) for part in self.header.field(number)[0])
            for number in range(3, len(self.header.fields) + 1)
        }

    def all(self, name: str) -> list[Segment]:
        """Returns the segments of a name."""
        return [segment for segment in self.segments if segment.name == name]

    def write(self) -> str:
        r"""Writes the message; every segment ends with a carriage return.

        Example:
            >>> parse("MSH|^~\\&|A||||20250101||ACK|1|P|2.5.1\rNTE|1||a\\F\\b").write()[-13:]
            'NTE|1||a\\F\\b\r'
        """
        return "".join(self._line(segment) + "\r" for segment in self.segments)

    def _line(self, segment: Segment) -> str:
        signs = self.separators
        fields = segment.fields[2:] if segment.name == "MSH" else segment.fields
        texts = [
            signs.repetition.join(
                signs.component.join(signs.subcomponent.join(map(signs.escaped, part)) for part in repetition)
                for repetition in field
            )
            for field in fields
        ]
        start = [segment.name] if segment.name != "MSH" else ["MSH", signs.others]
        return signs.field.join([*start, *texts])


def parse(content: bytes | str) -> Message:
    """Reads one message.

    Args:
        content: Its text, or its bytes in the encoding that MSH-18 names.

    Raises:
        MessageError: It is not a message of version 2.5.1 that can be read to its end.
    """
    text = content if isinstance(content, str) else _decoded(content)
    lines = [line for line in re.split("\r\n|\r|\n", text) if line]
    if not lines:
        raise MessageError(100, "MSH", "expected a message, found nothing")
    separators = _separators(lines[0])
    header = _header(lines[0], separators)
    encoding = ENCODINGS.get(header.get(18, ""), "utf-8")
    try:
        segments = []
        counts: dict[str, int] = {}
        for line in lines:
            counts[line[:3]] = counts.get(line[:3], 0) + 1
            segments.append(_segment(line, separators, encoding, counts[line[:3]]))
        message = Message(tuple(segments))
        _check_header(message)
    except MessageError as error:
        error.header = header
        raise
    return message


def _decoded(content: bytes) -> str:
    first = re.split(b"[\r\n]", content.lstrip(b"\r\n"), maxsplit=1)[0].decode("iso-8859-1")
    fields = first.split(first[3:4] or "|")
    name = fields[17] if len(fields) > 17 else ""
    if name not in ENCODINGS:
        raise MessageError(103, "MSH", f"'{name[:20]}' is no character set that is read here", 18)
    try:
        return content.decode(ENCODINGS[name])
    except UnicodeDecodeError as error:
        header = _header(first, Separators()) if first.startswith("MSH|") else {}
        raise MessageError(
            102, "MSH", f"byte {error.start} is no text in {ENCODINGS[name]}", 18, header=header
        ) from None


def _separators(line: str) -> Separators:
    if not line.startswith("MSH"):
        raise MessageError(100, "MSH", f"expected MSH first, found '{line[:3]}'")
    if len(line) < 4:
        raise MessageError(101, "MSH", "the header ends before its separators", 1)
    others = line[4:].split(line[3], 1)[0]
    if len(others) != 4:
        raise MessageError(102, "MSH", f"expected four separators, found {len(others)}", 2)
    return Separators(line[3], *others)


def _header(line: str, separators: Separators) -> dict[int, str]:
    """Returns the header's fields by number, written with the usual separators."""
    usual = Separators()
    texts = line.split(separators.field)[1:]
    parts = (map(usual.escaped, text.split(separators.component)) for text in texts)
    return dict(enumerate((usual.component.join(part) for part in parts), start=2))


def _segment(line: str, signs: Separators, encoding: str, sequence: int) -> Segment:
    name, *texts = line.split(signs.field)
    if not re.fullmatch("[A-Z][A-Z0-9]{2}", name):
        raise MessageError(100, name[:3], "a segment begins with three capitals or digits", None, sequence)
    first: tuple[Field, ...] = ()
    if name == "MSH":
        texts = texts[1:]
        first = (((signs.field,),),), (((signs.others,),),)
    fields = []
    for number, text in enumerate(texts, start=len(first) + 1):
        try:
            fields.append(_field(text, signs, encoding))
        except MessageError as error:
            raise MessageError(error.code, name, error.text, number, sequence) from None
    return Segment(name, (*first, *fields))


def _field(text: str, signs: Separators, encoding: str) -> Field:
    return tuple(
        tuple(
            tuple(signs.unescaped(part, encoding) for part in component.split(signs.subcomponent))
            for component in repetition.split(signs.component)
        )
        for repetition in text.split(signs.repetition)
    )


def _check_header(message: Message) -> None:
    if len(message.all("MSH")) > 1:
        raise MessageError(100, "MSH", "a message has one header", None, 2)
    for number, what in ((9, "message type"), (10, "control id"), (11, "processing id"), (12, "version")):
        if message.header.text(number) in (None, NULL):
            raise MessageError(101, "MSH", f"the {what} is missing", number)
    if message.header.text(11) not in ("P", "T", "D"):
        raise MessageError(202, "MSH", f"'{message.header.text(11)}' is neither P, T nor D", 11)
    if message.header.text(12) != VERSION:
        raise MessageError(203, "MSH", f"expected version {VERSION}, found '{message.header.text(12)}'", 12)
