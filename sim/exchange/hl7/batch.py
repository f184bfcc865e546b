"""Files of messages, one after another."""

import re

from sim.exchange.hl7.errors import MessageError
from sim.exchange.hl7.message import Message, parse
from sim.exchange.hl7.structure import check

ENVELOPE = (b"FHS", b"BHS", b"BTS", b"FTS")
"""Segments around the messages of a batch; they are passed over."""


def split(content: bytes | str) -> list[bytes]:
    r"""Parts a file into messages, each from one MSH to the next; what stands before the first is one too.

    Bytes that frame messages on a line (MLLP: 0B before, 1C after) are passed over.

    Example:
        >>> split("MSH|a\rPID|1\rMSH|b\r")
        [b'MSH|a\rPID|1\r', b'MSH|b\r']
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    messages: list[list[bytes]] = []
    for line in filter(None, re.split(b"[\r\n\x0b\x1c]+", data)):
        if line[:3] in ENVELOPE:
            continue
        if line.startswith(b"MSH") or not messages:
            messages.append([])
        messages[-1].append(line)
    return [b"\r".join(lines) + b"\r" for lines in messages]


def read_all(content: bytes | str) -> list[Message | MessageError]:
    """Reads a file of messages: each as a message, or as what is wrong with it.

    Args:
        content: The file. Text is read as it is, whatever MSH-18 says.

    Returns:
        One entry a message; an empty file gives one error.
    """
    return [_receive(message, isinstance(content, str)) for message in split(content) or [b""]]


def _receive(content: bytes, as_text: bool) -> Message | MessageError:
    try:
        message = parse(content.decode("utf-8") if as_text else content)
        check(message)
    except MessageError as error:
        return error
    return message
