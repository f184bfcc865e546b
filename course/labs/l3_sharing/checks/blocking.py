"""Task 3.2: which pairs of records are worth comparing: so few, and hardly anybody is lost."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from grading.compare import close, is_number, precision_recall, ramp
from grading.tasks import REFERENCE, Case, Check, Kind, Symptom, Task, load_module
from grading.variants import new_ids, renamed, shuffled, widened
from sim.world import World

_HOSPITALS = load_module(Path(__file__).with_name("hospitals.py"), "hilab_lab_l3_sharing_hospitals")

BLOCKED = ["given", "family", "name", "sex", "birth_date", "digits", "address", "area", "verified_id"]
BUDGET = 0.005
NEAR = 0.0005

Pair = tuple[str, str]


# ---- Cases -------------------------------------------------------------------------------------------

_A = [
    ("A1", "Zoë", "Núñez", "F", "1990-05-01", "555-0101", "3 Mill Lane", "X0101", "911"),
    ("A2", "Paul", "Adams", "M", "1962-11-02", "555-0102", "8 Hill Road", "X0101", None),
    ("A3", "Mia", "Chen", "F", "1991-02-08", "555-0103", "5 Ash Street", "X0102", "913"),
    ("A4", "Tom", "Baker", "M", "1955-01-23", "555-0104", "9 Oak Avenue", None, None),
    ("A5", "Ana", "Silva", "F", None, None, "2 Elm Court", "X0103", "915"),
    ("A6", "Eve", "Stone", "F", None, "555-0106", "7 Bay Street", None, None),
]
_B = [
    ("B1", "NUNEZ", "Zoe", "F", "1990-05-01", "555-0199", "1 Dock Road", "X0201", None),
    ("B2", "Paul", "ADAMS", "M", "1962-02-11", "5550177", "8 Hill Road", "X0101", "912"),
    ("B3", "Mia", "WONG", "F", "1991-02-08", None, "5 Ash Street", None, None),
    ("B4", "Tommy", "BAKER", "M", "1955-01-22", "5550104", "4 Fern Way", None, None),
    ("B5", "Ana", "SILVA", "F", None, None, "6 Rose Lane", "X0202", "915"),
    ("B6", "Ian", "FROST", "M", None, None, "2 Pine Road", None, None),
]


def _small() -> tuple[pd.DataFrame, pd.DataFrame]:
    one, two = (pd.DataFrame(rows, columns=_HOSPITALS.TYPED).astype("str") for rows in (_A, _B))
    return _HOSPITALS.keyed(one), _HOSPITALS.keyed(two)


def fixtures() -> list[Case]:
    """Gives six and six registrations of which five are of the same people, and four judgements."""
    true = [(f"A{n}", f"B{n}") for n in range(1, 6)]
    rows, need = [10, 20], [0.98, 0.95]
    one, two = [["a", "x"], ["b", "y"], ["c", "x"]], [["b", "y"], ["d", "z"], ["e", "z"]]
    known = [["a", "x"], ["b", "y"], ["d", "z"], ["f", "w"]]
    asked = (
        ("two passes", [one, two], known, rows, need, 0.75, 0.975, False),
        ("two passes that lose nobody", [one, two], known[:3], rows, need, 1.0, 0.975, True),
        ("just enough", [one, two], known, [10, 8], [0.75, 0.9375], 0.75, 0.9375, True),
        ("everything with everything", [[[a, b] for a in "abcd" for b in "xyzw"]], known[:3], [4, 4], need,
         1.0, 0.0, False),
    )  # fmt: skip
    return [
        Case("block", "six and six registrations", (*_small(), 8), expected={"true": true}),
        *(
            Case(
                "measure_passes",
                name,
                (passes, true_pairs, sizes, wanted),
                expected={"completeness": share, "reduction": saved, "enough": enough},
            )
            for name, passes, true_pairs, sizes, wanted, share, saved, enough in asked
        ),
    ]


def district(world: World) -> list[Case]:
    """Gives the three pairs of hospitals, one of them in another form, and ten judgements."""
    keyed = {
        code: _HOSPITALS.keyed(world.tables[table].rename(columns={"mrn": "number"}))
        for code, table in _HOSPITALS.TABLES.items()
    }
    known = world.truth is not None
    cases = [
        _case(f"{one} and {two}", "district", keyed[one], keyed[two], _HOSPITALS.one_person(world, one, two))
        for one, two in (("H1", "H2"), ("H1", "H3"), ("H2", "H3"))
    ]
    new = new_ids(keyed["H3"]["number"], "Q")
    other = widened(renamed(shuffled(keyed["H3"], "3.2"), {"number": new}))
    true = _HOSPITALS.one_person(world, "H2", "H3")
    moved = None if true is None else [(a, new[b]) for a, b in true]
    cases.append(_case("shuffled, renamed", "variant", shuffled(keyed["H2"], "3.2"), other, moved))
    return cases + _judgements(len(keyed["H2"]), known)


def _case(name: str, kind: Kind, one: pd.DataFrame, two: pd.DataFrame, true: list[Pair] | None) -> Case:
    budget = int(BUDGET * len(one) * len(two))
    return Case("block", name, (one, two, budget), kind, None if true is None else {"true": true})


def _judgements(number: int, known: bool) -> list[Case]:
    """Gives ten sets of passes that overlap, following the district's size."""
    cases = []
    for k in range(10):
        step = (number + k) % 4 + 2
        people = [[f"a{n}", f"b{n}"] for n in range(20)]
        one = people[: 12 + step] + [[f"a{n}", f"b{n + 1}"] for n in range(step)]
        two = people[8 : 14 + 2 * (k % 4)] + [[f"a{n}", f"b{n + 2}"] for n in range(3)]
        three = people[::step]
        args = ([one, two, three], people, [30, 25], [(0.9, 0.8, 0.99)[k % 3], (0.9, 0.97)[k % 2]])
        cases.append(
            Case("measure_passes", f"passes {k + 1}", args, "district", REFERENCE if known else None)
        )
    return cases


# ---- Form --------------------------------------------------------------------------------------------


def contract(case: Case, value: Any) -> str | None:
    """Says what is wrong with the form of an answer, or None."""
    if case.function == "measure_passes":
        right = isinstance(value, dict) and all(
            is_number(value.get(name)) for name in ("completeness", "reduction")
        )
        told = (
            'measure_passes() must return {"completeness": a number, "reduction": a number, '
            '"enough": True or False}.'
        )
        return None if right and isinstance(value.get("enough"), bool) else told
    if not isinstance(value, list | tuple) or not all(_is_pair(each) for each in value):
        return "block() must return a list of pairs of a number of the first table and one of the second."
    one, two, _ = case.args
    first, second = set(one["number"]), set(two["number"])
    if any(a not in first or b not in second for a, b in value):
        return "block(): a pair names a number that is not in its table."
    return None


def _is_pair(value: Any) -> bool:
    return isinstance(value, list | tuple) and len(value) == 2 and all(isinstance(v, str) for v in value)


# ---- Scores ------------------------------------------------------------------------------------------


def _pairs(value: Iterable[Any]) -> set[Pair]:
    return {(a, b) for a, b in value}


def _completeness(case: Case, value: Any) -> float:
    """Share of the true pairs among those that are made."""
    return precision_recall(_pairs(value), set(case.expected["true"]))[1]


def _kept(case: Case, value: Any) -> bool:
    return len(_pairs(value)) <= case.args[2]


def _example(case: Case, value: Any) -> float:
    return ramp(_completeness(case, value), zero_at=0.2, full_at=1.0) if _kept(case, value) else 0.0


def _found(case: Case, value: Any) -> float:
    return ramp(_completeness(case, value), zero_at=0.8, full_at=0.98) if _kept(case, value) else 0.0


def _budget(case: Case, value: Any) -> float:
    """Whether the budget is kept by something that finds most people; from twice the budget on nothing."""
    made = len(_pairs(value)) / case.args[2]
    return ramp(made, zero_at=2.0, full_at=1.0) if _completeness(case, value) >= 0.8 else 0.0


def _measured(case: Case, value: Any) -> float:
    wanted = case.expected
    parts = [
        *(close(value[name], wanted[name], NEAR) for name in ("completeness", "reduction")),
        value["enough"] is wanted["enough"],
    ]
    return sum(parts) / 3 if any(parts[:2]) else 0.0


# ---- Misconceptions ----------------------------------------------------------------------------------


def _blanks_together(case: Case, value: Any) -> bool:
    """Whether records were paired for being blank in the same place."""
    one, two, _ = case.args
    made = _pairs(value)
    for column in ("birth_date", "digits", "verified_id", "area"):
        blank = [set(table.loc[table[column].isna(), "number"]) for table in (one, two)]
        every = len(blank[0]) * len(blank[1])
        # Fewer than four such pairs may agree in something else, and so be there rightly.
        if every >= 4 and sum(a in blank[0] and b in blank[1] for a, b in made) == every:
            return True
    return False


def _single(case: Case, value: Any) -> bool:
    """Whether all pairs agree in one column, and people are lost by it."""
    made = sorted(_pairs(value))
    if not made or _completeness(case, value) > 0.975:
        return False
    one, two, _ = case.args
    sides = [table.set_index("number")[BLOCKED] for table in (one, two)]
    first, second = (
        side.loc[[pair[place] for pair in made]].reset_index(drop=True) for place, side in enumerate(sides)
    )
    alike = (first == second).fillna(False).all()
    return bool(alike.drop("sex").any())


def _added_up(case: Case, value: Any) -> bool:
    """Whether pairs that several passes make were counted several times."""
    passes, _, (a, b), _ = case.args
    made = sum(len(pairs) for pairs in passes)
    return bool(
        close(value["reduction"], 1 - made / (a * b), NEAR)
        and not close(value["reduction"], case.expected["reduction"], NEAR)
    )


BLOCKING = Task(
    id="3.2",
    title="Blocking",
    functions=("block", "measure_passes"),
    checks=(
        Check(
            "3.2.example",
            "The example registrations",
            1.5,
            "block",
            _example,
            ("fixture",),
            expected="All five pairs that are one person, among at most eight.",
        ),
        Check(
            "3.2.completeness",
            "People who are not lost",
            4.0,
            "block",
            _found,
            expected="At least 98 % of the true pairs, within the budget.",
        ),
        Check(
            "3.2.budget",
            "Pairs to compare",
            2.0,
            "block",
            _budget,
            expected="No more pairs than the budget, and at least 80 % of the true pairs among them.",
        ),
        Check(
            "3.2.measure_example",
            "The example passes",
            1.0,
            "measure_passes",
            _measured,
            ("fixture",),
            expected="Completeness, reduction and whether both are enough.",
        ),
        Check(
            "3.2.measure",
            "Other passes",
            1.5,
            "measure_passes",
            _measured,
            expected="Completeness, reduction and whether both are enough.",
        ),
    ),
    contract=contract,
    fixtures=fixtures,
    district=district,
    symptoms=(
        Symptom("MC41", "block", _blanks_together),
        Symptom("MC202", "block", _single),
        Symptom("MC203", "measure_passes", _added_up),
    ),
    hints=(
        "Go through the five true pairs of the example. For each, write down in what the two records agree.",
        "No column is right for everybody. Collect the pairs of several passes, each with another column. "
        "Leave rows out of a pass that are blank there.",
        "Date of birth, telephone, address and checked identifier, each in a pass of its own, and all "
        "pairs in one set. The sex or the area alone makes far too many pairs.",
    ),
)
