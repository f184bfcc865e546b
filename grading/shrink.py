"""Makes a failing input small: delta debugging (Zeller and Hildebrandt, 2002) over rows of tables.

It asks in batches, because one message to the sandbox with twenty small tables costs hardly more than one
with a single table.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pandas as pd

Item = tuple[int, int]
"""The number of an argument and of a row, or of a place in a list, in it."""

_ROWS_A_BATCH = 20_000
_MOST_A_BATCH = 48


@dataclass(frozen=True)
class Smallest:
    """What is left of an input.

    Attributes:
        items: The rows that are left, in their order.
        proven: Whether without any one of them the failure is gone; False if the time was over before.
        tried: Number of inputs that were tried.
    """

    items: tuple[Item, ...]
    proven: bool
    tried: int


def smallest(
    items: Sequence[Item], fails: Callable[[list[list[Item]]], list[bool]], seconds: float = 120.0
) -> Smallest:
    """Returns a smallest part of an input that still fails.

    Args:
        items: The whole input, which fails; related items should stand beside one another.
        fails: From several parts, each in order, to whether they fail.
        seconds: When to stop with what there is.

    Example:
        >>> both = lambda parts: [(0, 3) in part and (0, 90) in part for part in parts]
        >>> smallest([(0, n) for n in range(100)], both).items
        ((0, 3), (0, 90))
    """
    end, left, tried, pieces = time.monotonic() + seconds, list(items), 0, 2
    if fails([[]])[0]:
        return Smallest((), True, 1)
    while len(left) > 1:
        found = None
        for batch in _batches(_candidates(left, min(pieces, len(left))), len(left)):
            if time.monotonic() > end:
                return Smallest(tuple(left), False, tried)
            tried += len(batch)
            answers = fails([part for part, _ in batch])
            found = next((one for one, failed in zip(batch, answers, strict=True) if failed), None)
            if found is not None:
                break
        if found is not None:
            left, pieces = found
        elif pieces >= len(left):
            break
        else:
            pieces *= 2
    return Smallest(tuple(left), True, tried)


def _candidates(left: list[Item], pieces: int) -> Iterator[tuple[list[Item], int]]:
    """Gives parts to try, each with the number of pieces to cut it into next: each piece, then all but it."""
    cuts = [round(number * len(left) / pieces) for number in range(pieces + 1)]
    spans = [(a, b) for a, b in pairwise(cuts) if a < b]
    yield from ((left[a:b], 2) for a, b in spans)
    if len(spans) > 2:
        yield from ((left[:a] + left[b:], max(pieces - 1, 2)) for a, b in spans)


def _batches(
    candidates: Iterator[tuple[list[Item], int]], size: int
) -> Iterator[list[tuple[list[Item], int]]]:
    """Gives candidates a few at a time: many if they are small, two at least."""
    most = max(2, min(_MOST_A_BATCH, _ROWS_A_BATCH // max(size, 1)))
    batch: list[tuple[list[Item], int]] = []
    for candidate in candidates:
        batch.append(candidate)
        if len(batch) == most:
            yield batch
            batch = []
    if batch:
        yield batch


def items_of(args: Sequence[Any]) -> list[Item]:
    """Returns every row of every table among arguments; rows that share a key stand beside one another.

    The key is the column that all tables have in common, if there are several and there is one. Lists of
    arguments without a table are taken apart, too.
    """
    tables = {n: arg for n, arg in enumerate(args) if isinstance(arg, pd.DataFrame)}
    if not tables:
        return [
            (n, place) for n, arg in enumerate(args) if isinstance(arg, list) for place in range(len(arg))
        ]
    rows = [(n, row) for n, table in tables.items() for row in range(len(table))]
    shared = set.intersection(*(set(map(str, table.columns)) for table in tables.values()))
    key = next((str(name) for name in next(iter(tables.values())).columns if name in shared), None)
    if len(tables) < 2 or key is None:
        return rows
    keys = {n: table[key].astype("str").tolist() for n, table in tables.items()}
    return sorted(rows, key=lambda item: (keys[item[0]][item[1]], item))


def part_of(args: Sequence[Any], items: Sequence[Item]) -> tuple[Any, ...]:
    """Returns arguments that hold only the given rows, in their first order and counted anew."""
    tables = any(isinstance(arg, pd.DataFrame) for arg in args)
    chosen: dict[int, list[int]] = {}
    for number, row in items:
        chosen.setdefault(number, []).append(row)
    return tuple(_part(arg, sorted(chosen.get(n, [])), tables) for n, arg in enumerate(args))


def _part(arg: Any, rows: list[int], tables: bool) -> Any:
    if isinstance(arg, pd.DataFrame):
        return arg.iloc[rows].reset_index(drop=True)
    if isinstance(arg, list) and not tables:
        return [arg[row] for row in rows]
    return arg
