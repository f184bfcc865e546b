"""Arguments laid out so that a question uses them where they lie.

A package (`values.pack`) is for keeping: reading it makes every table anew. What is laid out here is for the
way into the sandbox: columns lie in it as they lie in memory, and a table made from it uses them where they
are. That costs a quarter of the time. It goes only from the judge to a question, under the same Python with
the same packages, and never back: it is pickle, and nothing that a student's code sends may be read as such.
"""

import json
import mmap
import pickle
from typing import Any

from grading.plainjson import SIZE
from grading.values import pack, unpack

_ALIGNED = 64
"""Columns begin at multiples of so many bytes, as Arrow and numpy like it."""


def lay(value: Any) -> bytes:
    """Lays out trusted values; whoever lifts them gets what `unpack(pack(value))` gives.

    Example:
        >>> lift(lay([b"raw", {"a": 1}]))
        [b'raw', {'a': 1}]
    """
    columns: list[pickle.PickleBuffer] = []
    tree = pickle.dumps(unpack(pack(value)), protocol=5, buffer_callback=columns.append)
    parts = [memoryview(tree), *(column.raw() for column in columns)]
    head = json.dumps([part.nbytes for part in parts]).encode("ascii")
    data = bytearray(SIZE.pack(len(head)) + head)
    for part in parts:
        data += bytes(_padding(len(data)))
        data += part
    return bytes(data)


def lift(data: bytes | bytearray | mmap.mmap) -> Any:
    """Returns the values that `lay` laid out. Only for bytes of the trusted side.

    Tables share memory with the data; they can be changed if the data can.
    """
    whole = memoryview(data)
    at = SIZE.size + SIZE.unpack_from(whole)[0]
    parts = []
    for size in json.loads(bytes(whole[SIZE.size : at])):
        at += _padding(at)
        parts.append(whole[at : at + size])
        at += size
    return pickle.loads(parts[0], buffers=parts[1:])  # noqa: S301 (the judge's, read by the student's side)


def _padding(at: int) -> int:
    return -at % _ALIGNED
