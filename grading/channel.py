"""Frames over a socket, with a deadline for every byte: the judge's end of the line.

A frame is four bytes of length (big-endian) and that many bytes. The far end may be hostile: it may stop
reading, stop writing, or send whatever it likes.
"""

import os
import select
import socket
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
        end: The judge's end of a pair of stream sockets.
    """

    def __init__(self, end: socket.socket) -> None:
        """Makes it non-blocking."""
        self._end = end
        end.setblocking(False)

    def send(self, data: bytes, deadline: float) -> None:
        """Sends one frame before the deadline (of `time.monotonic`).

        Raises:
            Late: The far end does not read.
            Broken: The far end has ended.
        """
        head, rest = SIZE.pack(len(data)), memoryview(data)
        while head or rest:
            self._wait_to_write(deadline)
            try:
                sent = os.writev(self._end.fileno(), [head, rest])
                head, rest = head[sent:], rest[max(0, sent - len(head)) :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise Broken from error

    def hand_over(self, file: int, deadline: float) -> None:
        """Sends an empty frame with an open file; raises like `send`."""
        while True:
            self._wait_to_write(deadline)
            try:
                socket.send_fds(self._end, [SIZE.pack(0)], [file])
                return
            except BlockingIOError:
                continue
            except OSError as error:
                raise Broken from error

    def _wait_to_write(self, deadline: float) -> None:
        if not select.select([], [self._end], [], max(0.0, deadline - time.monotonic()))[1]:
            raise Late

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
            ready, _, _ = select.select([self._end], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise Late
            try:
                part = os.read(self._end.fileno(), min(count, 1 << 20))
            except BlockingIOError:
                continue
            except OSError as error:
                raise Broken from error
            if not part:
                raise Broken
            parts.append(part)
            count -= len(part)
        return b"".join(parts)
