"""Lookup tables: CSV files whose rows say, for some people, how probable each way to go on is.

A table has a column for each state that may follow; every other column is a question: `age` in
years ("15-24", both ends included), `time` in milliseconds since 1970 ("a-b"), `gender`, `race`, or
any attribute. A row becomes a branch under its questions; the defaults of the transition follow
last. A row whose probabilities are all 0 says nothing, and the defaults hold.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from sim.engine.gmf_logic import is_race, is_ses, is_sex
from sim.engine.gmf_place import LARGEST, Place, short
from sim.engine.kinds import Compare, Test
from sim.engine.model import Branch, Logic, Option, Value
from sim.engine.sources import File
from sim.errors import HilabError

Tables = Mapping[str, File]
"""The lookup tables by file name."""

_EPOCH = 25567.0
"""Days from 1900-01-01 to 1970-01-01."""

_YEAR = 365.25
_ROUNDING = 0.02
"""By how much printed probabilities may miss 1."""


@dataclass(frozen=True, slots=True)
class Table:
    """A lookup table as read.

    Attributes:
        file: Its file, for errors.
        columns: Its column names.
        rows: Line number and cells of each row.
    """

    file: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read_table(file: str, content: bytes) -> Table:
    r"""Reads a table; each row must have as many cells as there are columns.

    Raises:
        HilabError: Naming file, line and what was expected.

    Example:
        >>> read_table("t.csv", b"age,Ill,Well\n0-9,0.1,0.9\n").columns
        ('age', 'Ill', 'Well')
    """
    try:
        lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise HilabError(f"{file}: expected a table in CSV, encoded in UTF-8 ({error}).") from None
    rows = [
        (number, tuple(cell.strip() for cell in cells))
        for number, cells in enumerate(lines, start=1)
        if any(cell.strip() for cell in cells)
    ]
    if len(rows) < 2:
        raise HilabError(f"{file}: expected a line of column names and at least one row.")
    columns = rows[0][1]
    if len(set(columns)) < len(columns) or "" in columns:
        _fail(file, rows[0][0], "expected each column to have a name of its own")
    for number, cells in rows[1:]:
        if len(cells) != len(columns):
            _fail(file, number, f"expected {len(columns)} cells, found {len(cells)}")
    return Table(file, columns, tuple(rows[1:]))


def lookup_branches(place: Place, items: list[Any], tables: Tables) -> tuple[Branch, ...]:
    """Reads a "lookup_table_transition" and the table it names."""
    parts = [place.mapping(item, "a part of the transition") for item in items]
    names = {place.text(part.get("lookup_table_name"), '"lookup_table_name"') for part in parts}
    name = min(names)
    if len(names) > 1:
        place.fail(f'expected one "lookup_table_name" in a transition, found {len(names)}')
    if name not in tables:
        place.fail(f"there is no lookup table {short(name)}")
    targets = [place.text(part.get("transition"), '"transition"') for part in parts]
    defaults = [place.share(part.get("default_probability"), '"default_probability"') for part in parts]
    table = read_table(tables[name].label, tables[name].content)
    for target in targets:
        if target not in table.columns:
            _fail(table.file, 1, f"expected a column {short(target)}, a state that may follow")
    rows = (_row(table, number, cells, targets) for number, cells in table.rows)
    last = Branch(_options(targets, defaults))
    return (*(branch for branch in rows if branch.options), last)


def _options(targets: list[str], shares: list[float]) -> tuple[Option, ...]:
    pairs = list(zip(targets, shares, strict=True))
    return tuple(Option(target, share) for target, share in pairs if share > 0.0) or (Option(targets[-1]),)


def _row(table: Table, line: int, cells: tuple[str, ...], targets: list[str]) -> Branch:
    found = dict(zip(table.columns, cells, strict=True))
    shares = [_share(table, line, target, found[target]) for target in targets]
    total = sum(shares)
    asked = [_question(table, line, name, cell) for name, cell in found.items() if name not in targets]
    terms = tuple(term for question in asked for term in question)
    if total == 0.0:
        return Branch(())
    if abs(total - 1.0) > _ROUNDING:
        _fail(table.file, line, f"expected the probabilities to add up to 1, found {total:g}")
    if len(terms) < 2:
        return Branch(_options(targets, shares), terms[0] if terms else None)
    return Branch(_options(targets, shares), Logic(Test.AND, terms=terms))


def _share(table: Table, line: int, column: str, cell: str) -> float:
    number = _number(cell)
    if number is None or not 0.0 <= number <= 1.0:
        _fail(table.file, line, f"expected a probability in the column {short(column)}, found {short(cell)}")
    return number


def _question(table: Table, line: int, name: str, cell: str) -> tuple[Logic, ...]:
    """Asks what a cell asks; "*" and an empty cell ask nothing."""
    if cell in ("", "*"):
        return ()
    place = Place(f"{table.file}, line {line}")
    match name.lower():
        case "age":
            low, high = _range(table, line, name, cell)
            return (
                Logic(Test.AGE, Compare.GREATER_EQUAL, value=low * _YEAR),
                Logic(Test.AGE, Compare.LESS, value=(high + 1.0) * _YEAR),
            )
        case "time":
            low, high = (_EPOCH + x / 86400e3 for x in _range(table, line, name, cell))
            return (
                Logic(Test.DATE, Compare.GREATER_EQUAL, value=low),
                Logic(Test.DATE, Compare.LESS_EQUAL, value=high),
            )
        case "gender":
            return (is_sex(place, cell.upper()),)
        case "race":
            return (is_race(place, cell),)
        case "socioeconomic_category":
            return (is_ses(place, cell),)
    return (Logic(Test.ATTRIBUTE, Compare.EQUAL, name, _value(cell)),)


def _range(table: Table, line: int, name: str, cell: str) -> tuple[float, float]:
    low, _, high = cell.partition("-")
    ends = _number(low), _number(high or low)
    if ends[0] is None or ends[1] is None or not 0.0 <= ends[0] <= ends[1]:
        _fail(table.file, line, f"expected a range like 0-9 in the column {short(name)}, found {short(cell)}")
    return ends[0], ends[1]


def _value(cell: str) -> Value:
    if cell.lower() in ("true", "false"):
        return float(cell.lower() == "true")
    number = _number(cell)
    return number if number is not None and abs(number) <= LARGEST else cell


def _number(cell: str) -> float | None:
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if abs(number) < 1e15 else None


def _fail(file: str, line: int, expected: str) -> NoReturn:
    raise HilabError(f"{file}, line {line}: {expected}.")
