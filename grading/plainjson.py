"""Strict JSON for what comes from a student's code.

Run as a program it is a disposable vetter: frames of JSON in, one verdict a frame out. It needs the
standard library only, so it starts in a few milliseconds, and it limits its own memory and time: whatever
a hostile answer does to the parser, it does to this process.
"""

import json
import re
import struct
import sys
from typing import IO, Any

LIMIT = 4 * 1024 * 1024
"""Largest answer in bytes."""

DEPTH = 24
"""Deepest nesting of an answer."""

DIGITS = 40
"""Longest whole number of an answer."""

SIZE = struct.Struct(">I")
"""The head of a frame: the number of bytes that follow."""

_MARKS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


class NotPlain(ValueError):
    """A value that is not plain data, said in a sentence a student understands."""


def parse(data: bytes) -> Any:
    """Parses JSON strictly: size, UTF-8, depth, no key twice, no NaN, no huge whole number.

    Raises:
        NotPlain: One of them does not hold.

    Example:
        >>> parse(b'{"a": [1, 2.5, null]}')
        {'a': [1, 2.5, None]}
    """
    if len(data) > LIMIT:
        raise NotPlain(f"The answer is too large: at most {LIMIT:,} bytes are allowed.")
    try:
        text = data.decode("utf-8", errors="surrogatepass")
        opened = text.count("[") + text.count("{")
        if (
            opened > DEPTH and nesting(text) > DEPTH
        ):  # few brackets cannot be deep, and counting them is quick
            raise NotPlain("The answer is nested too deeply.")
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant, parse_int=_integer)
    except NotPlain:
        raise
    except (ValueError, RecursionError) as error:
        raise NotPlain("The answer is not in the agreed form.") from error


def nesting(text: str) -> int:
    """Returns the deepest nesting of JSON text; brackets inside strings do not count.

    Example:
        >>> nesting('{"a[[[": [1]}')
        2
    """
    deepest = now = 0
    for mark in _MARKS.finditer(text):
        first = mark.group()[0]
        if first in "[{":
            now += 1
            deepest = max(deepest, now)
        elif first in "]}":
            now -= 1
    return deepest


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise NotPlain("The answer names the same key twice.")
    return found


def _no_constant(word: str) -> Any:
    raise NotPlain(f"The answer holds a bare {word}.")


def _integer(digits: str) -> int:
    if len(digits) > DIGITS:
        raise NotPlain(f"The answer holds a number with more than {DIGITS} digits.")
    return int(digits)


def _limit() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
    resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def vet(source: IO[bytes], answers: IO[bytes]) -> None:
    """Reads frames until the source ends; answers each with an empty line or a sentence."""
    while head := source.read(SIZE.size):
        data = source.read(*SIZE.unpack(head))
        try:
            parse(data)
            verdict = ""
        except NotPlain as problem:
            verdict = str(problem)
        answers.write(verdict.encode("utf-8") + b"\n")
        answers.flush()


if __name__ == "__main__":
    _limit()
    vet(sys.stdin.buffer, sys.stdout.buffer)
