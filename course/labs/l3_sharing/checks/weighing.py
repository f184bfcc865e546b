"""Task 3.3: how much a piece of agreement says: m, u, weights, and what must not be counted twice."""

import math
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd

from grading.compare import close, is_number, ramp
from grading.tasks import REFERENCE, Case, Check, Kind, Symptom, Task, load_module
from grading.variants import new_ids, renamed, shuffled, widened
from sim.seeds import PUBLIC_KEY, Seeds
from sim.world import World

_HOSPITALS = load_module(Path(__file__).with_name("hospitals.py"), "hilab_lab_l3_sharing_hospitals")

LEVELS = {
    "given": ("equal", "alike", "other"),
    "family": ("equal", "other"),
    "birth_date": ("equal", "alike", "other"),
    "sex": ("equal", "other"),
    "digits": ("equal", "other"),
    "address": ("equal", "other"),
}
"""What is compared, and the levels of agreement, the best first."""

ROWS = [(field, level) for field, levels in LEVELS.items() for level in levels]
SAMPLE = 600
"""Pairs that clerks have looked at; all of them where there are fewer."""

U_OFF, M_OFF, OWN, NEAR = 0.2, 0.12, 0.02, 0.02
"""How far u may be off as a share, m as a number, and a weight in points: from one's own m and u, and when
it is added up."""

Pair = tuple[str, str]
Frame = pd.DataFrame


# ---- Cases -------------------------------------------------------------------------------------------

_A = [
    ("A1", "Zoë", "Núñez", "F", "1990-05-01", "555-0101", "3 Mill Lane"),
    ("A2", "Paul", "Adams", "M", "1962-11-02", "555-0102", "8 Hill Road"),
    ("A3", "Pia", "Adams", "F", "1962-11-02", "555-0102", "8 Hill Road"),
    ("A4", "Tom", "Baker", "M", "1955-01-23", None, "9 Oak Avenue"),
    ("A5", "Paul", "Stone", "M", "1990-12-24", "555-0105", None),
]
_B = [
    ("B1", "ZOE", "NUNEZ", "F", "1990-01-05", "555-0101", "1 Dock Road"),
    ("B2", "Paul", "ADAMS", "M", "1962-11-02", None, "8 Hill Road"),
    ("B3", "Pete", "ADAMS", "M", None, "555-0102", "8 Hill Road"),
    ("B4", "Tommy", "BAKER", "M", "1955-01-23", "555-0104", "9 Oak Avenue"),
]
_SEEN = [
    ("A1", "B1", True),
    ("A2", "B2", True),
    ("A3", "B2", False),
    ("A2", "B3", False),
    ("A4", "B4", True),
    ("A3", "B3", False),
]
_M = {
    "given": (2 / 3, 1 / 3, 0.001),
    "family": (1.0, 0.001),
    "birth_date": (2 / 3, 1 / 3, 0.001),
    "sex": (1.0, 0.001),
    "digits": (1.0, 0.001),
    "address": (2 / 3, 1 / 3),
}
_U = {
    "given": (0.1, 0.2, 0.7),
    "family": (0.1, 0.9),
    "birth_date": (0.1, 0.1, 0.8),
    "sex": (0.4, 0.6),
    "digits": (1 / 6, 5 / 6),
    "address": (1 / 6, 5 / 6),
}
_WEIGHTS = {
    "given": (8.0, 1.0, -4.0),
    "family": (7.0, -3.0),
    "birth_date": (13.0, 3.0, -8.0),
    "sex": (1.0, -9.0),
    "digits": (11.0, -3.0),
    "address": (10.0, -3.0),
}
_POINTS = [("A1", "B1", 27.0), ("A2", "B2", 39.0), ("A2", "B3", 30.0), ("A5", "B2", -2.0), ("A4", "B4", 32.0)]


def _small(rows: list[tuple[str | None, ...]]) -> Frame:
    names = ["number", "given_name", "family_name", "sex", "birth_date", "phone", "address"]
    table = pd.DataFrame(rows, columns=names).assign(area=None, verified_id=None)
    keyed: Frame = _HOSPITALS.keyed(table.astype("str"))
    return keyed


def _table(**columns: dict[str, tuple[float, ...]]) -> Frame:
    """Writes figures by field, one for each level, as a table."""
    named = {name: [value for field in LEVELS for value in by[field]] for name, by in columns.items()}
    fields, levels = zip(*ROWS, strict=True)
    return pd.DataFrame({"field": fields, "level": levels, **named})


def fixtures() -> list[Case]:
    """Gives nine registrations and six pairs of them that were looked at, points, and five counts."""
    one, two = _small(_A), _small(_B)
    pairs = [[a, b] for a, b, _ in _SEEN]
    weights = {
        field: tuple(math.log2(m / u) for m, u in zip(_M[field], _U[field], strict=True)) for field in LEVELS
    }
    share = [
        [True, True, True, 80], [True, False, True, 10], [False, True, True, 5], [False, False, True, 5],
        [True, True, False, 20], [True, False, False, 20], [False, True, False, 20],
        [False, False, False, 940],
    ]  # fmt: skip
    alone = [
        [True, True, True, 72], [True, False, True, 18], [False, True, True, 8], [False, False, True, 2],
        [True, True, False, 10], [True, False, False, 90], [False, True, False, 90],
        [False, False, False, 810],
    ]  # fmt: skip
    apart = [
        [True, True, True, 25], [True, False, True, 25], [False, True, True, 25], [False, False, True, 25],
        [True, True, False, 50], [True, False, False, 50], [False, True, False, 50],
        [False, False, False, 250],
    ]  # fmt: skip
    asked = (
        ("brothers' coats, both equal", share, [True, True], 8.9015, 5.3219, "once"),
        ("brothers' coats, both different", share, [False, False], -5.9411, -4.2326, "once"),
        ("hats and bags, both equal", alone, [True, True], 6.1699, 6.1699, "each"),
        ("hats and bags, one equal", alone, [True, False], 1.0, 1.0, "each"),
        ("gloves and scarves, just one point apart", apart, [True, True], 2.0, 1.0, "each"),
    )
    return [
        Case("weigh", "nine registrations", (one, two, pairs, [list(each) for each in _SEEN]),
             expected=_table(m=_M, u=_U, weight=weights)),
        Case("score", "five pairs", (one, two, [[a, b] for a, b, _ in _POINTS], _table(weight=_WEIGHTS)),
             expected=[points for *_, points in _POINTS]),
        *(Case("count_once", name, (counts, pattern),
               expected={"added": added, "together": together, "count": count})
          for name, counts, pattern, added, together, count in asked),
    ]  # fmt: skip


def district(world: World) -> list[Case]:
    """Gives the three pairs of hospitals, one of them in another form, points, and counts of two parts."""
    tables: dict[str, Frame] = _HOSPITALS.registered(world)
    expected = None if world.truth is None else REFERENCE
    cases: list[Case] = []
    for one, two in _HOSPITALS.COUPLES:
        a, b, true = tables[one], tables[two], _HOSPITALS.true_pairs(world, one, two, tables)
        pairs = [list(pair) for pair in _HOSPITALS.candidates(a, b)]
        cases += _weighed(f"{one} and {two}", "district", a, b, pairs, _seen(pairs, true), expected)
        cases += [
            Case("count_once", f"{one} and {two}: {' and '.join(parts)}",
                 (_counted(a, b, true, parts), pattern), "district", expected)
            for parts, pattern in PARTS
        ]  # fmt: skip
    new = new_ids(b["number"], "Q")
    other = widened(renamed(shuffled(b, "3.3"), {"number": new}))
    turned = [[first, new[second]] for first, second in pairs]
    seen = [[first, new[second], match] for first, second, match in _seen(pairs, true)]
    return cases + _weighed("shuffled, renamed", "variant", shuffled(a, "3.3"), other, turned, seen, expected)


def _seen(pairs: list[list[str]], true: list[Pair]) -> list[list[Any]]:
    """Draws the pairs that clerks have looked at, and tells what they saw."""
    stream = Seeds(PUBLIC_KEY, "lab", "3.3").stream("seen")
    chosen = stream.permutation(len(pairs))[:SAMPLE]
    known = set(true)
    return [[*pairs[at], tuple(pairs[at]) in known] for at in sorted(chosen)]


def _weighed(
    name: str, kind: Kind, a: Frame, b: Frame, pairs: list[list[str]], seen: list[list[Any]], expected: Any
) -> list[Case]:
    return [
        Case("weigh", name, (a, b, pairs, seen), kind, expected),
        Case("score", name, (a, b, pairs, _table(weight=_WEIGHTS)), kind, expected),
    ]


PARTS: tuple[tuple[tuple[str, str], list[bool]], ...] = (
    (("digits", "address"), [True, True]),
    (("month", "day"), [False, False]),
    (("given", "month"), [True, True]),
    (("sex", "day"), [True, True]),
)
"""Two things that are compared, and the pattern asked for: whether each agrees."""


def _counted(a: Frame, b: Frame, true: list[Pair], parts: tuple[str, str]) -> list[list[Any]]:
    """Counts all pairs of two hospitals by whether two parts agree, and whether they are one person's."""
    one, two = (_parts(table).dropna(subset=list(parts)) for table in (a, b))
    mine, theirs = (table.set_index("number") for table in (one, two))
    both = [pair for pair in true if pair[0] in mine.index and pair[1] in theirs.index]
    left, right = mine.loc[[x for x, _ in both]], theirs.loc[[y for _, y in both]]
    agree = [left[part].to_numpy() == right[part].to_numpy() for part in parts]
    every = [_together(one, two, list(some)) for some in ((parts[0],), (parts[1],), parts)]
    rows = []
    for first in (True, False):
        for second in (True, False):
            matched = int(((agree[0] == first) & (agree[1] == second)).sum())
            several = _cell(len(one) * len(two), *every, first, second)
            rows += [[first, second, True, matched], [first, second, False, several - matched]]
    return rows


def _parts(table: Frame) -> Frame:
    """Returns the registrations with the parts of the date of birth as columns of their own."""
    born = table["birth_date"]
    return table.assign(year=born.str[:4], month=born.str[5:7], day=born.str[8:])


def _together(one: Frame, two: Frame, parts: list[str]) -> int:
    """Counts the pairs of all rows that agree in some parts."""
    left, right = (table.value_counts(parts) for table in (one, two))
    return int((left * right).sum())


def _cell(every: int, first: int, second: int, both: int, one: bool, other: bool) -> int:
    """Counts the pairs of a pattern from those that agree in the first part, in the second, and in both."""
    if one:
        return both if other else first - both
    return second - both if other else every - first - second + both


# ---- Form --------------------------------------------------------------------------------------------


def contract(case: Case, value: Any) -> str | None:
    """Says what is wrong with the form of an answer, or None."""
    if case.function == "weigh":
        return _form_of_weights(value)
    if case.function == "score":
        right = isinstance(value, list | tuple) and len(value) == len(case.args[2])
        told = "score() must return a list with one number for each pair."
        return None if right and all(is_number(points) for points in value) else told
    right = isinstance(value, dict) and all(is_number(value.get(name)) for name in ("added", "together"))
    told = (
        'count_once() must return {"added": a number, "together": a number, "count": one of "once", "each"}.'
    )
    return None if right and value.get("count") in ("once", "each") else told


def _form_of_weights(value: Any) -> str | None:
    if not isinstance(value, pd.DataFrame):
        return "weigh() must return a DataFrame."
    if missing := [name for name in ("field", "level", "m", "u", "weight") if name not in value]:
        return f"weigh(): the column '{missing[0]}' is missing."
    named = sorted(zip(value["field"].astype(str), value["level"].astype(str), strict=True))
    if named != sorted(ROWS):
        return "weigh(): there must be one row for each field and level of the table in the task."
    numbers = value[["m", "u", "weight"]].to_numpy().ravel().tolist()
    return None if all(is_number(number) for number in numbers) else "weigh(): m, u and weight are numbers."


# ---- Scores ------------------------------------------------------------------------------------------


def _figures(value: Frame, column: str) -> dict[tuple[str, str], float]:
    named = zip(value["field"], value["level"], strict=True)
    return dict(zip(named, value[column].astype(float), strict=True))


def _share_near(case: Case, value: Frame, column: str) -> float:
    """Share of the levels whose figure is near enough."""
    got, wanted = _figures(value, column), _figures(case.expected, column)
    allowed = {row: U_OFF * wanted[row] if column == "u" else M_OFF for row in ROWS}
    return sum(close(got[row], wanted[row], allowed[row]) for row in ROWS) / len(ROWS)


def _near(column: str) -> Callable[[Case, Any], float]:
    def score(case: Case, value: Any) -> float:
        return ramp(_share_near(case, value, column), zero_at=0.6, full_at=1.0)

    return score


def _example(case: Case, value: Any) -> float:
    return (_near("m")(case, value) + _near("u")(case, value) + _weights(case, value)) / 3


def _weights(case: Case, value: Any) -> float:
    """Share of the fields whose weights follow from m and u and fall from the best level to the worst.

    Nothing unless most of u is right: weights that follow from wrong figures weigh nothing.
    """
    if _share_near(case, value, "u") < 0.6:
        return 0.0
    m, u, weight = (_figures(value, column) for column in ("m", "u", "weight"))
    right = []
    for field, levels in LEVELS.items():
        rows = [(field, level) for level in levels]
        own = all(min(m[r], u[r]) > 0 and close(weight[r], math.log2(m[r] / u[r]), OWN) for r in rows)
        fall = all(weight[better] > weight[worse] for better, worse in pairwise(rows))
        right.append(own and fall)
    return sum(right) / len(right)


def _points(case: Case, value: Any) -> float:
    hits = [close(got, wanted, NEAR) for got, wanted in zip(value, case.expected, strict=True)]
    return ramp(sum(hits) / len(hits), zero_at=0.8, full_at=1.0)


def _counted_once(case: Case, value: Any) -> float:
    """A third each for both figures and the decision; nothing without the weight of both together."""
    wanted = case.expected
    together, added = (close(value[name], wanted[name], NEAR) for name in ("together", "added"))
    return (1 + added + (value["count"] == wanted["count"])) / 3 if together else 0.0


# ---- Misconceptions ----------------------------------------------------------------------------------


def _from_the_picked(case: Case, value: Any) -> bool:
    """Whether u was taken from pairs that were picked because they agree, or that hold one person's."""
    got, wanted = _figures(value, "u"), _figures(case.expected, "u")
    rows = [(field, "equal") for field in ("birth_date", "digits", "address")]
    return sum(got[row] > 1.5 * wanted[row] for row in rows) >= 2


def _blank_is_other(case: Case, value: Any) -> bool:
    """Whether blanks lost as many points as disagreement."""
    one, two, pairs, weights = case.args
    lost = {row: points for row, points in _figures(weights, "weight").items() if row[1] == "other"}
    sides = [table.set_index("number").isna() for table in (one, two)]
    shown = 0
    for (a, b), got, wanted in zip(pairs, value, case.expected, strict=True):
        blank = [field for field in LEVELS if sides[0].at[a, field] or sides[1].at[b, field]]
        if blank and close(got, wanted + sum(lost[field, "other"] for field in blank), NEAR):
            shown += 1
    return shown >= 2


def _blank_counted(case: Case, value: Any) -> bool:
    """Whether blanks stand in m or u as disagreement, seen where the example has many."""
    got = _figures(value, "m")
    return case.kind == "fixture" and got["digits", "equal"] < 0.9 and got["digits", "other"] > 0.1


def _apart(case: Case, value: Any) -> bool:
    """Whether parts were held independent that are not."""
    return (
        case.expected["count"] == "once"
        and value["count"] == "each"
        and close(value["together"], case.expected["added"], NEAR)
    )


WEIGHING = Task(
    id="3.3",
    title="Comparing and weighing",
    functions=("weigh", "score", "count_once"),
    checks=(
        Check(
            "3.3.example",
            "The example registrations",
            1.5,
            "weigh",
            _example,
            ("fixture",),
            expected="m, u and weight of every level; blanks count for nothing.",
        ),
        Check(
            "3.3.u",
            "How often two people agree (u)",
            2.5,
            "weigh",
            _near("u"),
            expected="Every u within 20 % of how often two rows of the first hospital are on that level.",
        ),
        Check(
            "3.3.m",
            "How often one person agrees with himself (m)",
            1.5,
            "weigh",
            _near("m"),
            expected="Every m within .12 of what the labelled sample tells.",
        ),
        Check(
            "3.3.weights",
            "The weights",
            1.5,
            "weigh",
            _weights,
            expected="The logarithm of m / u to the base 2, falling from equal to other; most of u is right.",
        ),
        Check(
            "3.3.score_example",
            "The example pairs",
            0.5,
            "score",
            _points,
            ("fixture",),
            expected="The points of each of the five pairs.",
        ),
        Check(
            "3.3.score",
            "Points of all pairs",
            1.5,
            "score",
            _points,
            expected="The points of each pair, in the order of the pairs.",
        ),
        Check(
            "3.3.once_example",
            "The example counts",
            1.0,
            "count_once",
            _counted_once,
            ("fixture",),
            expected="The points added up, those together, and whether to count once.",
        ),
        Check(
            "3.3.once",
            "Parts that belong together",
            2.0,
            "count_once",
            _counted_once,
            expected="The points added up, those together, and whether to count once.",
        ),
    ),
    contract=contract,
    fixtures=fixtures,
    district=district,
    symptoms=(
        Symptom("MC43", "score", _blank_is_other),
        Symptom("MC43", "weigh", _blank_counted),
        Symptom("MC42", "weigh", _from_the_picked),
        Symptom("MC204", "count_once", _apart),
    ),
    hints=(
        "Take one field. Write down how often it agrees in pairs of one person, and how often in pairs of "
        "two people. The weight compares these two shares.",
        "m comes from the pairs that clerks found to be one person. u comes from pairs that nobody picked: "
        "any two rows of the first hospital. A pair with a blank counts neither for nor against.",
        "For u count how often each value occurs in the first hospital: n rows make n (n - 1) / 2 equal "
        "pairs. A beginning, such as the first letter, is counted likewise, less the equal ones.",
    ),
)
