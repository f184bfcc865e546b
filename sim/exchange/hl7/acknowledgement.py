"""The answer to a message: ACK with MSA, and ERR where something is wrong."""

from sim.exchange.hl7.errors import CODES, MessageError
from sim.exchange.hl7.message import NULL, VERSION, Message
from sim.exchange.hl7.separators import Separators


def acknowledge(received: Message | MessageError, at: str | None = None) -> str:
    r"""Writes the answer that the standard asks for.

    AA accepts a message; AE says that its content is at fault; AR rejects its type, event, processing id or
    version. The answer has the usual separators and is ASCII but for what it quotes.

    Args:
        received: The message, or why it cannot be taken.
        at: Time of the answer, as HL7 writes times; the received message's own (MSH-7) if none is given.

    Returns:
        The text of the ACK; the null value stands for a control id that could not be read.

    Example:
        >>> acknowledge(MessageError(101, "MSH", "the header ends", 1)).split("\r")[1:]
        ['MSA|AE|""', 'ERR||MSH^1^1|101^Required field missing^HL70357|E||||the header ends', '']
    """
    error = received if isinstance(received, MessageError) else None
    header = received.header if isinstance(received, MessageError) else received.header_texts
    code = "AA" if error is None else "AE" if error.code < 200 else "AR"
    control = header.get(10) or NULL
    event = header.get(9, "").split("^")[1:2]
    sender, receiver = (header.get(3, ""), header.get(4, "")), (header.get(5, ""), header.get(6, ""))
    answer = f"A{control}" if control != NULL else "A0"
    kind = "^".join(["ACK", *(event or [""]), "ACK"])
    lines = [
        [
            "MSH",
            Separators().others,
            *receiver,
            *sender,
            at or header.get(7) or NULL,
            "",
            kind,
            answer,
            "P",
            VERSION,
        ],
        ["MSA", code, control],
    ]
    if error is not None:
        place = [Separators().escaped(error.segment), str(error.sequence)]
        place += [] if error.field is None else [str(error.field)]
        words = f"{error.code}^{CODES[error.code]}^HL70357"
        lines.append(["ERR", "", "^".join(place), words, "E", "", "", "", Separators().escaped(error.text)])
    return "".join("|".join(line) + "\r" for line in lines)
