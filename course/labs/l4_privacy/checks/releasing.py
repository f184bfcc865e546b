"""Task 4.8: an attack on a synthetic release, and which release goes to whom."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from grading.compare import close, is_number, ramp
from grading.tasks import REFERENCE, Case, Check, Symptom, Task
from grading.variants import shuffled
from sim.policy.synthetic import COLUMNS, synthesise
from sim.world import World

KINDS = ("pseudonymised", "limited data set", "k-anonymous", "noisy tables", "synthetic")
LEAKED = 0.4
"""Share of the synthetic rows that are real ones: a careless generator."""

ASKED, TOLD = 200, 40
"""Targets from inside and as many from outside, and how many of them are to be named."""

NEAR = 0.0005


# ---- Cases -------------------------------------------------------------------------------------------

_RELEASE = [
    ("F", False, 31, 22.4, False, False, None),
    ("F", True, 58, 31.0, True, True, 7.9),
    ("M", False, 44, 27.9, False, False, 5.4),
    ("M", True, 66, 29.3, False, True, 6.8),
    ("F", False, 49, 25.2, False, False, None),
]
_TARGETS = [
    ("F", False, 49, 25.3, False, False, None),  # nearly the fifth row
    ("F", False, 38, 28.8, False, False, None),
    ("M", True, 66, 29.3, False, True, 6.8),  # the fourth row
    ("M", False, 25, 24.0, True, False, 5.0),
]
_DOUBLES = [
    ("M", False, 31, 22.4, False, False, None),  # the first row, but a man
    ("F", True, 58, 31.1, True, True, 7.9),  # nearly the second row
    ("M", False, 44, 28.0, False, False, 5.4),  # nearly the third row
    ("M", False, 66, 29.3, False, True, 6.8),  # the fourth row, but without the diagnosis
]
_OTHERS = [
    ("F", False, 31, 22.5, False, False, None),  # nearly the first row
    ("F", True, 58, 31.0, False, True, 7.9),  # the second row, but without the thirst
    ("M", True, 66, 29.3, False, False, 6.8),  # the fourth row, but without the drug
    ("M", False, 44, 27.8, False, False, 5.4),  # nearly the third row
]


def _measures(*told: tuple[float, float, float, float]) -> list[dict[str, Any]]:
    """Gives the five releases with their three risks and their error."""
    names = ("prosecutor", "journalist", "membership", "error")
    return [
        {"kind": kind, **dict(zip(names, one, strict=True))} for kind, one in zip(KINDS, told, strict=True)
    ]


def _recipient(inside: bool, agreement: bool, risk: float, error: float) -> dict[str, Any]:
    return {"knows_who_is_inside": inside, "agreement": agreement, "risk_cap": risk, "error_cap": error}


_FIVE = _measures(
    (0.97, 0.86, 0.9, 0.0), (0.9, 0.34, 0.9, 0.01), (0.2, 0.02, 0.15, 0.06), (0.01, 0.01, 0.02, 0.12),
    (0.0, 0.0, 0.25, 0.08),
)  # fmt: skip


def _people(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    """Gives four targets, A to D."""
    return pd.DataFrame(rows, columns=list(COLUMNS)).assign(target_id=list("ABCD"))


def fixtures() -> list[Case]:
    """Gives five rows with three times four targets, five recipients and four attacks, worked out by hand."""
    release = pd.DataFrame(_RELEASE, columns=list(COLUMNS)).assign(release_id=[f"S{n}" for n in range(1, 6)])
    exposed = (
        ("five rows, four targets", _TARGETS, "AC"),
        ("the same rows, four doubles", _DOUBLES, "BC"),
        ("the same rows, four others", _OTHERS, "AD"),
    )
    asked: tuple[tuple[str, dict[str, Any], str | None], ...] = (
        ("a university with an agreement", _recipient(False, True, 0.95, 0.05), "pseudonymised"),
        ("the same without one", _recipient(False, False, 0.95, 0.1), "k-anonymous"),
        ("a newspaper", _recipient(False, False, 0.05, 0.2), "noisy tables"),
        ("a neighbour hospital", _recipient(True, False, 0.18, 0.12), "noisy tables"),
        ("a firm that wants all for nothing", _recipient(False, False, 0.05, 0.05), None),
    )
    scores = (
        ("half are told apart", [0.9, 0.8, 0.2, 0.1], [0.3, 0.2, 0.15, 0.05], 0.4, 0.5, False),
        ("half are, and half is allowed", [0.9, 0.8, 0.2, 0.1], [0.3, 0.2, 0.15, 0.05], 0.5, 0.5, True),
        ("nobody is", [0.4, 0.2], [0.4, 0.2], 0.1, 0.0, True),
        ("all are", [3.0, 2.0, 2.5], [1.0, 1.5], 0.9, 1.0, False),
    )
    return [
        *(
            Case("most_exposed", name, (release, _people(rows), 2), expected=list(true))
            for name, rows, true in exposed
        ),
        *(
            Case("choose_release", name, (_FIVE, recipient), expected={"kind": kind})
            for name, recipient, kind in asked
        ),
        *(
            Case(
                "advantage",
                name,
                (inside, outside, limit, "synthetic"),
                expected={"advantage": more, "release": free},
            )
            for name, inside, outside, limit, more, free in scores
        ),
    ]


def district(world: World) -> list[Case]:
    """Gives a synthetic release of half the diabetes cohort, and further recipients and attacks."""
    known = world.truth is not None
    cohort = shuffled(world.tables["diabetes_cohort"][list(COLUMNS)], "4.8")
    half = len(cohort) // 2
    inside, outside = cohort[:half], cohort[half:]
    release = synthesise(inside, leaked=LEAKED)
    people = pd.concat([inside[:ASKED].assign(inside=True), outside[:ASKED].assign(inside=False)])
    people = shuffled(people.reset_index(drop=True), "4.8 targets")
    people.insert(0, "target_id", [f"T{number:03d}" for number in range(len(people))])
    true = people.loc[people["inside"], "target_id"].tolist()
    targets = people.drop(columns="inside")
    told = true if known else None
    return [
        Case("most_exposed", "the cohort", (release, targets, TOLD), "district", told),
        *_choices(len(cohort), known),
        *_attacks(len(cohort), known),
    ]


def _choices(number: int, known: bool) -> Iterator[Case]:
    for k in range(14):
        shift = ((number + 3 * k) % 10) / 200
        five = _measures(
            (0.95, 0.8 - shift, 0.9, 0.0),
            (0.85, 0.3 + shift, 0.85, 0.01 + shift / 10),
            (0.2 - shift, 0.03, 0.12 + shift, 0.05 + shift),
            (0.01, 0.01, 0.02, 0.11 + shift),
            (0.0, 0.0, (0.3, 0.05)[k % 2], 0.03 + shift / 2),
        )
        cap = (0.16, 0.05, 0.22, 0.95)[k % 4]
        recipient = _recipient(k % 3 == 0, k % 5 == 2, cap, (0.06, 0.12, 0.3)[k // 5])
        answer = REFERENCE if known else None
        yield Case("choose_release", f"recipient {k + 1}", (five, recipient), "district", answer)


def _attacks(number: int, known: bool) -> Iterator[Case]:
    for k in range(6):
        inside = [((number * (j + 3) + 7 * k) % 100 + 6 * k) / 100 for j in range(20)]
        outside = [((number * (j + 5) + 11 * k) % 100) / 100 for j in range(25)]
        args = (inside, outside, (0.1, 0.3, 0.6)[k % 3], KINDS[(k + 4) % 5])
        yield Case("advantage", f"attack {k + 1}", args, "district", REFERENCE if known else None)


# ---- Form --------------------------------------------------------------------------------------------


def contract(case: Case, value: Any) -> str | None:
    """Says what is wrong with the form of an answer, or None."""
    if case.function == "most_exposed":
        _, targets, n = case.args
        right = isinstance(value, list) and all(isinstance(one, str) for one in value)
        right = right and len(set(value)) == len(value) == n and set(value) <= set(targets["target_id"])
        return None if right else "most_exposed() must return n different target_ids."
    if not isinstance(value, dict):
        return f"{case.function}() must return a dictionary."
    if case.function == "choose_release":
        kind = value.get("kind", "")
        return None if kind is None or kind in KINDS else f"choose_release(): no kind of {', '.join(KINDS)}."
    right = is_number(value.get("advantage")) and isinstance(value.get("release"), bool)
    return None if right else 'advantage() must return {"advantage": a number, "release": True or False}.'


# ---- Scores ------------------------------------------------------------------------------------------


def _inside(case: Case, value: Any) -> float:
    return ramp(len(set(value) & set(case.expected)) / len(value), zero_at=0.55, full_at=0.8)


def _kind(case: Case, value: Any) -> float:
    return float(value["kind"] == case.expected["kind"])


def _more(case: Case, value: Any) -> float:
    right = close(value["advantage"], case.expected["advantage"], NEAR)
    return (right + (right and value["release"] is case.expected["release"])) / 2


# ---- Misconceptions ----------------------------------------------------------------------------------


def _synthetic_is_safe(case: Case, value: Any) -> bool:
    """Whether a synthetic release was chosen whose membership risk is above the cap."""
    five, recipient = case.args
    mine = next(one for one in five if one["kind"] == KINDS[4])
    return bool(value["kind"] == KINDS[4] and mine["membership"] > recipient["risk_cap"])


def _free_of_risk(case: Case, value: Any) -> bool:
    return bool(case.args[3] == KINDS[4] and value["release"] and not case.expected["release"])


RELEASING = Task(
    id="4.8",
    title="Which release for whom",
    functions=("most_exposed", "choose_release", "advantage"),
    checks=(
        Check(
            "4.8.example",
            "Five rows, four targets",
            0.5,
            "most_exposed",
            _inside,
            ("fixture",),
            expected="The two targets that the release remembers.",
        ),
        Check(
            "4.8.exposed",
            "The cohort",
            2.0,
            "most_exposed",
            _inside,
            expected="At least 80 % of those named were in the data.",
        ),
        Check(
            "4.8.pick_example",
            "Five recipients",
            1.0,
            "choose_release",
            _kind,
            ("fixture",),
            expected="The allowed release with the smallest error that keeps the caps, or None.",
        ),
        Check(
            "4.8.pick",
            "Other recipients",
            2.5,
            "choose_release",
            _kind,
            expected="The allowed release with the smallest error that keeps the caps, or None.",
        ),
        Check(
            "4.8.advantage_example",
            "The example attacks",
            0.5,
            "advantage",
            _more,
            ("fixture",),
            expected="How much better than a guess the attack is, and whether that is within the limit.",
        ),
        Check(
            "4.8.advantage",
            "Other attacks",
            1.5,
            "advantage",
            _more,
            expected="How much better than a guess the attack is, and whether that is within the limit.",
        ),
    ),
    contract=contract,
    fixtures=fixtures,
    district=district,
    symptoms=(
        Symptom("MC135", "choose_release", _synthetic_is_safe),
        Symptom("MC135", "advantage", _free_of_risk),
    ),
    hints=(
        "Lay target C beside the five rows of the example. Why do you believe that he was in the data?",
        "Whoever was remembered has a row very near to theirs. Bring the columns to one scale before you add "
        "up how far apart two rows are.",
        "A release's risk for a recipient is the larger of the membership risk and the figure of the "
        "attacker "
        "that this recipient is. First strike out what is not allowed, then what is too risky, then too "
        "wrong.",
    ),
)
