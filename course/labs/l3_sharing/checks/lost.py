"""Task 3.6: whose links are missing, and what that does to a rate."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from grading.compare import close, is_number, precision_recall, ramp
from grading.tasks import REFERENCE, Case, Check, Symptom, Task, load_module
from grading.variants import new_ids, renamed, shuffled, widened
from sim.exchange.linkage.agreement import agreements, by_facts, by_surname
from sim.seeds import PUBLIC_KEY, Seeds
from sim.world import World

_HOSPITALS = load_module(Path(__file__).with_name("hospitals.py"), "hilab_lab_l3_sharing_hospitals")

AGES = {0: "0-17", 18: "18-64", 65: "65+"}
BY = ["sex", "age", "name", "payer", "origin"]
COLUMNS = ["by", "group", "pairs", "found", "recall", "low", "high"]
CAUSES = ("none", "links", "people", "hidden")
LEAST, ASKED, GAP, APART = 80, 30, 0.1, 0.05
CLOSE = 0.25  # unlike .1 and .05 a gap that differences of binary numbers meet exactly
NEAR, WIDE = 0.0005, 0.02

Group = tuple[str, str]


# ---- Small cases -------------------------------------------------------------------------------------

_PAIRS = [
    ("A01", "B01", "F", "kept"),
    ("A02", "B02", "F", "kept"),
    ("A03", "B03", "F", "kept"),
    ("A04", "C04", "F", "changed"),
    ("A05", "C05", "F", "changed"),
    ("A06", "B06", "M", "kept"),
    ("A07", "B07", "M", "kept"),
    ("A08", "C08", "M", "kept"),
    ("B03", "C03", "F", "kept"),
    ("B09", "C09", "M", "unknown"),
]
_LINKS = ["A01 B01", "A02 B02", "A04 C04", "A05 C13", "A06 B06", "A07 B07", "A08 C08", "B03 C03", "A11 B11"]
_RECALL = [
    ("sex", "F", 6, 4, 0.6667, 0.3000, 0.9032),
    ("sex", "M", 4, 3, 0.75, 0.3006, 0.9544),
    ("name", "kept", 7, 6, 0.8571, 0.4869, 0.9743),
    ("name", "changed", 2, 1, 0.5, 0.0945, 0.9055),
    ("name", "unknown", 1, 0, 0.0, 0.0, 0.7935),
]
_JUDGED: list[tuple[str, int, float, list[tuple[str, str, int, int]], list[Group], list[Group]]] = [
    (
        "one group is lost", LEAST, GAP,
        [("sex", "F", 400, 320), ("sex", "M", 400, 328), ("name", "changed", 200, 120),
         ("name", "kept", 600, 528)],
        [("name", "changed")],
        [],
    ),
    (
        "too few to say", LEAST, GAP,
        [("payer", "senior", 200, 176), ("payer", "self-pay", 90, 68), ("payer", "unknown", 5, 1),
         ("origin", "here", 560, 500), ("origin", "elsewhere", 65, 35)],
        [],
        [("payer", "self-pay"), ("payer", "unknown"), ("origin", "elsewhere")],
    ),
    (
        "small, however sure", LEAST, GAP,
        [("sex", "F", 4000, 3200), ("sex", "M", 4000, 3440), ("age", "0-17", 300, 150),
         ("age", "18-64", 6000, 5000), ("age", "65+", 1700, 1490)],
        [("age", "0-17")],
        [],
    ),
    (
        "just enough, and hardly sure", 10, CLOSE,
        [("sex", "F", 40, 22), ("sex", "M", 10, 10), ("name", "changed", 40, 7), ("name", "kept", 10, 6),
         ("origin", "elsewhere", 10, 1), ("origin", "here", 100, 53), ("payer", "self-pay", 80, 40),
         ("payer", "senior", 400, 300)],
        [("sex", "F"), ("origin", "elsewhere"), ("payer", "self-pay")],
        [("name", "changed")],
    ),
]  # fmt: skip
_RATES = [
    ("the links made it", (200, 50, 60, 30), (1000, 450, 200, 180), [0.25, 0.45], [0.5, 0.5], 0.5, "links"),
    ("people differ", (2000, 600, 400, 320), (3000, 1650, 500, 440), [0.3, 0.55], [0.375, 0.625], 0.525,
     "people"),
    ("hardly a difference", (600, 180, 150, 135), (1400, 448, 300, 270), [0.3, 0.32], [0.3333, 0.3556],
     0.3489, "none"),
    ("the links hide it", (400, 120, 100, 50), (900, 270, 200, 180), [0.3, 0.3], [0.6, 0.3333], 0.4154,
     "hidden"),
]  # fmt: skip
_NARROW = [
    ("just apart, by links", (200, 50, 64, 32), (200, 100, 64, 64), [0.25, 0.5], [0.5, 0.5], 0.5, "links"),
    ("just apart, and hidden", (200, 50, 64, 64), (200, 50, 64, 32), [0.25, 0.25], [0.25, 0.5], 0.375,
     "hidden"),
    ("few known, and still sure", (100, 50, 12, 7), (500, 100, 60, 27), [0.5, 0.2], [0.8571, 0.4444], 0.5132,
     "people"),
    ("too few known", (400, 20, 30, 12), (1000, 80, 10, 1), [0.05, 0.08], [0.125, 0.8], 0.6071, "none"),
]  # fmt: skip
"""Rates just as far apart as the gap, `CLOSE`, and rates whose ranges nearly overlap or hardly do."""


def fixtures() -> list[Case]:
    """Gives ten pairs with nine links, four tables and eight comparisons, worked out by hand."""
    pairs = pd.DataFrame(_PAIRS, columns=["a", "b", "sex", "name"]).astype("str")
    links = pd.DataFrame([link.split() for link in _LINKS], columns=["a", "b"]).astype("str")
    recall = pd.DataFrame(_RECALL, columns=COLUMNS)
    return [
        Case("recall_by_group", "ten pairs", (pairs, links, ["sex", "name"]), expected=recall),
        *(
            Case(
                "who_is_lost",
                name,
                (pd.DataFrame(rows, columns=COLUMNS[:4]), least, gap),
                expected={"lost": [list(one) for one in lost], "unclear": [list(one) for one in unclear]},
            )
            for name, least, gap, rows, lost, unclear in _JUDGED
        ),
        *(
            Case(
                "corrected",
                name,
                (_counted(*group), _counted(*others), gap),
                expected={"observed": before, "corrected": after, "all": whole, "cause": cause},
            )
            for gap, rates in ((APART, _RATES), (CLOSE, _NARROW))
            for name, group, others, before, after, whole, cause in rates
        ),
    ]


def _counted(people: int, seen: int, known: int, found: int) -> dict[str, int]:
    return {"people": people, "seen": seen, "known": known, "found": found}


# ---- Cases of a district -----------------------------------------------------------------------------


def district(world: World) -> list[Case]:
    """Gives two ways of linking, one also in another form; judgements and comparisons for each."""
    answer = REFERENCE if world.truth is not None else None
    records: pd.DataFrame = _HOSPITALS.records(world)
    people = _people(world, records)
    pairs, by = _pairs(records, people), list(people)
    told = agreements(records)
    cases = []
    for rule, linked in (("surname and birth date", by_surname(told)), ("four facts of six", by_facts(told))):
        links = told.loc[linked, ["a", "b"]].reset_index(drop=True)
        cases.append(Case("recall_by_group", rule, (pairs, links, by), "district", answer))
        for name, table in _judgements(rule, pairs, links, by):
            cases.append(Case("who_is_lost", name, (table, LEAST, GAP), "district", answer, situation=name))
        for name, sides in _comparisons(rule, records, people, links):
            cases.append(Case("corrected", name, (*sides, APART), "district", answer, situation=name))
    other = _renamed(pairs, links, records["number"])
    return [*cases, Case("recall_by_group", "shuffled, renamed", (*other, by[::-1]), "variant", answer)]


def _people(world: World, records: pd.DataFrame) -> pd.DataFrame:
    """Returns the groups of everybody alive, by person."""
    if world.truth is None:
        own = records.drop_duplicates("person").set_index("person")
        old = own["birth_date"].str[:4] < "1990"
        return own[["sex"]].assign(age=old.map({True: AGES[18], False: AGES[0]}))
    told = world.truth.facts["person_groups"].set_index("person")
    return pd.DataFrame(
        {
            "sex": told["sex"],
            "age": told["age"].map(AGES),
            "name": told["changed_name"].map({True: "changed", False: "kept"}),
            "payer": told["payer"].fillna("unknown"),
            "origin": told["newcomer"].map({True: "elsewhere", False: "here"}),
        }
    ).astype("str")


def _pairs(records: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Returns the pairs of records of one person in two hospitals, with the person's groups."""
    own = records.loc[records["person"].isin(people.index), ["number", "facility", "person"]]
    both = own.merge(own, on="person")
    both = both[both["facility_x"] < both["facility_y"]]
    named = both.rename(columns={"number_x": "a", "number_y": "b"})
    return named.join(people, on="person")[["a", "b", *people]].reset_index(drop=True)


def _renamed(
    pairs: pd.DataFrame, links: pd.DataFrame, numbers: "pd.Series[str]"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    names = new_ids(numbers, "Q")
    one, two = (
        shuffled(renamed(table, {"a": names, "b": names}), f"3.6 {place}")
        for place, table in enumerate((pairs, links))
    )
    return widened(one), two


def _is_linked(pairs: pd.DataFrame, links: pd.DataFrame) -> "pd.Series[bool]":
    both = (pd.MultiIndex.from_frame(table[["a", "b"]]) for table in (pairs, links))
    true, made = both
    return pd.Series(true.isin(made), index=pairs.index)


def _judgements(
    rule: str, pairs: pd.DataFrame, links: pd.DataFrame, by: list[str]
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Gives a table of all pairs, and one for each two hospitals: there many groups have few."""
    marked = pairs.assign(found=_is_linked(pairs, links))
    parts = {"all": marked} | {
        f"{one} and {two}": rows
        for (one, two), rows in marked.groupby([marked["a"].str[0], marked["b"].str[0]])
    }
    for place, part in parts.items():
        rows = [
            (name, str(group), len(there), int(there["found"].sum()))
            for name in by
            if part[name].nunique() > 1
            for group, there in part.groupby(name)
        ]
        yield f"{rule}, {place}", pd.DataFrame(rows, columns=COLUMNS[:4])


def _comparisons(
    rule: str, records: pd.DataFrame, people: pd.DataFrame, links: pd.DataFrame
) -> Iterator[tuple[str, list[dict[str, int]]]]:
    """Gives for each kind of group the smallest of which enough is known, and all others.

    Half of the people whom several hospitals know were asked.
    """
    hospitals = records.groupby("person")["facility"].nunique()
    there = people[people.index.isin(hospitals.index)]
    owner = records.set_index("number")["person"]
    seen = there.index.isin(pd.concat([links["a"], links["b"]]).map(owner))
    asked = Seeds(PUBLIC_KEY, "variant", "3.6").stream("asked").random(len(there)) < 0.5
    known = asked & (hospitals[there.index] > 1).to_numpy()
    for name in there:
        sizes = there.loc[known, name].value_counts()
        group = sizes[sizes >= min(ASKED, sizes.max())].index[-1]
        mine = (there[name] == group).to_numpy()
        sides = [
            _counted(*(int((who & which).sum()) for which in (True, seen, known, known & seen)))
            for who in (mine, ~mine)
        ]
        yield f"{rule}, {name} {group}", sides


# ---- Form --------------------------------------------------------------------------------------------


def contract(case: Case, value: Any) -> str | None:
    """Says what is wrong with the form of an answer, or None."""
    forms = {"recall_by_group": _table_form, "who_is_lost": _lists_form, "corrected": _rates_form}
    return forms[case.function](case, value)


def _table_form(case: Case, value: Any) -> str | None:
    if not isinstance(value, pd.DataFrame) or not set(COLUMNS) <= set(value.columns):
        return f"recall_by_group() must return a DataFrame with the columns {', '.join(COLUMNS)}."
    pairs, _, by = case.args
    wanted = sorted((name, group) for name in by for group in pairs[name].unique())
    if sorted(zip(value["by"], value["group"], strict=True), key=str) != sorted(wanted, key=str):
        return "recall_by_group() must return every group of the pairs exactly once."
    for name in COLUMNS[2:]:
        if not all(isinstance(cell, int | float) for cell in value[name]):
            return f"recall_by_group(): the column {name} must hold numbers."
    return None


def _lists_form(case: Case, value: Any) -> str | None:
    told = 'who_is_lost() must return {"lost": [[by, group], …], "unclear": [[by, group], …]}.'
    if not isinstance(value, dict) or not all(isinstance(value.get(n), list) for n in ("lost", "unclear")):
        return told
    listed = [*value["lost"], *value["unclear"]]
    if not all(isinstance(one, list | tuple) and len(one) == 2 for one in listed):
        return told
    table = case.args[0]
    known = set(zip(table["by"], table["group"], strict=True))
    if any(tuple(one) not in known for one in listed):
        return "who_is_lost(): a list names a group that is not in the table."
    return None


def _rates_form(case: Case, value: Any) -> str | None:
    right = isinstance(value, dict) and value.get("cause") in CAUSES and is_number(value.get("all"))
    for name in ("observed", "corrected"):
        two = value.get(name) if right else None
        right = isinstance(two, list | tuple) and len(two) == 2 and all(is_number(one) for one in two)
    if right:
        return None
    return (
        'corrected() must return {"observed": [two numbers], "corrected": [two numbers], "all": a number, '
        f'"cause": one of {", ".join(CAUSES)}}}.'
    )


# ---- Scores ------------------------------------------------------------------------------------------


def _rows(table: pd.DataFrame) -> dict[Group, dict[str, Any]]:
    return {(row["by"], row["group"]): row for row in table[COLUMNS].to_dict("records")}


def _share_right(columns: tuple[str, ...], tolerance: float) -> Callable[[Case, Any], float]:
    """Scores the share of the groups in which all of some columns are right; half of them earn nothing."""

    def score(case: Case, value: Any) -> float:
        got, wanted = _rows(value), _rows(case.expected)
        hits = [
            all(close(got[group][name], row[name], tolerance) for name in columns)
            for group, row in wanted.items()
        ]
        return ramp(sum(hits) / len(hits), zero_at=0.5, full_at=1.0)

    return score


_counts_right = _share_right(("pairs", "found", "recall"), NEAR)
_ends_right = _share_right(("low", "high"), WIDE)


def _example_right(case: Case, value: Any) -> float:
    return (_counts_right(case, value) + _ends_right(case, value)) / 2


def _named(value: Mapping[str, Any], which: str) -> set[Group]:
    return {(by, group) for by, group in value[which]}


def _somebody_is_lost(case: Case) -> bool:
    return case.expected is None or bool(case.expected["lost"])


def _something_is_said(case: Case) -> bool:
    return case.expected is None or any(case.expected.values())


def _finds(case: Case, value: Any) -> float:
    """Share of the lost groups that are named, if most of those named are lost."""
    precise, complete = precision_recall(_named(value, "lost"), _named(case.expected, "lost"))
    return complete if precise >= 0.5 else 0.0


def _hits(case: Case, value: Any) -> set[Group]:
    """Returns the groups that stand in the right list."""
    lists = ("lost", "unclear")
    return {one for which in lists for one in _named(value, which) & _named(case.expected, which)}


def _spares(case: Case, value: Any) -> float:
    """Whether nobody is named who is not lost, by an answer that has somebody in the right list."""
    return float(bool(_hits(case, value)) and _named(value, "lost") <= _named(case.expected, "lost"))


def _unclear(case: Case, value: Any) -> float:
    """Whether exactly the unclear groups are named, by an answer that has somebody in the right list."""
    same = _named(value, "unclear") == _named(case.expected, "unclear")
    return float(bool(_hits(case, value)) and same)


def _judged(case: Case, value: Any) -> float:
    lists = ("lost", "unclear")
    return sum(_named(value, which) == _named(case.expected, which) for which in lists) / 2


def _both(value: Mapping[str, Any], wanted: Mapping[str, Any], name: str) -> bool:
    return all(close(one, other, NEAR) for one, other in zip(value[name], wanted[name], strict=True))


def _rates_right(case: Case, value: Any) -> float:
    wanted = case.expected
    rates = _both(value, wanted, "observed") and _both(value, wanted, "corrected")
    whole = close(value["all"], wanted["all"], NEAR)
    return (rates + whole + (value["cause"] == wanted["cause"])) / 3 if rates or whole else 0.0


# ---- Misconceptions ----------------------------------------------------------------------------------


def _all_alike(case: Case, value: Any) -> bool:
    """Whether every group is given one recall, though they differ."""
    shares, wanted = value["recall"], case.expected["recall"]
    return bool(wanted.max() - wanted.min() > GAP and shares.max() - shares.min() < NEAR)


def _one_recall(case: Case, value: Any) -> bool:
    """Whether both groups were corrected by the recall of all people together."""
    sides = case.args[:2]
    recall = sum(side["found"] for side in sides) / sum(side["known"] for side in sides)
    told = {"corrected": [side["seen"] / side["people"] / recall for side in sides]}
    return _both(value, told, "corrected") and not _both(value, case.expected, "corrected")


def _few_are_enough(case: Case, value: Any) -> bool:
    return bool(_named(value, "lost") & _named(case.expected, "unclear"))


def _sure_is_large(case: Case, value: Any) -> bool:
    """Whether a group is named that lies only a little below the others."""
    for by, group in _named(value, "lost") - _named(case.expected, "unclear"):
        kind = case.args[0][case.args[0]["by"] == by]
        mine = kind["group"] == group
        own, others = (
            kind.loc[which, "found"].sum() / kind.loc[which, "pairs"].sum() for which in (mine, ~mine)
        )
        if 0 < others - own < case.args[2]:
            return True
    return False


LOST = Task(
    id="3.6",
    title="Who is lost?",
    functions=("recall_by_group", "who_is_lost", "corrected"),
    checks=(
        Check(
            "3.6.example",
            "The ten example pairs",
            1.5,
            "recall_by_group",
            _example_right,
            ("fixture",),
            expected="Pairs, found, recall and both ends of the interval of every group.",
        ),
        Check(
            "3.6.recall",
            "Recall of every group",
            2.25,
            "recall_by_group",
            _counts_right,
            expected="How many true pairs each group has, how many of them are linked, and the share.",
        ),
        Check(
            "3.6.interval",
            "The interval of every recall",
            1.5,
            "recall_by_group",
            _ends_right,
            expected="Both ends of Wilson's interval, within .02.",
        ),
        Check(
            "3.6.judge_example",
            "The example tables",
            0.75,
            "who_is_lost",
            _judged,
            ("fixture",),
            expected="Who is lost, and of whom too little is known.",
        ),
        Check(
            "3.6.lost",
            "Groups that are lost",
            1.25,
            "who_is_lost",
            _finds,
            only=_somebody_is_lost,
            expected="Every group whose recall lies far below that of the others, and surely so.",
        ),
        Check(
            "3.6.calm",
            "No false alarm",
            1.0,
            "who_is_lost",
            _spares,
            only=_something_is_said,
            expected="Nobody named whose recall is only a little lower, or of whom too little is known.",
        ),
        Check(
            "3.6.unclear",
            "Groups of whom too little is known",
            0.75,
            "who_is_lost",
            _unclear,
            only=_something_is_said,
            expected="Exactly the groups with too few pairs, or with a gap that may be chance.",
        ),
        Check(
            "3.6.rates_example",
            "The example rates",
            0.75,
            "corrected",
            _rates_right,
            ("fixture",),
            expected="What the links show, what is likely behind it, also for all together, and the cause.",
        ),
        Check(
            "3.6.rates",
            "Other rates",
            2.25,
            "corrected",
            _rates_right,
            expected="What the links show, what is likely behind it, also for all together, and the cause.",
        ),
    ),
    contract=contract,
    fixtures=fixtures,
    district=district,
    symptoms=(
        Symptom("MC47", "recall_by_group", _all_alike),
        Symptom("MC47", "corrected", _one_recall),
        Symptom("MC230", "who_is_lost", _few_are_enough),
        Symptom("MC231", "who_is_lost", _sure_is_large),
    ),
    hints=(
        "Take the ten pairs and a pencil. Which of them are among the links? Then count by sex, and again "
        "by name.",
        "A pair is found if both its numbers stand together in one link. For a gap, compare a group with all "
        "others of its kind together, and ask three things: enough pairs? large? sure?",
        "Mark each pair as found or not, then group by one column after the other. Each group's rate is "
        "divided by its own recall; the ends of the recall's interval give the ends of the corrected rate.",
    ),
)
