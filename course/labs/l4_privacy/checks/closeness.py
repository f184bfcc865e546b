"""Task 4.5b (optional): classes that are diverse and tell a lot all the same."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from grading.blurred import cost, is_true, misfit
from grading.compare import close, is_number, ramp, weaker
from grading.tasks import REFERENCE, Case, Check, Symptom, Task
from grading.variants import new_ids, renamed, shuffled, widened
from sim.policy.released import list_patients, with_diagnosis
from sim.seeds import PUBLIC_KEY, Seeds
from sim.world import World

QIDS = ["age", "sex", "area"]
GROUPS = {"C": "cancer", "F": "mental", "I": "circulation", "E": "metabolism", "J": "breathing"}
K, LIMIT = 20, 0.3
SMALL_K, SMALL_LIMIT = 6, 0.35
PLANTED = 6
CAP, SLACK, WORST = 0.05, 1.6, 3.0
"""Largest share of rows left out; how many times the plain way's cost is full, and how many earn nothing."""

ROUNDING = 1e-9


# ---- Cases -------------------------------------------------------------------------------------------

_SMALL = [
    ("20-39", "F", "X0", {"other": 6, "circulation": 2}),
    ("20-39", "M", "X0", {"other": 5, "circulation": 3}),
    ("40-59", "F", "X0", {"cancer": 5, "mental": 3}),
    ("40-59", "M", "X0", {"other": 7, "circulation": 2, "cancer": 1}),
    ("60-79", "M", "X0", {"circulation": 6}),
]


def _small() -> pd.DataFrame:
    rows = [
        (age, sex, area, kind)
        for age, sex, area, counts in _SMALL
        for kind, count in counts.items()
        for _ in range(count)
    ]
    table = pd.DataFrame(rows, columns=[*QIDS, "kind"]).astype("str")
    table.insert(0, "row_id", [f"R{number:02d}" for number in range(1, len(table) + 1)])
    return table


def fixtures() -> list[Case]:
    """Gives five classes of which two are too far from the whole, and four guesses, worked out by hand.

    The plain way joins the cancers with the women of 20 to 39 (16 rows, one cell of three), and the six of
    one kind with the men of 20 to 39 (14 rows, one cell): 10 of 40.
    """
    small = _small()
    # Of 40 rows 18 are other, 13 circulation, 6 cancer and 3 mental.
    far = small.loc[(small["age"] + small["sex"]).isin(["40-59F", "60-79M"]), "row_id"].tolist()
    whole = {"other": 18, "circulation": 13, "cancer": 6, "mental": 3}
    asked = (
        ({"cancer": 5, "mental": 3}, "cancer", 0.15, 0.625),
        ({"cancer": 5, "mental": 3}, "other", 0.45, 0.0),
        ({"circulation": 6}, "circulation", 0.325, 1.0),
        ({"other": 7, "circulation": 2, "cancer": 1}, "cancer", 0.15, 0.1),
    )
    return [
        # The women of 20 to 39 lie exactly there, which is not too far.
        Case("too_far", "five classes", (small, QIDS, "kind", 0.3), expected=far),
        Case(
            "tighten",
            f"five classes, k = {SMALL_K}",
            (small, QIDS, "kind", SMALL_K, SMALL_LIMIT),
            expected={"cost": 10 / 40},
        ),
        *(
            Case(
                "gain",
                f"{value} in a class of {sum(counts.values())}",
                (counts, whole, value),
                expected={"before": before, "after": after, "times": after / before},
            )
            for counts, value, before, after in asked
        ),
    ]


def _released(world: World) -> pd.DataFrame:
    """Returns a coarse release of the large hospital with kinds of illness, some classes made skewed."""
    people = list_patients(world.tables["his_patients"])
    people = with_diagnosis(people, world.tables["his_encounters"])
    low = people["age"] // 20 * 20
    table = pd.DataFrame(
        {
            "row_id": people["mrn"],
            "age": low.astype("str") + "-" + (low + 19).astype("str"),
            "sex": people["sex"],
            "area": people["zone"].fillna(""),
            "kind": people["dx"].str[0].map(GROUPS).fillna("other"),
        }
    ).astype("str")
    table = table[table.groupby(QIDS)["row_id"].transform("size") >= K].reset_index(drop=True)
    classes = [rows.index for _, rows in table.groupby(QIDS) if len(rows) <= 5 * K]
    order = Seeds(PUBLIC_KEY, "variant", "4.5b").stream("classes").permutation(len(classes))
    for number, place in enumerate(order[:PLANTED]):
        rows = classes[place]
        # Two rare kinds: diverse by any count, and told all the same.
        table.loc[rows[::2], "kind"] = "cancer"
        table.loc[rows[1::2], "kind"] = "mental" if number % 2 else "breathing"
    return table


def district(world: World) -> list[Case]:
    """Gives the large hospital's release in two forms, and further guesses."""
    known = world.truth is not None
    answer = REFERENCE if known else None
    table = _released(world)
    other = widened(renamed(shuffled(table, "4.5b"), {"row_id": new_ids(table["row_id"], "Q")}))
    whole = {str(kind): int(count) for kind, count in table["kind"].value_counts().items()}
    counts = [
        {str(kind): int(count) for kind, count in rows["kind"].value_counts().items()}
        for _, rows in table.groupby(QIDS)
    ]
    return [
        Case("too_far", "the hospital", (table, QIDS, "kind", LIMIT), "district", answer),
        Case("too_far", "shuffled, stricter", (other, QIDS, "kind", 0.2), "variant", answer),
        Case("tighten", "the hospital", (table, QIDS, "kind", K, LIMIT), "district", answer),
        Case("tighten", "shuffled, looser", (other, QIDS, "kind", K, 0.4), "variant", answer),
        *(
            Case("gain", f"class {place}", (one, whole, value), "district", answer)
            for place, (one, value) in enumerate(zip(counts[:8], list(whole) * 3, strict=False), 1)
        ),
    ]


# ---- Form and scores ---------------------------------------------------------------------------------


def contract(case: Case, value: Any) -> str | None:
    """Says what is wrong with the form of an answer, or None."""
    if case.function == "gain":
        right = isinstance(value, dict) and all(is_number(value.get(n)) for n in ("before", "after", "times"))
        return None if right else "gain() must return the numbers before, after and times."
    if case.function == "tighten":
        return misfit("tighten", case.args[0], value, QIDS, "kind")
    rows = set(case.args[0]["row_id"])
    right = isinstance(value, list) and all(isinstance(row, str) and row in rows for row in value)
    return None if right else "too_far() must return a list of row_ids of the release."


def _found(case: Case, value: Any) -> float:
    return ramp(weaker(set(value), set(case.expected)), zero_at=0.5, full_at=1.0) if value else 0.0


def distances(table: pd.DataFrame, qids: Sequence[str] = QIDS, sensitive: str = "kind") -> "pd.Series[float]":
    """Returns how far each class lies from the whole of a table: the total variation."""
    whole = table[sensitive].value_counts(normalize=True)
    shares = table.groupby(list(qids))[sensitive].value_counts(normalize=True).unstack(fill_value=0.0)
    return shares.sub(whole, axis="columns").abs().sum(axis="columns") / 2


def _holds(case: Case, value: pd.DataFrame) -> bool:
    """Whether the release is true, k-anonymous, close, and within the cap."""
    table, k, limit = case.args[0], case.args[3], case.args[4]
    if len(value) < (1 - CAP) * len(table) - ROUNDING or not is_true(table, value, QIDS, "kind"):
        return False
    large = (value.groupby(QIDS).size() >= k).all()
    return bool(large and (distances(value) <= limit + ROUNDING).all())


def _near(case: Case, value: pd.DataFrame) -> float:
    return float(_holds(case, value))


def _cheap(case: Case, value: pd.DataFrame) -> float:
    table, wanted = case.args[0], case.expected
    best = wanted["cost"] if isinstance(wanted, Mapping) else cost(table, wanted, QIDS)
    paid = cost(table, value, QIDS)
    return ramp(paid, zero_at=WORST * best, full_at=SLACK * best) * _holds(case, value)


def _same(case: Case, value: Any) -> float:
    return sum(close(value[n], case.expected[n], 0.0005) for n in ("before", "after", "times")) / 3


def _diverse_is_enough(case: Case, value: Any) -> bool:
    """Whether only classes with a single value were found, or none."""
    table = case.args[0]
    many = table.groupby(QIDS)["kind"].transform("nunique") > 1
    return not set(value) & set(table.loc[many, "row_id"])


def _two_values_are_enough(case: Case, value: pd.DataFrame) -> bool:
    """Whether every class of the release is diverse, and some is too far all the same."""
    kinds = value.groupby(QIDS)["kind"].nunique()
    return bool((kinds >= 2).all() and (distances(value) > case.args[4] + ROUNDING).any())


CLOSENESS = Task(
    id="4.5b",
    title="t-closeness",
    functions=("too_far", "tighten", "gain"),
    checks=(
        Check(
            "4.5b.example",
            "Five classes",
            0.5,
            "too_far",
            _found,
            ("fixture",),
            expected="All rows of the classes that lie too far from the whole.",
        ),
        Check(
            "4.5b.far",
            "The hospital's classes",
            1.0,
            "too_far",
            _found,
            expected="All rows of the classes that lie too far from the whole.",
        ),
        Check(
            "4.5b.near",
            "No class is too far",
            0.75,
            "tighten",
            _near,
            ("fixture", "district", "variant"),
            expected="No class too far, k kept, at most 5 % left out, every cell true.",
        ),
        Check(
            "4.5b.cost",
            "The cost",
            0.75,
            "tighten",
            _cheap,
            ("fixture", "district", "variant"),
            expected="At most 1.6 times what the plain way of the text costs.",
        ),
        Check(
            "4.5b.gain_example",
            "The example guesses",
            0.5,
            "gain",
            _same,
            ("fixture",),
            expected="The share in the whole and in the class, and how many times as large it is.",
        ),
        Check(
            "4.5b.gain",
            "Other guesses",
            0.5,
            "gain",
            _same,
            expected="The share in the whole and in the class, and how many times as large it is.",
        ),
    ),
    contract=contract,
    fixtures=fixtures,
    district=district,
    symptoms=(
        Symptom("MC133", "too_far", _diverse_is_enough),
        Symptom("MC133", "tighten", _two_values_are_enough),
    ),
    hints=(
        "What share of the whole file has cancer, and what share of the third class?",
        "Write the shares of each kind in the class and in the whole beside each other; what a class does "
        "not have counts with 0. The distance is half of what they differ by, added up.",
        "To bring a class nearer, try to join it with each of the others: are the two together near enough, "
        "and what does that cost? Take the cheapest, count anew, and go on with the farthest class.",
    ),
    optional=True,
)
