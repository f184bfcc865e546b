"""Task 3.5 (optional): from links to people, without two checked identifiers in one of them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from grading.compare import close, is_number, ramp
from grading.tasks import REFERENCE, Case, Check, Symptom, Task, load_module
from grading.variants import new_ids, renamed, shuffled, widened
from sim.exchange.linkage.agreement import agreements, points
from sim.world import World

_HOSPITALS = load_module(Path(__file__).with_name("hospitals.py"), "hilab_lab_l3_sharing_hospitals")

SHOWN = ["number", "facility", "given_name", "family_name", "birth_date", "verified_id"]
MEASURES = ("precision", "recall", "f")
LEAST, STRICTER = 12.0, 16.0
NEAR = 0.0005

Groups = list[frozenset[str]]


# ---- Cases -------------------------------------------------------------------------------------------

_RECORDS = [
    ("A1", "H1", "John", "Baker", "1948-03-02", "901"),
    ("A2", "H1", "John", "Baker", "1979-07-21", "902"),
    ("B1", "H2", "JOHN", "BAKER", None, None),
    ("C1", "H3", "John", "Baker", "1979-07-21", None),
    ("A3", "H1", "Mia", "Chen", "1991-02-08", "903"),
    ("B3", "H2", "Mia", "Wong", "1991-02-08", None),
    ("C3", "H3", "Mia", "Wong", "1991-02-08", "903"),
    ("A4", "H1", "Ana", "Torres", "1980-03-04", None),
    ("B4", "H2", "ANA", "TORRES", "1980-03-04", "904"),
    ("C4", "H3", "Ana", "Torrez", "1980-03-04", "905"),
    ("A5", "H1", "Eva", "Lind", "1990-02-03", "906"),
    ("B5", "H2", "IDA", "LIND", "1990-02-03", "907"),
    ("C6", "H3", "Tom", "Frost", "1955-01-23", None),
]
_EDGES = [
    ("A1", "B1", 23.1),
    ("A2", "B1", 13.4),
    ("A2", "C1", 37.2),
    ("B1", "C1", 14.6),
    ("A3", "B3", 30.3),
    ("B3", "C3", 28.5),
    ("A4", "B4", 25.8),
    ("A4", "C4", 31.7),
    ("A5", "B5", 19.9),
]
_PEOPLE = ["A1 B1", "A2 C1", "A3 B3 C3", "A4 C4", "B4", "A5", "B5", "C6"]
_MEASURED: list[tuple[str, list[str], str, tuple[float, float, float]]] = [
    ("all right", ["a b", "c"], "a=1 b=1 c=2", (1.0, 1.0, 1.0)),
    ("two people in one group", ["a b c d"], "a=1 b=1 c=2 d=2", (0.5, 1.0, 0.6667)),
    ("one person in pieces", ["a", "b", "c d"], "a=1 b=1 c=2 d=2", (1.0, 0.75, 0.8571)),
    ("both errors", ["a b c", "d", "e"], "a=1 b=1 c=2 d=2 e=3", (0.7333, 0.8, 0.7652)),
]


def fixtures() -> list[Case]:
    """Gives 13 records with nine edges, and four measurements, worked out by hand."""
    records = pd.DataFrame(_RECORDS, columns=SHOWN).astype("str")
    edges = pd.DataFrame(_EDGES, columns=["a", "b", "score"]).astype({"a": "str", "b": "str"})
    people = [person.split() for person in _PEOPLE]
    cases = [Case("clusters", "13 records", (records, edges), expected=people)]
    for name, groups, owners, figures in _MEASURED:
        persons = dict(owner.split("=") for owner in owners.split())
        args = ([group.split() for group in groups], persons)
        cases.append(Case("b_cubed", name, args, expected=dict(zip(MEASURES, figures, strict=True))))
    return cases


def district(world: World) -> list[Case]:
    """Gives the three hospitals' records with their edges, with fewer edges in another form; measurements."""
    answer = REFERENCE if world.truth is not None else None
    known: pd.DataFrame = _HOSPITALS.records(world)
    owner, records = known.set_index("number")["person"], known.drop(columns="person")
    edges = _edges(records)
    truth = {"person": {number: str(person) for number, person in owner.items()}}
    names = new_ids(records["number"], "Q")
    other = widened(renamed(shuffled(records, "3.5"), {"number": names}))
    few = renamed(edges[edges["score"] >= STRICTER].reset_index(drop=True), {"a": names, "b": names})
    moved = {"person": {names[number]: person for number, person in truth["person"].items()}}
    return [
        Case("clusters", "three hospitals", (records, edges), "district", answer, truth),
        Case("clusters", "other numbers, fewer edges", (other, few), "variant", answer, moved),
        *_measurements(records, edges, truth["person"], answer),
    ]


def _edges(records: pd.DataFrame) -> pd.DataFrame:
    """Returns the pairs with many points, in no order; no two have equally many."""
    told = agreements(records)
    score = points(told) + 0.0001 * pd.Series(range(len(told)))
    edges = told[["a", "b"]].assign(score=score.round(4))
    return shuffled(edges[edges["score"] >= LEAST], "3.5 edges")


def _measurements(
    records: pd.DataFrame, edges: pd.DataFrame, person: Mapping[str, str], answer: Any
) -> Iterator[Case]:
    """Gives some people's groups as somebody made them who follows every link, or only strong ones."""
    everybody = sorted(set(person.values()))
    for place, least in enumerate((LEAST, STRICTER, 25.0, 30.0, 35.0)):
        some = set(everybody[place::12])
        groups = _joined(records["number"], edges[edges["score"] >= least])
        part = [sorted(group) for group in groups if any(person[number] in some for number in group)]
        persons = {number: person[number] for group in part for number in group}
        yield Case("b_cubed", f"linked from {least:.0f} points", (part, persons), "district", answer)


def _joined(numbers: Iterable[str], edges: pd.DataFrame) -> Groups:
    """Follows every link, whatever it leads to."""
    near: dict[str, set[str]] = {number: set() for number in numbers}
    for a, b in zip(edges["a"], edges["b"], strict=True):
        near[a].add(b)
        near[b].add(a)
    groups, seen = [], set[str]()
    for first in near:
        if first in seen:
            continue
        group, open_ends = {first}, [first]
        while open_ends:
            new = near[open_ends.pop()] - group
            group |= new
            open_ends += new
        groups.append(frozenset(group))
        seen |= group
    return groups


# ---- Form --------------------------------------------------------------------------------------------


def contract(case: Case, value: Any) -> str | None:
    """Says what is wrong with the form of an answer, or None."""
    if case.function == "b_cubed":
        right = isinstance(value, dict) and all(is_number(value.get(name)) for name in MEASURES)
        return (
            None if right else "b_cubed() must return a dictionary with the numbers precision, recall and f."
        )
    right = isinstance(value, list) and all(isinstance(group, list | tuple) for group in value)
    listed = [number for group in value for number in group] if right else []
    if not right or not all(isinstance(number, str) for number in listed):
        return "clusters() must return a list of groups, each a list of numbers."
    if sorted(listed) != sorted(case.args[0]["number"]):
        return "clusters() must return every number of the records exactly once."
    return None


# ---- Scores ------------------------------------------------------------------------------------------


def _groups(value: Sequence[Sequence[str]]) -> Groups:
    return [frozenset(group) for group in value if group]


def _example(case: Case, value: Any) -> float:
    got, wanted = set(_groups(value)), set(_groups(case.expected))
    return ramp(len(got & wanted) / len(got | wanted), zero_at=0.5, full_at=1.0)


def _in_conflict(case: Case, groups: Groups) -> Groups:
    """Returns the groups that hold two different checked identifiers."""
    records = case.args[0]
    ident = records.set_index("number")["verified_id"].to_dict()
    return [group for group in groups if len({ident[n] for n in group if isinstance(ident[n], str)}) > 1]


def _tangles(case: Case) -> Groups:
    """Returns what following every link would merge although it is in conflict."""
    return _in_conflict(case, _joined(case.args[0]["number"], case.args[1]))


def _fit(groups: Groups, person: Mapping[str, str], among: set[str]) -> float:
    """Returns the B-cubed F of the groups, over some of the records."""
    size = Counter(person.values())
    precise = complete = 0.0
    for group in groups:
        own = Counter(person[number] for number in group)
        for number in group & among:
            shared = own[person[number]]
            precise += shared / len(group)
            complete += shared / size[person[number]]
    return 2 * precise * complete / (precise + complete) / len(among) if among else 1.0


def _people(case: Case, value: Any) -> float:
    """Scores how well the tangles are taken apart, between leaving them and the reference."""
    tangles, person = _tangles(case), case.truth["person"]
    among = {number for group in tangles for number in group}
    left, best = (_fit(groups, person, among) for groups in (tangles, _groups(case.expected)))
    return ramp(_fit(_groups(value), person, among), zero_at=left, full_at=left + 0.9 * (best - left))


def _no_conflict(case: Case, value: Any) -> float:
    """Whether no group is in conflict, of an answer that keeps together what belongs together."""
    groups = _groups(value)
    near = {number: group for group in groups for number in group}
    wanted = [group for group in _groups(case.expected) if len(group) > 1]
    kept = sum(near[min(group)] >= group for group in wanted) / len(wanted)
    return float(kept >= 0.8 and not _in_conflict(case, groups))


def _chains(case: Case) -> dict[frozenset[str], frozenset[str]]:
    """Returns the tangles of three records of which two stay together, and these two."""
    whole = {number: group for group in _tangles(case) if len(group) == 3 for number in group}
    kept = [group for group in _groups(case.expected) if len(group) == 2 and min(group) in whole]
    return {whole[min(group)]: group for group in kept}


def _weakest(case: Case, value: Any) -> float:
    """Share of the tangles of three of which the right two are left together, alone."""
    chains, groups = _chains(case), set(_groups(value))
    return sum(two in groups for two in chains.values()) / len(chains) if chains else 1.0


def _figures(case: Case, value: Any) -> float:
    return sum(close(value[name], case.expected[name], NEAR) for name in MEASURES) / len(MEASURES)


# ---- Misconceptions ----------------------------------------------------------------------------------


def _chained(case: Case, value: Any) -> bool:
    return bool(_in_conflict(case, _groups(value)))


def _dissolved(case: Case, value: Any) -> bool:
    """Whether whoever is in a tangle was left alone."""
    alone = {number for group in _groups(value) if len(group) == 1 for number in group}
    tangled = {number for group in _tangles(case) for number in group}
    return len(tangled & alone) > 0.9 * len(tangled)


def _as_they_came(case: Case, value: Any) -> bool:
    """Whether of three records in a tangle other two were left together than those that belong so."""
    groups = [group for group in _groups(value) if len(group) == 2]
    chains = _chains(case).items()
    return any(group < chain and group != two for chain, two in chains for group in groups)


CLUSTERS = Task(
    id="3.5",
    title="Cluster",
    functions=("clusters", "b_cubed"),
    checks=(
        Check(
            "3.5.example",
            "The 13 example records",
            1.0,
            "clusters",
            _example,
            ("fixture",),
            expected="Eight groups, each as large as it can be without two checked identifiers in it.",
        ),
        Check(
            "3.5.people",
            "People who had become one",
            0.75,
            "clusters",
            _people,
            expected="Each in a group of their own again, with all their records.",
        ),
        Check(
            "3.5.conflict",
            "No two checked identifiers in one group",
            0.75,
            "clusters",
            _no_conflict,
            expected="No group in conflict, and what belongs together still together.",
        ),
        Check(
            "3.5.weakest",
            "The weakest edge is cut",
            0.5,
            "clusters",
            _weakest,
            expected="Of three records in a tangle, the two stay together that the stronger edge joins.",
        ),
        Check(
            "3.5.measure_example",
            "The example groups",
            0.25,
            "b_cubed",
            _figures,
            ("fixture",),
            expected="Precision, recall and F, as the means over all records.",
        ),
        Check(
            "3.5.measure",
            "Other groups",
            0.75,
            "b_cubed",
            _figures,
            expected="Precision, recall and F, as the means over all records.",
        ),
    ),
    contract=contract,
    fixtures=fixtures,
    district=district,
    symptoms=(
        Symptom("MC46", "clusters", _chained),
        Symptom("MC232", "clusters", _dissolved),
        Symptom("MC233", "clusters", _as_they_came),
    ),
    hints=(
        "Draw the records of the four John Bakers as dots and their links as lines, with the scores on them. "
        "Which lines lead from 901 to 902?",
        "Begin with everybody alone and draw the strongest line first. Before each line, ask which checked "
        "identifiers the joined group would hold.",
        "Keep for every number the group it is in, and for every group its checked identifiers; blanks are "
        "none. Sort the edges by score, the highest first, and leave out each that would bring two together.",
    ),
    optional=True,
)
