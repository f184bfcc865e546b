"""Which segments and fields a message of a kind needs."""

from sim.exchange.hl7.errors import MessageError
from sim.exchange.hl7.message import NULL, Message, Segment

_VISIT = ("EVN", "PID", "PV1")

SEGMENTS: dict[str, dict[str | None, tuple[str, ...]]] = {
    "ADT": {
        **dict.fromkeys(("A01", "A03", "A04", "A08", "A11", "A13"), _VISIT),
        "A40": ("EVN", "PID", "MRG"),
    },
    "ORU": {"R01": ("PID", "OBR", "OBX")},
    "ACK": {None: ("MSA",)},
}
"""Segments that a message must have, in order, by type and event; an answer may name any event."""

FIELDS = {
    "EVN": (2,),
    "PID": (3, 5),
    "PV1": (2,),
    "MRG": (1,),
    "OBR": (4,),
    "OBX": (3, 11),
    "DG1": (1, 6),
    "MSA": (1,),
}
"""Fields that a segment must have; an answer to what could not be read names no message (MSA-2)."""

PLAIN = {"PID": {3: (1, 2, 3, 5)}, "MRG": {1: (1, 2, 3, 5)}}
"""Components without subcomponents: of record numbers (type CX) all but who gave them. Where one has some,
the components stand in the wrong order."""

STATUSES = "CDFINOPRSUWX"
"""Statuses of a result (OBX-11, HL7 table 0085)."""


def check(message: Message) -> None:
    """Refuses a message that lacks what its kind needs.

    Raises:
        MessageError: The first thing that is missing, out of order or not allowed.
    """
    try:
        _check(message)
    except MessageError as error:
        error.header = message.header_texts
        raise


def _check(message: Message) -> None:
    kind, event = message.kind
    if kind not in SEGMENTS:
        raise MessageError(200, "MSH", f"messages of type '{kind}' are not read here", 9)
    events = SEGMENTS[kind]
    if event not in events and None not in events:
        raise MessageError(201, "MSH", f"the event '{event}' is not read here", 9)
    _check_order(message, events.get(event, events.get(None, ())))
    counts: dict[str, int] = {}
    for segment in message.segments:
        counts[segment.name] = counts.get(segment.name, 0) + 1
        for number in FIELDS.get(segment.name, ()):
            if segment.text(number) in (None, NULL) and not _any(segment, number):
                raise MessageError(
                    101, segment.name, "a required field is empty", number, counts[segment.name]
                )
        _check_plain(segment, counts[segment.name])
        if segment.name == "OBX":
            _check_result(segment, counts["OBX"])


def _any(segment: Segment, number: int) -> bool:
    """Whether any part of a field has a value."""
    return any(
        part not in ("", NULL) for repetition in segment.field(number) for c in repetition for part in c
    )


def _check_plain(segment: Segment, sequence: int) -> None:
    for number, plain in PLAIN.get(segment.name, {}).items():
        for repetition in segment.field(number):
            if any(len(repetition[place - 1]) > 1 for place in plain if place <= len(repetition)):
                raise MessageError(
                    102, segment.name, "a component has parts that it cannot have", number, sequence
                )


def _check_order(message: Message, wanted: tuple[str, ...]) -> None:
    names = [segment.name for segment in message.segments]
    place = 0
    for name in wanted:
        if name not in names:
            raise MessageError(100, name, "a required segment is missing")
        if names.index(name) < place:
            raise MessageError(100, name, "a segment stands before one that it must follow")
        place = names.index(name)


def _check_result(segment: Segment, sequence: int) -> None:
    status = segment.text(11) or ""
    if status not in STATUSES or len(status) != 1:
        raise MessageError(103, "OBX", f"'{status}' is no status of a result", 11, sequence)
    value, kind = segment.text(5), segment.text(2)
    if value is not None and kind is None:
        raise MessageError(101, "OBX", "a value without its type", 2, sequence)
    if kind == "NM" and value not in (None, NULL) and not _number(value or ""):
        raise MessageError(102, "OBX", f"'{(value or '')[:20]}' is no number", 5, sequence)


def _number(text: str) -> bool:
    return text.isascii() and text.lstrip("+-").replace(".", "", 1).isdigit()
