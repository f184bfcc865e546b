"""Task 1.4: people who were registered twice, and people who only look as if they were."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from grading.compare import Pair, close, is_number, order_quality, pair, pairs, precision_recall, ramp
from grading.tasks import REFERENCE, Case, Check, Symptom, Task
from grading.variants import new_ids, renamed, shuffled, widened
from sim.world import World

MOST_PAIRS = 20_000
DECISIONS = ("auto", "review")
REASONS = ("within-limit", "too-many-seen", "too-few-checked")
_LISTS = ("auto_merge", "review")


# ---- Cases -------------------------------------------------------------------------------------------

_EXAMPLE = """
mrn|given_name|family_name|sex|birth_date|phone|address|area|verified_id|registered_at
E01|Ana|Torres|F|1980-03-04|555-0101|12 Mill Lane|X0104|900000001|2019-04-02 09:10
E02|Ana|Torres|F|1980-03-04|555-0101|12 Mill Lane|X0104||2024-08-19 14:00
E03|Luis|Moreno|M|1975-11-02|555-0103|9 Elm Street|X0104|900000003|2018-01-11 10:05
E04|Luis|Morneo|M|1975-02-11|555-0103|9 Elm Street|||2023-03-30 22:40
E05|Mia|Brandt|F|2012-06-01|555-0105|31 Lock Road|X0204|900000005|2012-06-02 08:00
E06|Lia|Brandt|F|2012-06-01|555-0105|31 Lock Road|X0204|900000005|2012-06-02 08:20
E07|John|Miller|M|1968-09-09|555-0107|2 Weir Close|X0101|900000007|2016-05-05 11:30
E08|John|Miller|M|1968-09-09|555-0108|77 Quarry Hill|X0301|900000008|2021-12-01 16:45
E09|Karl|Weber|M|1950-01-20|555-0109|5 Orchard End|X0102|900000009|2015-02-14 09:00
E10|Karl|Weber|M|1979-05-17|555-0109|5 Orchard End|X0102|900000010|2017-07-21 13:15
E11|Baby of Sara|Quinn|F|2025-05-05|555-0111|8 Ferry Steps|X0103||2025-05-05 03:20
E12|Nora|Quinn|F|2025-05-05|555-0111|8 Ferry Steps|X0103|900000012|2025-06-16 10:00
E13|Eva|Lind|F|1990-02-03|555-0113|60 Mill Lane|X0104|900000013|2014-10-10 12:00
E14|Eva|Hoffmann|F|1990-02-03|555-0114|3 Canal Walk|X0106|900000013|2022-09-01 09:30
E15|Zoë|Núñez|F|1990-03-02|555-0115|3 Canal Walk|X0106|900000015|2020-01-08 15:55
"""
_SAME = [("E01", "E02"), ("E03", "E04"), ("E11", "E12"), ("E13", "E14")]
_ALIKE = {"twin": [("E05", "E06")], "namesake": [("E07", "E08")], "junior": [("E09", "E10")]}


def example() -> pd.DataFrame:
    """Returns 15 invented registrations in the form of `his_patients`."""
    header, *lines = (line.split("|") for line in _EXAMPLE.strip().split("\n"))
    table = pd.DataFrame([[cell or None for cell in line] for line in lines], columns=header, dtype="str")
    table["registered_at"] = pd.to_datetime(table["registered_at"]).astype("datetime64[s]")
    never = pd.Series([None] * len(table), dtype="str")
    return table.assign(deceased_on=never, moved_away_on=never, phone_verified_on=never)


def fixtures() -> list[Case]:
    """Gives 15 registrations and four calculations."""
    expected = {"pairs": [list(two) for two in _SAME]}
    return [
        Case("duplicates", "15 registrations", (example(),), "fixture", expected, _ALIKE),
        _risk("98 % of 500 looked right", (500, 10, 150, 1.0), 3.0, "review", "too-many-seen"),
        _risk("none of 100 was wrong", (100, 0, 150, 1.0), 4.5, "review", "too-few-checked"),
        _risk("none of 3,000 was wrong", (3000, 0, 150, 1.0), 0.15, "auto", "within-limit"),
        _risk("one of 4,000 was wrong", (4000, 1, 800, 0.5), 0.2, "auto", "within-limit"),
    ]


def _risk(name: str, args: tuple[Any, ...], expected: float, decision: str, reason: str) -> Case:
    answer = {"expected": expected, "decision": decision, "reason": reason}
    return Case("merge_risk", name, args, "fixture", answer)


def district(world: World) -> list[Case]:
    """Gives the district's registrations, the same under other numbers, and calculations of its size."""
    his = world.tables["his_patients"]
    names = new_ids(his["mrn"], "P")
    other = widened(shuffled(renamed(his, {"mrn": names}), "1.4"))
    same, alike = _truth(world)
    same_other = [(names[a], names[b]) for a, b in same] if same is not None else None
    alike_other = {kind: [(names[a], names[b]) for a, b in two] for kind, two in alike.items()}
    return [
        _case("the hospital's registrations", "district", his, same, alike),
        _case("other numbers, other order, one more column", "variant", other, same_other, alike_other),
        *_calculations(len(his), same is not None),
    ]


def _case(name: str, kind: Any, his: pd.DataFrame, same: list[Pair] | None, alike: Mapping[str, Any]) -> Case:
    expected = None if same is None else {"pairs": [list(two) for two in same]}
    return Case("duplicates", name, (his,), kind, expected, alike)


def _truth(world: World) -> tuple[list[Pair] | None, dict[str, list[Pair]]]:
    if world.truth is None:
        return None, {}
    same = world.truth.duplicates
    alike = world.truth.lookalikes
    kinds = {kind: alike[alike["kind"] == kind] for kind in ("twin", "namesake", "junior")}
    return _listed(same), {kind: _listed(rows) for kind, rows in kinds.items()}


def _listed(table: pd.DataFrame) -> list[Pair]:
    return sorted(pair(a, b) for a, b in zip(table["mrn_a"], table["mrn_b"], strict=True))


def _calculations(rows: int, known: bool) -> list[Case]:
    """Gives calculations on both sides of every decision, with numbers that vary with the district."""
    some = 100 + rows % 97
    chosen = {
        "many checked, few wrong": (40 * some, 3, 2 * some, 0.5),
        "98 % right": (10 * some, 20 * some // 100, 5 * some, 2.0),
        "99.8 % right": (10 * some, 2, 8 * some, 1.0),
        "nothing wrong, few checked": (some, 0, 3 * some, 2.0),
        "nothing wrong, many checked": (30 * some, 0, 4 * some, 0.75),
    }
    expected = REFERENCE if known else None
    return [Case("merge_risk", name, args, "district", expected) for name, args in chosen.items()]


# ---- Form --------------------------------------------------------------------------------------------


def contract(case: Case, value: Any) -> str | None:
    """Says what is wrong with the form of an answer, or None."""
    return _pairs_form(case, value) if case.function == "duplicates" else _risk_form(value)


def _pairs_form(case: Case, value: Any) -> str | None:
    if not isinstance(value, dict) or not all(isinstance(value.get(name), list) for name in _LISTS):
        return 'duplicates() must return {"auto_merge": [[a, b], …], "review": [[a, b], …]}.'
    listed = [*value["auto_merge"], *value["review"]]
    if len(listed) > MOST_PAIRS:
        return f"duplicates() may return at most {MOST_PAIRS:,} pairs; it returned {len(listed):,}."
    if not all(isinstance(two, (list, tuple)) and len(two) == 2 for two in listed):
        return "duplicates(): every pair must be a list of two record numbers."
    known = set(case.args[0]["mrn"])
    if not all(a in known and b in known and a != b for a, b in listed):
        return "duplicates(): every pair must name two different record numbers of the table."
    if len(set(pairs(listed))) < len(listed):
        return "duplicates(): no pair may stand twice, neither in one list nor in both, nor turned round."
    return None


def _risk_form(value: Any) -> str | None:
    if (
        not isinstance(value, dict)
        or not is_number(value.get("expected"))
        or value.get("decision") not in DECISIONS
        or value.get("reason") not in REASONS
    ):
        return (
            'merge_risk() must return {"expected": a number, "decision": "auto" or "review", '
            f'"reason": one of {", ".join(REASONS)}}}.'
        )
    return None


# ---- Scores ------------------------------------------------------------------------------------------


def _true(case: Case) -> set[Pair]:
    return set(pairs(case.expected["pairs"]))


def _merged(value: Any) -> set[Pair]:
    return set(pairs(value["auto_merge"]))


def _merges(case: Case, value: Any) -> float:
    """Scores the pairs merged unseen; one pair of two people among them is one too many."""
    merged, true = _merged(value), _true(case)
    if merged - true:
        return 0.0
    return ramp(precision_recall(merged, true)[1], zero_at=0.0, full_at=0.35)


def _found(case: Case, value: Any) -> float:
    """Scores how many true pairs stand in one of the lists, for a queue of bearable length."""
    true = _true(case)
    found = _merged(value) | set(pairs(value["review"]))
    complete = ramp(precision_recall(found, true)[1], zero_at=0.60, full_at=0.93)
    return complete * ramp(len(value["review"]) / len(true), zero_at=6.0, full_at=3.0)


def _ranked(case: Case, value: Any) -> float:
    """Scores the order of the queue, of an answer that finds enough for an order to matter."""
    queue, true = pairs(value["review"]), _true(case)
    if precision_recall(_merged(value) | set(queue), true)[1] < 0.6:
        return 0.0
    return ramp(order_quality(queue, true), zero_at=0.5, full_at=0.75)


def _example_right(case: Case, value: Any) -> float:
    if _merged(value) - _true(case) or not _merged(value):
        return 0.0
    return _found(case, value)


def _number_right(case: Case, value: Any) -> float:
    wanted = case.expected["expected"]
    return float(close(value["expected"], wanted, 0.005 * max(1.0, wanted)))


def _decision_right(case: Case, value: Any) -> float:
    return float(all(value[key] == case.expected[key] for key in ("decision", "reason")))


def _risk_right(case: Case, value: Any) -> float:
    return (_number_right(case, value) + _decision_right(case, value)) / 2


# ---- Misconceptions ----------------------------------------------------------------------------------


def _merges_kind(*kinds: str) -> Any:
    def shows(case: Case, value: Any) -> bool:
        return any(_merged(value) & set(pairs(case.truth[kind])) for kind in kinds)

    return shows


def _rare_errors(case: Case, value: Any) -> bool:
    merged = _merged(value)
    return bool(merged - _true(case)) and precision_recall(merged, _true(case))[0] >= 0.95


def _trusts_percentage(case: Case, value: Any) -> bool:
    return bool(case.expected["decision"] == "review" and value["decision"] == "auto")


DUPLICATES = Task(
    id="1.4",
    title="Registered twice",
    functions=("duplicates", "merge_risk"),
    checks=(
        Check(
            "1.4.example",
            "The 15 example registrations",
            1.0,
            "duplicates",
            _example_right,
            ("fixture",),
            expected="Something merged, nobody merged with somebody else, the other true pairs in the queue.",
        ),
        Check(
            "1.4.merge",
            "Merged unseen: no two people in one chart",
            4.5,
            "duplicates",
            _merges,
            combine="worst",
            expected="No pair of two different people in auto_merge, and at least 35 % of the true pairs.",
        ),
        Check(
            "1.4.find",
            "Pairs found, and the length of the queue",
            3.0,
            "duplicates",
            _found,
            expected="Both lists together hold 93 % of the true pairs, with at most 3 queue pairs for each.",
        ),
        Check(
            "1.4.rank",
            "The order of the queue",
            2.0,
            "duplicates",
            _ranked,
            expected="A true pair stands before a false one in at least 75 % of all comparisons.",
        ),
        Check(
            "1.4.risk_example",
            "Wrong charts a year, examples",
            1.0,
            "merge_risk",
            _risk_right,
            ("fixture",),
            expected="The expected number of wrong charts, the decision and its reason.",
        ),
        Check(
            "1.4.expected",
            "Wrong charts a year",
            1.0,
            "merge_risk",
            _number_right,
            expected="The number of wrong charts to be expected, also when no wrong merge was seen.",
        ),
        Check(
            "1.4.decision",
            "Merge unseen or let a clerk look",
            1.5,
            "merge_risk",
            _decision_right,
            expected="The decision and the reason that follow from the number and the limit.",
        ),
    ),
    contract=contract,
    fixtures=fixtures,
    district=district,
    symptoms=(
        Symptom("MC19", "duplicates", _merges_kind("twin")),
        Symptom("MC18", "duplicates", _merges_kind("namesake", "junior")),
        Symptom("MC29", "duplicates", _rare_errors),
        Symptom("MC29", "merge_risk", _trusts_percentage),
    ),
    hints=(
        "Write down what twins share, what namesakes share and what a father and a son of one name share. "
        "A rule for merging must ask for something that none of these three pairs has in common.",
        "Two lists, two rules. For auto_merge ask for many fields at once and be strict. For review gather "
        "pairs that share any one strong key, then count how much else agrees.",
        "Join the table with itself on one key at a time (name and date, phone, identifier, address and date "
        "…), unite the pairs, give each a score from all fields, cut off the tail and sort by the score.",
    ),
)
