"""Finished resources, a shelf a type: found by id, by patient and by what can be searched."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from sim.exchange.facade.columns import Times, Words
from sim.exchange.facade.parameters import KINDS
from sim.exchange.fhir.schema import validator

Maker = Callable[[], pd.DataFrame]
"""Makes the table of a shelf: id, text, patient (but for what is nobody's) and the columns that `PARAMETERS`
name; `fault` where a resource is known to be wrong; `date.end` beside the begins of periods."""


@dataclass
class Shelf:
    """All resources of one type.

    Attributes:
        kind: The type.
        ids: Their ids, in their order.
        texts: The resources as JSON.
        table: The columns that can be searched.
        faults: What is wrong with those that are not given, by row.
    """

    kind: str
    ids: list[str]
    texts: list[str]
    table: pd.DataFrame
    faults: dict[int, str]
    _words: dict[str, Words] = field(default_factory=dict)
    _times: dict[str, Times] = field(default_factory=dict)

    @classmethod
    def of(cls, kind: str, table: pd.DataFrame) -> "Shelf":
        """Puts resources on a shelf and looks which of them the official schema refuses."""
        texts = table["text"].tolist()
        faults = _faults(kind, texts)
        if "fault" in table:
            told = enumerate(table["fault"].tolist())
            faults |= {row: text for row, text in told if isinstance(text, str)}
        columns = table.drop(columns=["text"]).reset_index(drop=True)
        return cls(kind, table["id"].tolist(), texts, columns, faults)

    def __len__(self) -> int:
        """Returns how many there are, the faulty ones included."""
        return len(self.ids)

    @cached_property
    def row_of(self) -> dict[str, int]:
        """The row of each id."""
        return {ident: row for row, ident in enumerate(self.ids)}

    @cached_property
    def patients(self) -> Words | None:
        """Whose each resource is; None where the type is nobody's."""
        name = "id" if self.kind == "Patient" else "patient"
        return Words.of(self.table[name]) if name in self.table else None

    @cached_property
    def sound(self) -> "np.typing.NDArray[np.bool_]":
        """Which resources may be given as far as their form goes."""
        rows = np.ones(len(self), dtype=bool)
        rows[list(self.faults)] = False
        return rows

    def words(self, name: str) -> Words:
        """Returns a column as texts."""
        if name not in self._words:
            self._words[name] = Words.of(self.table[name])
        return self._words[name]

    def times(self, name: str) -> Times:
        """Returns a column as times."""
        if name not in self._times:
            self._times[name] = Times.of(self.table[name], self.table.get(f"{name}.end"))
        return self._times[name]


def _faults(kind: str, texts: list[str]) -> dict[int, str]:
    judge = validator(kind)
    found = {}
    for row, text in enumerate(texts):
        resource = json.loads(text)
        if not judge.is_valid(resource):
            error = next(judge.iter_errors(resource))
            place = ".".join([kind, *map(str, error.instance_path)])
            found[row] = f"{place}: {error.message}"
    return found


class Store:
    """The shelves of an exchange; each is filled when it is first looked at.

    Args:
        makers: What makes the table of each type.
        offset: Offset of the district's clocks, such as "-06:00".

    Raises:
        KeyError: A type is not known.
    """

    def __init__(self, makers: Mapping[str, Maker], offset: str = "-06:00") -> None:
        """Makes nothing yet."""
        self.offset = offset
        self._makers = {kind: makers[kind] for kind in KINDS if kind in makers}
        self._shelves: dict[str, Shelf] = {}
        self._locks = {kind: threading.Lock() for kind in self._makers}

    @property
    def kinds(self) -> tuple[str, ...]:
        """The types that there are shelves for."""
        return tuple(self._makers)

    def shelf(self, kind: str) -> Shelf:
        """Returns the shelf of a type."""
        shelf = self._shelves.get(kind)
        if shelf is None:
            with self._locks[kind]:
                shelf = self._shelves.get(kind) or Shelf.of(kind, self._makers[kind]())
                self._shelves[kind] = shelf
        return shelf

    def ready(self, kind: str) -> bool:
        """Says whether a shelf is filled, or there is none to fill."""
        return kind in self._shelves or kind not in self._makers

    def empty(self, kind: str) -> None:
        """Empties a shelf; it is filled anew when it is next looked at."""
        self._shelves.pop(kind, None)

    def fill(self) -> None:
        """Fills all shelves, so that nobody has to wait later."""
        for kind in self.kinds:
            self.shelf(kind)
