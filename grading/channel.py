"""Frames over a pair of pipes, with a deadline for every byte: the judge's end of the line.

A frame is four bytes of length (big-endian) and that many bytes. The far end may be hostile: it may stop
reading, stop writing, or send whatever it likes.
"""

import os
import select
import time

from grading.plainjson import LIMIT, SIZE

FRAME = LIMIT + 64 * 1024
"""Largest frame that is accepted: an answer and its head."""


class Broken(Exception):
    """The far end ended, or sent something that is no frame."""


class Late(Exception):
    """The far end did not answer in time."""


class Channel:
    """The judge's end of a line to a sandbox.

    Args:
        source: File descriptor to read from.
        sink: File descriptor to write to.
    """

    def __init__(self, source: int, sink: int) -> None:
        """Makes both ends non-blocking."""
        self._source, self._sink = source, sink
        os.set_blocking(source, False)
        os.set_blocking(sink, False)

    def send(self, data: bytes, deadline: float) -> None:
        """Sends one frame before the deadline (of `time.monotonic`).

        Raises:
            Late: The far end does not read.
            Broken: The far end has ended.
        """
        head, rest = SIZE.pack(len(data)), memoryview(data)
        while head or rest:
            _, ready, _ = select.select([], [self._sink], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise Late
            try:
                sent = os.writev(self._sink, [head, rest])
                head, rest = head[sent:], rest[max(0, sent - len(head)) :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise Broken from error

    def receive(self, deadline: float) -> bytes:
        """Returns the next frame before the deadline (of `time.monotonic`).

        Raises:
            Late: Nothing came in time.
            Broken: The far end has ended or sent no frame.
        """
        (length,) = SIZE.unpack(self._exactly(SIZE.size, deadline))
        if length > FRAME:
            raise Broken
        return self._exactly(length, deadline)

    def _exactly(self, count: int, deadline: float) -> bytes:
        parts: list[bytes] = []
        while count > 0:
            ready, _, _ = select.select([self._source], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise Late
            try:
                part = os.read(self._source, min(count, 1 << 20))
            except BlockingIOError:
                continue
            except OSError as error:
                raise Broken from error
            if not part:
                raise Broken
            parts.append(part)
            count -= len(part)
        return b"".join(parts)
