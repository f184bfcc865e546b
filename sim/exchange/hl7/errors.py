"""What can be wrong with a message, in the words of the standard."""

from sim.errors import HilabError

CODES = {
    100: "Segment sequence error",
    101: "Required field missing",
    102: "Data type error",
    103: "Table value not found",
    200: "Unsupported message type",
    201: "Unsupported event code",
    202: "Unsupported processing id",
    203: "Unsupported version id",
}
"""HL7 table 0357, as far as we report it; codes from 200 on reject the message."""


class MessageError(HilabError):
    """A message cannot be taken as it is.

    Attributes:
        code: Code of HL7 table 0357.
        segment: Name of the segment at fault.
        sequence: Which segment of that name, from 1.
        field: Number of the field, or None where the whole segment is at fault.
        text: What is wrong, in one sentence.
        header: The header's fields 3 to 6 and 10 to 11 as far as they could be read, for the answer.
    """

    def __init__(
        self,
        code: int,
        segment: str,
        text: str,
        field: int | None = None,
        sequence: int = 1,
        header: dict[int, str] | None = None,
    ) -> None:
        """Keeps what is wrong and where."""
        self.code, self.segment, self.sequence = code, segment, sequence
        self.field, self.text, self.header = field, text, header or {}
        place = segment if field is None else f"{segment}-{field}"
        super().__init__(f"{place}: {text} (error {code}, {CODES[code].lower()}).")
